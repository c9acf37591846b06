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
            for way in ("input-gradient", "input-gradient-scatter")
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


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (("--input-size", "28", "--filters", "30", "--prior", "dense"), (784, 23_520, 30, 23_550)),
        (("--kernel-size", "5", "--filters", "20"), (520,)),
        (("--input-size", "200", "--channels", "3", "--filters", "300", "--prior", "dense"), (36_000_300,)),
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
        ("alexnet", [11, 19, 51, 67, 99, 131, 163, 195]),
    ],
)
def test_fields_of_view(traced, layers, fields):
    depth = () if ";" in layers else ("--depth", "8", "--input-size", "227")
    record = traced("field-of-view", "--layers", layers, *depth)
    assert record["output"] == fields
    assert [step["size"] for step in record["steps"]] == fields
