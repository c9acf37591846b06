import re
from dataclasses import replace

import numpy as np
import pytest

from cnnsim import gallery
from cnnsim.cli import main
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.operations import Source, array_of, operation_named, with_array, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.operations.mistakes import question
from cnnsim.scenes import View, operand_at
from cnnsim.trace import initial_weights

NETWORK = operation_named("tiny-network")
START = NETWORK.start


def test_the_start_is_a_circle_that_the_network_learns_to_know():
    trace = START.trace()
    start = trace.passes[0].operation
    np.testing.assert_array_equal(start.example.image, gallery.shape("circle", 8))
    assert (trace.classes, start.example.target) == (("cross", "circle"), 1)
    for name, weights in initial_weights(8, 2, 2, START.seed).items():
        np.testing.assert_array_equal(start.weights[name], weights)
    assert trace.output[0] > 1 > 0.1 > trace.output[-1]


@pytest.mark.parametrize("preset", NETWORK.presets, ids=lambda preset: preset.words)
def test_every_example_learns(preset):
    trace = preset.settings.trace()
    shown = len(preset.settings.classes) if preset.settings.shows == "in-turn" else 1
    assert trace.output[-shown:].max() < 0.15 * trace.output[:shown].mean()


def test_all_in_turn_shows_the_image_first_and_then_the_other_classes():
    settings = replace(START, task="shapes", image=Source("vertical"), shows="in-turn", passes=5)
    examples = [steps.operation.example for steps in settings.trace().passes]
    assert [example.target for example in examples] == [1, 0, 2, 3, 1]
    np.testing.assert_array_equal(examples[2].image, gallery.shape("cross", 8))


@pytest.mark.parametrize(
    ("operand", "place", "stage"),
    [
        ("image", (0, 3, 3), "convolution"),
        ("kernels", (1, 0, 0, 0), "convolution"),
        ("kernel biases", (1, 0, 0), "convolution"),
        ("dense weights", (1, 0, 2, 1), "dense"),
        ("dense biases", (1, 0), "dense"),
    ],
)
def test_an_edited_number_is_computed_with(operand, place, stage):
    edited = with_cell(START, operand, place, 7.0)
    assert array_of(edited, operand)[place] == 7
    before, after = (settings.trace().passes[0].trace_of(stage).output for settings in (START, edited))
    assert np.any(before != after)


def test_the_cell_that_a_picture_shows_is_the_one_that_is_edited():
    steps = START.trace().at("cell")
    cell = Cell("network dense weights[1, 0]", 2, 1)
    edited = with_cell(START, *operand_at(steps, 0, cell), 7.0)
    drawing = NETWORK.draw(edited, edited.trace().at("cell"), 0.0, View(1024, 700))
    assert drawing.matrix(cell.matrix).values[2, 1] == 7


def test_a_pasted_image_gives_the_network_its_size():
    settings = with_array(START, "image", np.eye(11))
    assert settings.image_size == 11
    assert settings.trace().passes[0].trace_of("pooling").output.shape == (2, 4, 4)
    assert settings.trace().passes[0].operation.example.target == 0  # its own numbers: the first class


def test_pasted_kernels_say_how_many_there_are():
    settings = with_array(START, "kernels", np.ones((3, 1, 3, 3)))
    assert settings.filters == 3
    assert settings.shape("dense weights") == (2, 3, 3, 3)
    settings = with_array(settings, "kernel biases", [1, 2, 3, 4])
    assert settings.filters == 4
    assert settings.trace().starts[0].weights["kernel biases"].ravel().tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("operand", "array", "message"),
    [
        ("image", np.ones((7, 7)), "image=1 × 7 × 7 does not fit"),
        ("image", np.ones((8, 9)), "image=1 × 8 × 9 does not fit"),
        ("kernels", np.ones((5, 1, 3, 3)), "kernels=5 × 1 × 3 × 3 does not fit"),
        ("kernels", np.ones((2, 1, 2, 2)), "kernels=2 × 1 × 2 × 2 does not fit"),
        ("dense weights", np.ones((3, 2, 3, 3)), "dense weights=3 × 2 × 3 × 3 does not fit"),
        ("kernel biases", np.ones(5), "kernel biases=5 × 1 × 1 does not fit"),
        ("dense biases", np.ones(3), "dense biases=3 × 1 does not fit"),
    ],
)
def test_arrays_of_other_shapes_are_refused(operand, array, message):
    with pytest.raises(InputError, match=message):
        with_array(START, operand, array)


