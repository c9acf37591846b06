"""The numbers that lectures show, out of ``cnnsim trace … --json``: computed by hand, or printed in the literature."""

import json
from typing import Any

import numpy as np
import pytest

from cnnsim.cli import main

EMBOSS = ("convolution", "--kernel", "emboss")
FOUR = "1 2 3 4; 5 6 7 8; 9 10 11 12; 13 14 15 16"


@pytest.fixture
def traced(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> dict[str, Any]:
        assert main(["trace", *arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("convolution",), [[4, 3, 4], [2, 4, 3], [2, 3, 4]]),
        (("convolution", "--flip"), [[4, 3, 4], [2, 4, 3], [2, 3, 4]]),  # unchanged by a turn: it cannot show the flip
        (("convolution", "--pass", "kernel-gradient"), [[6, 7, 6], [4, 7, 7], [4, 6, 6]]),
        *(
            (
                ("convolution", "--pass", way),
                [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]],
            )
            for way in ("input-gradient", "input-gradient-scatter", "input-gradient-full")
        ),
        (("convolution", "--pass", "bias-gradient"), [[9]]),
        (EMBOSS, [[1, 1, 1], [2, 2, -1], [4, 2, -3]]),
        ((*EMBOSS, "--flip"), [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]]),
        (("convolution", "--input", "ramp", "--kernel", "identity"), [[7, 8, 9], [12, 13, 14], [17, 18, 19]]),
        (("pooling",), [[6, 8], [3, 4]]),
        (("pooling", "--pass", "input-gradient"), [[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]]),
        (("pooling", "--mode", "average"), [[3.25, 5.25], [2, 2]]),
        (("pooling", "--mode", "average", "--pass", "input-gradient"), [[0.25] * 4] * 4),
        (("pooling", "--mode", "l2"), [[63**0.5, 133**0.5], [18**0.5, 26**0.5]]),
        (("pooling", "--windows", "global"), [[8]]),
        (("pooling", "--windows", "adaptive", "--input-size", "7"), None),
        (("pooling", "--input-size", "7", "--window", "3", "--stride", "2"), None),
        (("activation", "--input", "-1 2; 0 -3"), [[0, 2], [0, 0]]),
        (
            ("activation", "--input", "-1 2; 0 -3", "--pass", "input-gradient", "--gradient", "5 6; 7 8"),
            [[0, 6], [0, 0]],
        ),
        (("softmax",), [[0.2546, 0.2814, 0.4640]]),
        (("cross-entropy",), [[0.7680]]),
        (("cross-entropy", "--pass", "input-gradient"), [[0.2546, 0.2814, -0.5360]]),
        (("convolution-1d", "--input", "1 2 3", "--kernel", "1 1/2 0", "--borders", "full"), [[1, 2.5, 4, 1.5, 0]]),
    ],
)
def test_worked_examples(traced, arguments, expected):
    output = np.squeeze(traced(*arguments)["output"])
    if expected is None:  # a size is all that the lecture says
        assert output.shape == {"7": (2, 2) if "adaptive" in arguments else (3, 3)}["7"]
    else:
        np.testing.assert_allclose(output, np.squeeze(expected), atol=5.1e-5)  # four digits


def _named(step: dict[str, Any]) -> str:
    """Write a product as the lecture does: weights and inputs numbered from 1, row by row."""
    factors = {factor["operand"]: factor["place"] for factor in step["contribution"]["factors"]}
    (_, _, r, t), (_, row, col) = factors["kernel"], factors["input"]
    return f"{3 * r + t + 1}·I{4 * row + col + 1}"


def test_the_window_about_cell_six(traced):
    """4×4 input, 3×3 kernel, valid borders: A1·I1 + A2·I2 + A3·I3 + A4·I5 + … + A9·I11."""
    steps = [step for step in traced("convolution", "--input", FOUR)["steps"] if step["contribution"]][:9]
    assert [_named(step) for step in steps] == [
        "1·I1", "2·I2", "3·I3", "4·I5", "5·I6", "6·I7", "7·I9", "8·I10", "9·I11",
    ]  # fmt: skip


