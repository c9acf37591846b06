import json
from dataclasses import replace

import numpy as np
import pytest

from cnnsim import functional
from cnnsim.cli import main
from cnnsim.drawing import Cell, Matrix
from cnnsim.errors import InputError
from cnnsim.operations import Source, array_of, operation_named, sources_of, with_array, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.scenes import View, operand_at

NAMES = ("softmax", "cross-entropy", "batch-norm", "local-response-norm")
PRESETS = [(operation_named(name), preset.settings) for name in NAMES for preset in operation_named(name).presets]
PASSES = [
    (operation, replace(settings, direction=direction))
    for operation, settings in PRESETS
    for direction in ("forward", *operation.gradients.values())
]
VIEW = View(1024, 700)


def trace_of(capsys, *options):
    assert main(["trace", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_lectures_numbers_come_out_of_the_command_line(capsys):
    record = trace_of(capsys, "cross-entropy", "--logits", "0.1 0.2 0.7", "--target", "2")
    stages = {stage["name"]: stage["output"] for stage in record["stages"]}
    np.testing.assert_allclose(np.ravel(stages["probability"]), [0.2546, 0.2814, 0.4640], atol=5e-5)
    assert record["output"][0][0] == pytest.approx(0.7680, abs=1e-4)
    gradient = trace_of(capsys, "cross-entropy", "--pass", "input-gradient")["output"]
    np.testing.assert_allclose(np.ravel(gradient), [0.2546, 0.2814, -0.5360], atol=5e-5)


def test_steps_say_their_stage_and_quotients_are_no_products(capsys):
    assert main(["trace", "softmax", "--grain", "multiply"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "stage 3, sum: [[2.1553422958066597]]" in lines
    assert lines[-2].endswith("from exponential[2,0]=1.0 / sum[0,0]=2.1553422958066597")
    assert "stage=4" in lines[-1]


def test_batch_norm_of_a_pasted_batch(capsys):
    batch = ("batch-norm", "--form", "vectors", "--input", "1 4; 3 8", "--scale", "2 1", "--shift", "5 0", "--eps", "0")
    assert trace_of(capsys, *batch)["output"] == [[3, -1], [7, 1]]
    assert trace_of(capsys, *batch, "--pass", "bias-gradient", "--gradient", "1 2; 3 4")["output"] == [[4, 6]]
    used = trace_of(capsys, *batch, "--no-training", "--running-mean", "1 0", "--running-var", "4 1")["output"]
    assert used == [[5, 4], [7, 8]]


def test_running_numbers_follow_the_batch(capsys):
    batch = ("batch-norm", "--form", "vectors", "--input", "1; 3", "--follow", "--momentum", "0.5")
    stages = {stage["name"]: stage["output"] for stage in trace_of(capsys, *batch)["stages"]}
    assert (stages["new running mean"], stages["new running variance"]) == ([[1]], [[1.5]])


@pytest.mark.parametrize(("operation", "settings"), PRESETS)
def test_every_tensor_can_be_edited_in_the_cell_that_shows_it(operation, settings):
    for _, kind, _ in sources_of(settings):
        if settings.direction != "forward" and kind.operand != "gradient":
            continue  # not every backward pass has room for all that the forward pass has
        array = array_of(settings, kind.operand)
        last = tuple(length - 1 for length in array.shape)
        changed = with_cell(settings, kind.operand, last, 2.5)
        steps = changed.trace().at("cell")
        drawing = operation.draw(changed, steps, len(steps) - 1, VIEW)
        grids = [item for item in drawing.items if isinstance(item, Matrix) and item.editable]
        cells = [Cell(grid.name, grid.values.shape[0] - 1, grid.values.shape[1] - 1) for grid in grids]
        found = [operand_at(steps, 0.0, cell) for cell in cells]
        assert (kind.operand, last) in found
        assert grids[found.index((kind.operand, last))].values[-1, -1] == 2.5


def test_a_click_on_the_target_chooses_the_right_class():
    operation = operation_named("cross-entropy")
    chosen = operation.clicked(operation.start, Cell("target", 0, 0))
    assert chosen.target == 0
    assert operation.clicked(operation.start, Cell("probability", 0, 0)) is None
    np.testing.assert_allclose(chosen.trace().output, functional.cross_entropy(np.array([[0.1, 0.2, 0.7]]), [0]))


def test_pasted_tensors_resize_what_follows_from_them():
    softmax = operation_named("softmax").start
    assert (
        with_array(softmax, "logits", np.ones(5)).classes == with_array(softmax, "logits", np.ones((5, 1))).classes == 5
    )
    entropy = with_array(operation_named("cross-entropy").start, "logits", np.ones((2, 1)))
    assert (entropy.classes, entropy.target) == (2, 1)
    batch = with_array(operation_named("batch-norm").start, "input", np.ones((3, 1, 2, 4)))
    assert (batch.images, batch.channels, batch.input_size) == (3, 1, (2, 4))
    assert with_array(batch, "weight", np.ones(4)).channels == 4
    response = with_array(operation_named("local-response-norm").start, "input", np.ones((6, 1, 3)))
    assert (response.channels, response.input_size) == (6, (1, 3))


@pytest.mark.parametrize(
    ("name", "operand", "shape"),
    [
        ("softmax", "logits", (2, 2)),
        ("softmax", "logits", (17, 1)),
        ("cross-entropy", "logits", (3, 3)),
        ("batch-norm", "input", (7, 2, 2, 2)),
        ("batch-norm", "weight", (2, 2)),
        ("local-response-norm", "input", (9, 2, 2)),
    ],
)
def test_shapes_that_do_not_go_together_are_refused(name, operand, shape):
    with pytest.raises(InputError, match="does not fit the other tensors"):
        with_array(operation_named(name).start, operand, np.ones(shape))


def test_a_class_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="target=2 is no class: there are 2"):
        replace(operation_named("cross-entropy").start, classes=2).trace()


@pytest.mark.parametrize(("operation", "settings"), PRESETS)
def test_gradients_agree_with_a_nudge(operation, settings):
    for operand in operation.gradients:
        place = tuple(length - 1 for length in settings.shape(operand))
        check = check_gradient(operation, settings, operand, place, 1e-6)
        assert check.numeric == pytest.approx(check.analytic, abs=1e-5)


@pytest.mark.parametrize(("operation", "settings"), PASSES)
def test_the_numpy_text_computes_what_is_shown(operation, settings):
    variables = {}
    exec(operation.code(settings).numpy, variables)
    output = settings.trace().output
    np.testing.assert_allclose(np.reshape(variables["result"], output.shape), output, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("operation", "settings"), PASSES)
def test_the_pytorch_text_computes_what_is_shown(operation, settings):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    variables = {}
    exec(operation.code(settings).torch, variables)
    output = settings.trace().output
    result = variables["result"].detach().numpy()
    np.testing.assert_allclose(np.reshape(result, output.shape), output, rtol=1e-10, atol=1e-12)


def test_alexnets_numbers_are_an_example():
    settings = operation_named("local-response-norm").presets[1].settings
    x = array_of(settings, "input")
    np.testing.assert_allclose(settings.trace().output, functional.local_response_norm(x[None], 5, 5e-4, 0.75, 2.0)[0])


def test_settings_can_hold_equal_logits():
    settings = replace(operation_named("softmax").start, logits=Source("zeros"), classes=4)
    assert settings.trace().output.ravel().tolist() == [0.25] * 4