def test_a_class_that_the_task_does_not_have_is_refused():
    assert replace(START, target="1").trace().passes[0].operation.example.target == 0
    with pytest.raises(InputError, match="target=3 is no class: use 1 to 2"):
        replace(START, target="3").trace()


def test_the_stage_at_work_is_entered_and_left():
    inside = replace(START, zoom="stage")
    assert NETWORK.entered(START) == inside
    assert NETWORK.entered(inside) is None
    assert NETWORK.escaped(inside) == START
    assert NETWORK.escaped(START) is None


def test_a_click_on_the_target_chooses_the_class():
    assert NETWORK.clicked(START, Cell("network target", 0, 0)) == replace(START, target="1")
    assert NETWORK.clicked(replace(START, zoom="stage"), Cell("target", 1, 0)).target == "2"
    assert NETWORK.clicked(START, Cell("network probability", 0, 0)) is None
    in_turn = replace(START, shows="in-turn")  # the target of another image is not the one that is set
    assert NETWORK.clicked(in_turn, Cell("network target", 0, 0)) is None


def test_zoomed_in_the_stage_at_work_fills_the_picture():
    settings = replace(START, zoom="stage")
    drawing = NETWORK.draw(settings, settings.trace().at("layer"), 2.0, View(1024, 700))
    assert drawing.matrix("output[1]").values.shape == (3, 3)
    with pytest.raises(KeyError):
        drawing.matrix("network image")


def test_the_command_line_prints_the_losses(capsys):
    assert main(["trace", "tiny-network", "--grain", "pass", "--passes", "3"]) == 0
    printed = capsys.readouterr().out
    found = re.search(r"^output: \[(.*)\]$", printed, re.MULTILINE)
    losses = [float(number) for number in found.group(1).split(",")]
    np.testing.assert_allclose(losses, START.trace().output[:3], rtol=1e-12)
    assert printed.count("stage=dense biases update") == 3


@pytest.mark.parametrize(
    ("operand", "place"),
    [
        ("image", (0, 2, 3)),
        ("kernels", (1, 0, 2, 0)),
        ("kernel biases", (1, 0, 0)),
        ("dense weights", (1, 0, 1, 2)),
        ("dense biases", (0, 0)),
    ],
)
def test_every_gradient_stands_a_nudge(operand, place):
    settings = replace(START, image=Source("random"))  # equal neighbours would tie for the maximum, which has a kink
    check = check_gradient(NETWORK, settings, operand, place, 1e-6)
    assert check.analytic != 0
    assert check.numeric == pytest.approx(check.analytic, rel=1e-4)
    assert check.before == settings.trace().loss(0)


def test_the_next_cell_can_be_asked_for_in_every_stage():
    trace = START.trace()
    steps = trace.at("cell")
    for stage in ("convolution", "loss", "relu gradient", "dense weights update"):
        asked = question(steps, float(steps.position_of(trace.first_step(1, stage)) + 1))
        assert asked.answered_by(asked.answer)
        assert asked.rule.output[asked.cell] == asked.answer


BIASED = replace(START, kernel_biases=Source("ramp"), dense_biases=Source("signed"), target="1")
TRAINED = [preset.settings for preset in NETWORK.presets] + [BIASED]
WORDS = [preset.words for preset in NETWORK.presets] + ["biased"]


@pytest.mark.parametrize("settings", TRAINED, ids=WORDS)
def test_the_numpy_text_trains_the_same_network(settings):
    names = {}
    exec(NETWORK.code(settings).numpy, names)
    np.testing.assert_allclose(names["result"], settings.trace().output, rtol=1e-9)


@pytest.mark.parametrize("settings", TRAINED, ids=WORDS)
def test_the_pytorch_text_trains_the_same_network(settings):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    names = {}
    exec(NETWORK.code(settings).torch, names)
    np.testing.assert_allclose(names["result"].numpy(), settings.trace().output, rtol=1e-9)


def test_the_pytorch_text_is_python():
    compile(NETWORK.code(START).torch, "torch", "exec")