def test_the_first_cell_with_padding(traced):
    """Padding 1: B5·I1 + B6·I2 + B8·I5 + B9·I6; all other products are with zeros."""
    kernel = "1 2 3; 4 5 6; 7 8 9"
    steps = traced("convolution", "--input", FOUR, "--kernel", kernel, "--borders", "same")["steps"]
    products = [step["contribution"]["factors"] for step in steps if step["contribution"]][:9]
    inside = [(w["value"], x["value"]) for w, x in products if x["value"]]
    assert inside == [(5, 1), (6, 2), (8, 5), (9, 6)]


def test_windows_that_overlap_and_an_input_of_any_size(traced):
    record = traced("pooling", "--input-size", "5", "--window", "3", "--stride", "2", "--input", "ramp")
    assert record["output"] == [[13, 15], [23, 25]]


def test_equal_values_go_to_the_first_or_are_split(traced):
    tied = ("pooling", "--input", "5 5; 1 5", "--pass", "input-gradient", "--gradient", "6")
    assert traced(*tied)["output"] == [[6, 0], [0, 0]]
    assert traced(*tied, "--ties", "split")["output"] == [[2, 2], [0, 2]]


UNCHANGED_BY_A_TURN = [
    "identity", "edge-diagonal", "edge-4", "edge-8", "sharpen", "box-blur", "gaussian", "lecture",
]  # fmt: skip


@pytest.mark.parametrize("kernel", UNCHANGED_BY_A_TURN)
def test_no_kernel_of_the_gallery_but_emboss_and_sobel_shows_the_flip(traced, kernel):
    arguments = ("convolution", "--kernel", kernel, "--input", "random", "--input-size", "5")
    np.testing.assert_allclose(traced(*arguments)["output"], traced(*arguments, "--flip")["output"], atol=1e-12)


