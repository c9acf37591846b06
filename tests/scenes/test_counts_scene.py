from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Equation, Frame, Label, Line, Role
from cnnsim.scenes import View, draw
from cnnsim.trace import counts
from cnnsim.trace.counts import CONNECTIONS, QUANTITIES

SMALL = View(640, 440)
SIZES = [SMALL, View(1024, 700), View(1920, 1080)]


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def step_of(connection, quantity):
    return CONNECTIONS.index(connection) * len(QUANTITIES) + QUANTITIES.index(quantity)


def drawn(trace, connection, quantity, view=SMALL):
    return draw(trace.at("cell"), step_of(connection, quantity), view)


def test_numbers_are_spelled_out():
    said, symbols, numbers, lesson = words_of(drawn(counts(), "shared", "parameters"))
    assert numbers == "parameters  =  8 · 5 · 5 · 1  +  8  =  208"
    assert symbols.replace("\u00a0", " ").endswith("· kernel size · kernel size · input channels  +  output channels")
    assert (
        said == "Shared: convolution: all outputs of a map use the same 5 × 5 × 1 weights: an infinitely strong prior."
    )
    assert lesson == "Whatever the rows and columns of the image, these stay the same; the depth counts."


@pytest.mark.parametrize(
    ("arguments", "connection", "quantity", "words"),
    [
        ((28, 1, 5, 8), "units", "inputs", "28 · 28 · 1 = 784; a slide says 728."),
        ((28, 1, 5, 30), "units", "parameters", "784 · 30 = 23,520, with the biases 23,550; a slide says 25,550."),
        ((200, 3, 3, 300), "shared", "parameters", "300 of them 8,400; a slide counts 3² + 1, together 3,000."),
        ((200, 3, 5, 20), "shared", "weights", "(3·5² + 1)·n: a slide's (5² + 1)·n “whatever the input” forgets"),
        ((28, 1, 5, 8), "local", "macs", "Sharing saves weights, not operations"),
        ((28, 1, 5, 8), "local", "weights", "They grow with the size of the image."),
        ((200, 3, 3, 300), "shared", "activation bytes", "the maps take 1,414 times as much as the parameters."),
        ((28, 1, 5, 8), "units", "activation bytes", "the parameters take 8 times as much as the maps."),
        ((28, 1, 5, 8), "units", "outputs", "As many as one chooses"),
        ((28, 1, 5, 8), "local", "outputs", "a larger image has more of them."),
        ((5, 1, 5, 25), "units", "inputs", "A dense layer grows with the image"),
    ],
)
def test_the_note_teaches_and_names_the_slide_that_is_wrong(arguments, connection, quantity, words):
    assert words in words_of(drawn(counts(*arguments), connection, quantity))[-1]


def test_the_table_fills_count_by_count():
    def numbers(connection, quantity):
        drawing = drawn(counts(), connection, quantity)
        return [item.text for item in drawing.items if isinstance(item, Label) and item.anchor == "end"]

    first, last = numbers("units", "inputs"), numbers("shared", "activation bytes")
    assert first.count("·") == 31 and "784" in first
    assert last.count("·") == 0 and {"208", "6,280", "119,808", "3,617,280", "14.5 M"} <= set(last)


def test_equal_weights_have_equal_colours():
    for connection, distinct, lines in (("dense", 24, 24), ("local", 12, 12), ("shared", 3, 12)):
        drawing = drawn(counts(kernel_size=3), connection, "weights")
        joined = [item for item in drawing.items if isinstance(item, Line)]
        weights = drawing.matrix("weights")
        shown = weights.values[weights.states == CellState.NORMAL]
        assert len(joined) == lines
        assert {line.value for line in joined} == set(shown.tolist())
        assert len(set(shown.tolist())) == distinct
        assert abs(shown).min() > 0.4


def test_the_current_count_stands_out():
    (now,) = (
        item
        for item in drawn(counts(), "local", "biases").items
        if isinstance(item, Label) and item.bold and item.role is Role.KERNEL
    )
    assert now.text == "4,608"


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(SIZES))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    size = data.draw(st.integers(1, 9))
    trace = counts(
        data.draw(st.integers(size, 1024)),
        data.draw(st.integers(1, 512)),
        size,
        data.draw(st.integers(1, 4096)),
        stride=data.draw(st.integers(1, 4)),
        prior=data.draw(st.sampled_from(["dense", "local", "shared"])),
    )
    check_layout(draw(trace.at("cell"), data.draw(st.integers(0, len(trace) - 1)), view))


