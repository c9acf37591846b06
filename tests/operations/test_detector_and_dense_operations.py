import json
from dataclasses import replace

import numpy as np
import pytest

from cnnsim import functional
from cnnsim.cli import main
from cnnsim.errors import InputError
from cnnsim.operations import OPERATIONS, Source, array_of, operation_named, options_of, with_array, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.scenes import View
from cnnsim.scenes.drawn import look_of

NAMES = ("activation", "dense", "flatten", "dropout")
KINDS = [type(operation_named(name).start) for name in NAMES]
VIEW = View(1024, 700)


def trace_of(capsys, *options):
    assert main(["trace", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_activation_and_its_mask(capsys):
    maps = ("activation", "--input", "-2 0 3")
    assert trace_of(capsys, *maps)["output"] == [[0, 0, 3]]
    back = trace_of(capsys, *maps, "--pass", "input-gradient", "--gradient", "5 6 7")
    assert back["output"] == [[0, 0, 7]]
    assert back["gradient"] == [[5, 6, 7]]
    leaky = trace_of(capsys, *maps, "--function", "leaky_relu", "--slope", "0.25")
    assert leaky["output"] == [[-0.5, 0, 3]]
    sigmoid = trace_of(capsys, *maps, "--function", "sigmoid")
    np.testing.assert_allclose(sigmoid["output"], functional.sigmoid(np.array([[-2.0, 0, 3]])), rtol=1e-12)


def test_dense_forward_and_backward(capsys):
    layer = ("dense", "--input", "1 2", "--weights", "3 4; 5 6", "--bias", "0.5; 0")
    assert trace_of(capsys, *layer)["output"] == [[11.5], [17]]
    gradients = {"weight-gradient": [[10, 20], [-1, -2]], "bias-gradient": [[10], [-1]], "input-gradient": [[25, 34]]}
    for direction, expected in gradients.items():
        assert trace_of(capsys, *layer, "--pass", direction, "--gradient", "10; -1")["output"] == expected


def test_flatten_reads_map_after_map(capsys):
    assert trace_of(capsys, "flatten", "--input-size", "2")["output"] == [[1, 2, 3, 4, 5, 6, 7, 8]]
    back = trace_of(capsys, "flatten", "--input-size", "2", "--pass", "input-gradient")
    assert back["output"] == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]


def test_every_training_step_drops_other_values(capsys):
    drawn = [trace_of(capsys, "dropout", "--seed", "3", "--draw", str(draw))["output"] for draw in range(3)]
    x = np.arange(1.0, 17).reshape(4, 4)
    for draw, output in enumerate(drawn):
        np.testing.assert_array_equal(output, functional.dropout(x, 0.5, seed=3 + draw))
    assert drawn[0] != drawn[1] != drawn[2]
    assert trace_of(capsys, "dropout", "--no-training")["output"] == x.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_every_tensor_can_be_edited_in_the_cell_that_shows_it(name):
    for preset in operation_named(name).presets:
        for operand in look_of(preset.settings.trace()).tensors:
            if operand in ("mask", "derivative"):
                continue
            array = array_of(preset.settings, operand)
            last = tuple(length - 1 for length in array.shape)
            changed = with_cell(preset.settings, operand, last, 99.0)
            assert array_of(changed, operand)[last] == 99
            drawing = operation_named(name).draw(changed, changed.trace().at("cell"), 1e9, VIEW)
            shown = [item for item in drawing.items if getattr(item, "editable", False)]
            assert any(matrix.values[-1, -1] == 99 for matrix in shown), operand


def test_a_pasted_matrix_resizes_what_follows_from_it():
    dense = with_array(operation_named("dense").start, "kernel", np.ones((3, 5)))
    assert (dense.outputs, dense.inputs) == (3, 5)
    assert array_of(dense, "input").shape == (1, 5)
    assert dense.trace().output.shape == (3, 1)
    assert with_array(dense, "bias", np.ones((2, 1))).outputs == 2
    activation = with_array(operation_named("activation").start, "input", np.ones((2, 3, 5)))
    assert (activation.channels, activation.input_size) == (2, (3, 5))


@pytest.mark.parametrize(
    ("name", "operand", "shape"),
    [
        ("activation", "input", (5, 2, 2)),
        ("activation", "gradient", (1, 9, 9)),
        ("dense", "input", (2, 3)),
        ("dense", "bias", (2, 2)),
        ("flatten", "input", (1, 65, 9)),
        ("flatten", "gradient", (1, 3)),
    ],
)
def test_a_matrix_that_cannot_fit_is_refused(name, operand, shape):
    settings = operation_named(name).start
    with pytest.raises(InputError):
        settings.resized(operand, shape)


def test_the_layers_stand_in_the_order_of_a_network():
    names = [operation.name for operation in OPERATIONS]
    assert names.index("convolution") < names.index("activation") < names.index("flatten") < names.index("dense")


def settings_of(name):
    """Every pass of an operation with every choice of it, with numbers that tell cells apart."""
    start = operation_named(name).start
    options = options_of(start)
    choices = [
        (field, key)
        for field in ("function", "training")
        if field in options
        for key in (options[field].kind.keys if field == "function" else (True, False))
    ]
    for direction in options["direction"].kind.keys:
        for field, key in choices or [("seed", 1)]:
            yield replace(start, direction=direction, gradient=Source("signed"), **{field: key})


def run(text):
    names = {}
    exec(text, names)
    return names["result"]


@pytest.mark.parametrize("settings", [settings for name in NAMES for settings in settings_of(name)])
def test_the_text_for_numpy_computes_what_is_on_screen(settings):
    code = operation_named(NAMES[KINDS.index(type(settings))]).code(settings)
    np.testing.assert_allclose(np.ravel(run(code.numpy)), settings.trace().output.ravel(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("settings", [settings for name in NAMES for settings in settings_of(name)])
def test_the_text_for_pytorch_computes_what_is_on_screen(settings):
    pytest.importorskip("torch", reason="runs the text for PyTorch")
    code = operation_named(NAMES[KINDS.index(type(settings))]).code(settings)
    result = run(code.torch).detach().numpy()
    np.testing.assert_allclose(result.ravel(), settings.trace().output.ravel(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_a_nudge_confirms_every_gradient(name):
    operation = operation_named(name)
    for settings in settings_of(name):
        for operand in operation.gradients:
            place = tuple(length // 2 for length in settings.shape(operand))
            check = check_gradient(operation, settings, operand, place, 1e-6)
            assert check.numeric == pytest.approx(check.analytic, abs=1e-5), operand