@pytest.mark.parametrize(
    ("kernel", "middle"),  # what an image of one 1 in the middle makes of it: the kernel, turned
    [
        ("edge-diagonal", [[1, 0, -1], [0, 0, 0], [-1, 0, 1]]),
        ("edge-4", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("edge-8", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("box-blur", [[1 / 9] * 3] * 3),
        ("gaussian", [[1 / 16, 1 / 8, 1 / 16], [1 / 8, 1 / 4, 1 / 8], [1 / 16, 1 / 8, 1 / 16]]),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
        ("sobel-x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("sobel-y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    ],
)
def test_a_true_convolution_of_a_single_one_is_the_kernel(traced, kernel, middle):
    point = "0 0 0 0 0; 0 0 0 0 0; 0 0 1 0 0; 0 0 0 0 0; 0 0 0 0 0"
    output = traced("convolution", "--input", point, "--kernel", kernel, "--flip")["output"]
    np.testing.assert_allclose(np.squeeze(output), middle)


def test_two_kernels_make_two_maps_of_the_same_windows(traced):
    """Maps A and B: each window's products are with the same cells of the input."""
    arguments = ("convolution", "--input", FOUR, "--filters", "2", "--kernel", "emboss")
    steps = [step for step in traced(*arguments)["steps"] if step["contribution"]]
    places = [tuple(step["contribution"]["factors"][1]["place"]) for step in steps]
    assert len(places) == 2 * 4 * 9
    assert places[:36] == places[36:]


def test_a_window_of_colour_has_full_depth(traced):
    """3·k² weights and one bias a kernel; six kernels give six maps."""
    arguments = ("--channels", "3", "--filters", "6", "--input-size", "5", "--input", "random")
    record = traced("convolution", *arguments, "--grain", "multiply")
    assert np.shape(record["output"]) == (6, 3, 3)
    first = [step for step in record["steps"] if step["cell"] == [0, 0, 0]]
    assert [step["kind"] for step in first] == ["multiply"] * 27 + ["sum", "bias"]
    assert {step["contribution"]["factors"][1]["place"][0] for step in first[:27]} == {0, 1, 2}


@pytest.mark.parametrize(("size", "stride", "padding", "out"), [(6, 2, 0, 2), (6, 2, 1, 3), (6, 2, 2, 4), (7, 2, 0, 3)])
def test_output_sizes_and_that_padding_repairs_no_stride_of_two(traced, size, stride, padding, out):
    """⌊(n + 2p − k)/s⌋ + 1; an even n leaves a column over with 3 cells and stride 2, whatever p."""
    arguments = ("--input-size", str(size), "--stride", str(stride), "--padding", str(padding))
    assert np.shape(traced("convolution", *arguments)["output"])[-1] == out
    assert ((size + 2 * padding - 3) % stride != 0) == (size % 2 == 0)


def test_a_shift_commutes_with_a_convolution_away_from_borders(traced):
    """f(g(x)) − g(f(x)): 0 around a circle; a stride of 2 allows even shifts alone; nothing else is allowed."""
    circle = ("equivariance", "--entering", "circular", "--padding-mode", "circular")
    assert not np.any(traced(*circle)["output"])
    assert not np.any(traced(*circle, "--stride", "2", "--shift", "0x2")["output"])
    assert np.any(traced(*circle, "--stride", "2", "--shift", "0x1")["output"])
    assert np.any(traced(*circle, "--movement", "scaling")["output"])
    assert np.any(traced(*circle, "--movement", "rotation")["output"])


def test_a_small_shift_changes_all_inputs_and_half_of_the_pooled_values(traced):
    row = ("shift", "--input", "0.1 1 0.2 0.1", "--window", "1x3", "--stride", "1", "--padding", "0x1")
    assert np.count_nonzero(traced(*row)["output"]) == 2


@pytest.mark.parametrize(("size", "stride"), [("5x7", "adaptive"), ("9x4", "adaptive"), ("6", "global")])
def test_pooling_takes_inputs_of_any_size_and_keeps_their_depth(traced, size, stride):
    arguments = ("--input-size", size, "--windows", stride, "--channels", "3", "--input", "random")
    assert np.shape(traced("pooling", *arguments)["output"]) == (3, 2, 2) if stride == "adaptive" else (3, 1, 1)


def test_what_backward_passes_do(traced):
    """A bias gets the sum of G; max pooling gives it to the winner, average pooling spreads it."""
    g = ("--gradient", "1 2 3; 4 5 6; 7 8 9")
    assert np.squeeze(traced("convolution", "--pass", "bias-gradient", *g)["output"]) == 45
    spread = traced("pooling", "--mode", "average", "--pass", "input-gradient", "--gradient", "4 8; 12 16")["output"]
    assert np.squeeze(spread).tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    sure = traced("cross-entropy", "--logits", "0.1; 0.2; 0.7", "--target", "2")["output"]
    np.testing.assert_allclose(sure, -np.log(np.exp(0.7) / np.exp([0.1, 0.2, 0.7]).sum()))


def test_a_transposed_convolution_is_the_input_gradient_of_a_convolution(traced):
    image, kernel = "1 2 3; 4 5 6; 7 8 9", ("--kernel", "emboss")
    stamped = traced("transposed-convolution", "--input", image, *kernel, "--stride", "1", "--padding", "0")["output"]
    spread = traced("convolution", *kernel, "--pass", "input-gradient", "--gradient", image)["output"]
    assert stamped == spread


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (("--input-size", "28", "--filters", "30", "--prior", "dense"), (784, 23_520, 30, 23_550)),
        (("--kernel-size", "5", "--filters", "20"), (520,)),
        (("--input-size", "200", "--channels", "3", "--filters", "300", "--prior", "dense"), (36_000_300,)),
        (("--input-size", "536", "--channels", "3", "--prior", "dense"), (861_888,)),
        (("--channels", "3", "--kernel-size", "3", "--filters", "300"), (8_400,)),
        (("--input-size", "28", "--channels", "1", "--kernel-size", "5", "--filters", "8"), (208,)),
    ],
)
def test_parameter_counts(traced, arguments, numbers):
    output = np.asarray(traced("counts", *arguments)["output"])
    assert set(numbers) <= set(output.ravel().tolist())


@pytest.mark.parametrize(
    ("layers", "fields"),
    [
        ("3 2 1 0 0; 3 1 1 0 0", [3, 7]),
        ("3 1 1 0 0; 3 1 1 0 0; 3 1 1 0 0", [3, 5, 7]),
        ("alexnet", [11, 19, 51, 67, 99, 131, 163, 195]),
    ],
)
def test_fields_of_view(traced, layers, fields):
    depth = () if ";" in layers else ("--depth", "8", "--input-size", "227")
    record = traced("field-of-view", "--layers", layers, *depth)
    assert record["output"] == fields
    assert [step["size"] for step in record["steps"]] == fields