@pytest.mark.parametrize(
    ("looked_at", "joined"),
    [
        (Cell("weights", 1, 2), [(0, 1), (1, 2), (2, 3), (3, 4)]),
        (Cell("weights", 0, 5), []),
        (Cell("inputs", 0, 2), [(0, 2), (1, 2), (2, 2)]),
        (Cell("outputs", 0, 3), [(3, 3), (3, 4), (3, 5)]),
    ],
)
def test_what_is_looked_at_shows_its_connections(looked_at, joined):
    drawing = draw(counts(kernel_size=3).at("layer"), 0, replace(SMALL, looked_at=looked_at))
    grid, lines = drawing.matrix("weights"), [item for item in drawing.items if isinstance(item, Line)]
    lit = [np.argwhere(tint.mask).tolist() for tint in grid.tints]
    assert lit == ([[list(pair) for pair in joined]] if joined else [])
    thinnest = min(line.thickness for line in lines)
    assert sum(line.thickness > thinnest for line in lines) == len(joined)
    check_layout(drawing)


def test_a_hidden_count_is_nowhere():
    drawing = draw(counts().at("cell"), step_of("shared", "parameters"), replace(SMALL, hidden=True))
    written = [item.text for item in drawing.items if isinstance(item, Label)] + words_of(drawing)
    assert not any("208" in text for text in written)
    assert words_of(drawing)[2:] == ["parameters  =  ?", "Say it first."]
    assert "?" in written
    check_layout(drawing)


@pytest.mark.parametrize("view", SIZES)
@pytest.mark.parametrize(
    ("looked_at", "numbers"),
    [
        (Cell("counts", 3, 4), "parameters  =  8 · 3 · 3 · 1  +  8  =  80"),
        (Cell("counts", 1, 2), "weights  =  8 · 24 · 24 · 26 · 26 · 1  =  3,115,008"),
        (Cell("counts", 0, 7), "bytes of input and output  =  4 · 26 · 26 · 1  +  4 · 8  =  2,736"),
    ],
)
def test_a_count_that_is_looked_at_says_how_it_comes_about(view, looked_at, numbers):
    trace = counts(26, 1, 3)
    drawing = draw(trace.at("cell"), len(trace) - 1, replace(view, looked_at=looked_at))
    assert numbers in words_of(drawing)
    assert drawing.matrix("counts").box(looked_at.row, looked_at.col) in [
        (item.x, item.y, item.width, item.height) for item in drawing.items if isinstance(item, Frame)
    ]
    (result,) = [term for item in drawing.items if isinstance(item, Equation) for term in item.terms if term.cell]
    assert result.cell == looked_at and result.underlined
    check_layout(drawing)


def test_a_count_lights_up_what_it_is_made_of():
    drawing = draw(counts(kernel_size=3).at("layer"), 0, replace(SMALL, looked_at=Cell("counts", 2, 4)))
    (made_of,) = drawing.matrix("counts").tints
    assert np.argwhere(made_of.mask).tolist() == [[2, 2], [2, 3]]
    (learned,) = drawing.matrix("weights").tints
    assert learned.mask.sum() == 12, "the wiring is that of local connections"
    assert drawing.matrix("outputs").tints and not drawing.matrix("inputs").tints


def test_a_count_to_come_is_spelled_out_but_not_told():
    later, trace = replace(SMALL, looked_at=Cell("counts", 3, 4)), counts()
    drawing = draw(trace.at("cell"), 0, later)
    assert words_of(drawing)[0].startswith("Shared: convolution: parameters are still to come")
    assert words_of(drawing)[2] == "parameters  =  8 · 5 · 5 · 1  +  8  =  ?"
    hidden = draw(trace.at("cell"), 0, replace(later, hidden=True))
    assert words_of(hidden)[2:] == ["parameters  =  ?", "Say it first."]
    for picture in (drawing, hidden):
        assert (picture.matrix("counts").states == CellState.EMPTY).sum() == 31 + (picture is hidden)
        assert not any("208" in text for text in words_of(picture))
        check_layout(picture)


def test_every_cell_of_the_table_is_found_where_its_number_stands():
    drawing = drawn(counts(536, 3, 9, 300), "shared", "activation bytes")
    table = drawing.matrix("counts")
    entries = [item for item in drawing.items if isinstance(item, Label) and item.anchor == "end" and item.y > table.y]
    found = [drawing.cell_at(item.x - 2, item.y) for item in entries if item.text != "Outputs"]
    assert sorted((cell.row, cell.col) for cell in found) == list(np.ndindex(table.values.shape))
