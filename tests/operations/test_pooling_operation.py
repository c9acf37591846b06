import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim import functional
from cnnsim.cli import main
from cnnsim.errors import InputError
from cnnsim.operations import Source, array_of, operation_named, with_array, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.trace import MODES, TIES

POOLING = operation_named("pooling")
PRESETS = [pytest.param(preset.settings, id=preset.words) for preset in POOLING.presets]


def trace_of(capsys, *options):
    assert main(["trace", "pooling", *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_lecture_example_comes_out_of_the_command_line(capsys):
    image = "1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4"
    assert trace_of(capsys, "--input", image)["output"] == [[6, 8], [3, 4]]
    back = trace_of(capsys, "--input", image, "--pass", "input-gradient", "--gradient", "1 2; 3 4")
    assert back["output"] == [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4]]


def test_every_kind_and_every_window_can_be_asked_for(capsys):
    assert trace_of(capsys, "--mode", "average")["output"] == [[3.25, 5.25], [2, 2]]
    assert trace_of(capsys, "--mode", "l2", "--input", "3 0; 0 4")["output"] == [[5]]
    assert trace_of(capsys, "--mode", "weighted", "--weights", "1 0; 0 1")["output"] == [[3.5, 5], [2.5, 2.5]]
    assert trace_of(capsys, "--windows", "global")["output"] == [[8]]
    adaptive = trace_of(capsys, "--windows", "adaptive", "--input-size", "5x7", "--output-size", "2x3")
    assert np.shape(adaptive["output"]) == (2, 3)
    wide = trace_of(capsys, "--window", "2x4", "--stride", "1x2")
    assert wide["output"] == [[8], [8], [4]]
    assert trace_of(capsys, "--window", "3", "--padding", "1", "--ceil-mode")["options"]["padding"] == [1, 1]
    split = ("--input", "3 3; 1 0", "--pass", "input-gradient", "--ties", "split")
    assert trace_of(capsys, *split)["output"] == [[0.5, 0.5], [0, 0]]
    mean = ("--input", "2 2; 2 2", "--mode", "average", "--padding", "1")
    assert trace_of(capsys, *mean)["output"] == [[0.5, 0.5], [0.5, 0.5]]
    assert trace_of(capsys, *mean, "--no-count-include-pad")["output"] == [[2, 2], [2, 2]]


def test_weights_fall_with_the_distance_unless_others_are_given():
    settings = replace(POOLING.start, mode="weighted", window=(2, 3), input_size=(4, 6))
    np.testing.assert_array_equal(array_of(settings, "weight"), functional.distance_weights((2, 3)))
    pasted = with_array(settings, "weight", np.ones((3, 3)))
    assert pasted.window == (3, 3)
    assert pasted.trace().output.shape == (1, 1, 2)
    assert with_cell(pasted, "weight", (1, 1), 5.0).trace().rule.weights[1, 1] == 5


def test_maps_of_any_number_are_pasted():
    settings = with_array(POOLING.start, "input", np.ones((3, 5, 7)))
    assert (settings.channels, settings.input_size) == (3, (5, 7))
    assert settings.trace().output.shape == (3, 2, 3)


@pytest.mark.parametrize("settings", PRESETS)
def test_a_nudge_finds_the_gradient(settings):
    place = (0, 1, 1)
    check = check_gradient(POOLING, settings, "input", place, 1e-6)
    assert check.error < 1e-4 or settings.ties == "split"  # among equals there is no slope


@st.composite
def any_settings(draw):
    """Poolings with any options, on small maps with many ties."""
    window = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    settings = replace(
        POOLING.start,
        direction=draw(st.sampled_from(["forward", "input-gradient"])),
        gradient=Source("signed"),
        input=Source("signed"),
        seed=draw(st.integers(0, 99)),
        channels=draw(st.integers(1, 2)),
        mode=draw(st.sampled_from(MODES)),
        ties=draw(st.sampled_from(TIES)),
        windows=draw(st.sampled_from(["sliding", "sliding", "adaptive", "global"])),
        output_size=draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        window=window,
        stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        padding=tuple(draw(st.integers(0, cells // 2)) for cells in window),
        input_size=tuple(draw(st.integers(cells, cells + 3)) for cells in window),
        count_include_pad=draw(st.booleans()),
        ceil_mode=draw(st.booleans()),
    )
    return settings if settings.windows == "sliding" or settings.mode != "weighted" else replace(settings, mode="max")


def run(text):
    names = {}
    exec(text, names)
    return names["result"]


@given(any_settings())
def test_the_numpy_text_computes_what_is_on_screen(settings):
    close(run(POOLING.code(settings).numpy), settings.trace().output)


@given(any_settings())
def test_the_pytorch_text_computes_what_is_on_screen(settings):
    text = POOLING.code(settings).torch
    compile(text, "torch", "exec")
    pytest.importorskip("torch", reason="PyTorch is not installed")
    close(run(text).detach().numpy(), settings.trace().output)


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-11)


def test_what_does_not_go_together_is_refused_in_words():
    with pytest.raises(InputError, match="mode=weighted needs windows of one size"):
        replace(POOLING.start, mode="weighted", windows="adaptive").trace()
    with pytest.raises(InputError, match="padding=2 is more than half of window=2"):
        replace(POOLING.start, padding=(2, 2)).trace()
    with pytest.raises(InputError, match="does not fit the other tensors"):
        POOLING.start.resized("gradient", (1, 9, 9))
