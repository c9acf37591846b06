import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Chart, Equation, Frame, Label, Matrix
from cnnsim.scenes import View, operand_at, step_at, tiny_network_scene
from cnnsim.trace import initial_weights, tiny_network
from cnnsim.trace.tiny_network_pass import STAGES
from cnnsim.trace.tiny_network_trace import NETWORK_GRAINS

VIEWS = [View(640, 440), View(1024, 700), View(1920, 1080)]
WIDE = View(1024, 700)


def example(size=8, kernels=2, classes=2, **options):
    names = gallery.SHAPES[-2:] if classes == 2 else gallery.SHAPES
    return tiny_network(
        gallery.shape(names[-1], size),
        classes - 1,
        initial_weights(size, kernels, classes, seed=1),
        classes=names,
        **{"passes": 3, "lr": 0.05} | options,
    )


TRACE = example()
LAYERS = TRACE.at("layer")


def after(stage, number=0, trace=TRACE):
    """Position of the last step of a stage, a stage at a time."""
    view = trace.at("layer")
    last = trace.first_step(number, stage) + len(trace.passes[number].trace_of(stage)) - 1
    return view.position_of(last)


def labels(drawing):
    return [item.text for item in drawing.items if isinstance(item, Label)]


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def empty(drawing, name):
    return (drawing.matrix(name).states == CellState.EMPTY).all()


def test_stages_fill_one_after_the_other():
    drawing = tiny_network_scene(LAYERS, after("relu"), WIDE)
    np.testing.assert_array_equal(drawing.matrix("network relu[1]").values, TRACE.passes[0].trace_of("relu").output[1])
    assert not empty(drawing, "network relu[1]")
    assert empty(drawing, "network pooling[0]")
    assert empty(drawing, "network relu gradient[0]")
    assert not empty(tiny_network_scene(LAYERS, after("image gradient"), WIDE), "network relu gradient[0]")


def test_a_stage_fills_cell_by_cell():
    drawing = tiny_network_scene(TRACE.at("cell"), 7, WIDE)
    known = drawing.matrix("network convolution[0]").states != CellState.EMPTY
    assert known.ravel().sum() == 8 and known.ravel()[:8].all()


def test_weights_are_shown_as_the_maps_that_they_meet():
    dense = TRACE.passes[0].operation.weights["dense weights"]
    drawing = tiny_network_scene(LAYERS, 0, WIDE)
    np.testing.assert_array_equal(drawing.matrix("network dense weights[1, 0]").values, dense[1, :9].reshape(3, 3))


def test_updated_weights_take_the_place_of_the_old_ones():
    before = TRACE.passes[0].operation.weights["kernels"][1, 0]
    updated = TRACE.passes[1].operation.weights["kernels"][1, 0]
    name = "network kernels[1]"
    shown = [
        tiny_network_scene(LAYERS, place, WIDE).matrix(name).values
        for place in (0, after("image gradient"), after("kernels update"), after("convolution", 1))
    ]
    for values, expected in zip(shown, (before, before, updated, updated), strict=True):
        np.testing.assert_array_equal(values, expected)


def test_the_loss_is_told_when_it_is_known():
    start, loss, end = (
        labels(tiny_network_scene(LAYERS, place, WIDE)) for place in (0, after("loss"), after(STAGES[-1]))
    )
    before, following = (f"{TRACE.loss(number):.4f}" for number in (0, 1))
    assert before not in start and start.count("?") == 2
    assert before in loss and following not in loss and loss.count("?") == 1
    assert before in end and following in end and "?" not in end


def test_the_curve_shows_the_losses_so_far():
    def curve(position):
        (chart,) = (item for item in tiny_network_scene(LAYERS, position, WIDE).items if isinstance(item, Chart))
        return chart.series[0].ys.tolist()

    assert curve(0) == []
    assert curve(after("loss")) == [TRACE.loss(0)]
    assert curve(after(STAGES[-1])) == [TRACE.loss(0), TRACE.loss(1)]
    assert curve(len(LAYERS) - 1) == [*TRACE.output, TRACE.loss_after(2)]


def test_the_line_above_names_pass_phase_and_stage():
    drawing = tiny_network_scene(LAYERS, after("pooling gradient", 1), WIDE)
    assert "Pass 2 of 3" in labels(drawing)
    assert "Gradient through the pooling" in labels(drawing)
    bold = [item.text for item in drawing.items if isinstance(item, Label) and item.bold]
    assert "Backward" in bold and "Forward" not in bold


def test_the_formula_is_that_of_the_step():
    steps = TRACE.at("multiply")
    place = TRACE.first_step(0, "dense") + 1
    overview, stage = (tiny_network_scene(steps, place, WIDE, zoom) for zoom in ("overview", "stage"))
    renamed = [words.replace("w[", "W[").replace("x[", "f[") for words in words_of(stage)]
    assert words_of(overview)[::3] == renamed[::3]
    first = TRACE.passes[0].trace_of("dense").rule
    assert words_of(overview)[2].replace("z[", "y[") == words_of(stage)[2]
    assert stage.matrix("output").values.shape == first.output.shape


def test_the_window_of_the_present_cell_is_framed():
    drawing = tiny_network_scene(TRACE.at("cell"), 8, WIDE)  # convolution [0, 1, 2]
    grid = drawing.matrix("network image")
    places = [
        ((item.x - grid.x) / grid.cell, (item.y - grid.y) / grid.cell, item.width / grid.cell)
        for item in drawing.items
        if isinstance(item, Frame) and grid.x <= item.x <= grid.x + grid.width and item.y < grid.y + grid.height
    ]
    assert places == [(2, 1, 3)]


def test_a_cell_that_is_looked_at_lights_its_sources_and_what_is_made_of_it():
    looked_at = Cell("network relu[1]", 2, 3)
    drawing = tiny_network_scene(LAYERS, 0, View(1024, 700, looked_at=looked_at))
    (source,) = drawing.matrix("network convolution[1]").tints
    assert np.argwhere(source.mask).tolist() == [[2, 3]]
    (use,) = drawing.matrix("network pooling[1]").tints
    assert np.argwhere(use.mask).tolist() == [[1, 1]]


def test_what_can_be_set_is_found_behind_its_cells():
    steps = TRACE.at("cell")
    assert operand_at(steps, 0, Cell("network image", 2, 5)) == ("image", (0, 2, 5))
    assert operand_at(steps, 0, Cell("network kernels[1]", 2, 0)) == ("kernels", (1, 0, 2, 0))
    assert operand_at(steps, 0, Cell("network dense weights[1, 0]", 2, 1)) == ("dense weights", (1, 0, 2, 1))
    assert operand_at(steps, 0, Cell("network kernel biases", 0, 1)) == ("kernel biases", (1, 0, 0))
    assert operand_at(steps, 0, Cell("network dense biases", 0, 1)) == ("dense biases", (1, 0))
    assert operand_at(steps, 0, Cell("bias[1]", 0, 0)) == ("kernel biases", (1, 0, 0))
    assert operand_at(steps, 0, Cell("network relu[1]", 2, 0)) is None
    assert operand_at(steps, 0, Cell("input", 3, 4)) == ("image", (0, 3, 4))  # in the scene of the convolution
    later = after("convolution", 1)
    assert operand_at(LAYERS, later, Cell("network kernels[1]", 2, 0)) is None
    assert operand_at(LAYERS, later, Cell("network image", 2, 5)) == ("image", (0, 2, 5))


def test_the_image_of_another_example_cannot_be_set():
    images = np.stack([gallery.shape("cross"), gallery.shape("circle")])
    trace = tiny_network(images, [0, 1], initial_weights(8, 2, 2, seed=1), passes=3)
    cell = Cell("network image", 2, 5)
    found = [operand_at(trace.at("pass"), number, cell) for number in range(3)]
    assert found == [("image", (0, 2, 5)), None, ("image", (0, 2, 5))]


@pytest.mark.parametrize("grain", ["multiply", "cell", "layer"])
def test_a_click_leads_to_the_step_that_finishes_the_cell_in_the_present_pass(grain):
    steps = TRACE.at(grain)
    position = steps.position_of(TRACE.first_step(1, "dense"))
    for matrix, stage, cell in (
        ("network pooling gradient[1]", "pooling gradient", (1, 4, 2)),
        ("network flatten", "flatten", (0, 2 * 1)),
        ("network logit gradient", "logit gradient", (1, 0)),
    ):
        row, col = (cell[1], 0) if stage == "flatten" else cell[-2:]
        unit = step_at(steps, position, Cell(matrix, row, col))
        found = steps[unit]
        assert (found.number, found.stage) == (1, stage)
        inner = found.step.step if stage == "logit gradient" else found.step
        assert grain == "layer" or (inner.cell == cell and inner.y is not None)
    assert step_at(steps, position, Cell("network image", 0, 0)) is None


def test_a_click_in_the_scene_of_a_stage_leads_to_its_cells():
    steps = TRACE.at("cell")
    position = steps.position_of(TRACE.first_step(1, "convolution"))
    assert steps[step_at(steps, position, Cell("output[1]", 2, 3))].step.cell == (1, 2, 3)


def test_a_weight_is_a_result_when_it_is_updated():
    steps, name = TRACE.at("cell"), "network kernels[1]"
    assert step_at(steps, 7, Cell(name, 2, 0)) is None
    updating = steps.position_of(TRACE.first_step(1, "dense weights update"))
    found = steps[step_at(steps, updating, Cell(name, 2, 0))]
    assert (found.number, found.stage, found.step.cell) == (1, "kernels update", (1, 0, 2, 0))
    for matrix, stage, cell in (
        ("network kernel biases", "kernel biases update", (1, 0, 0)),
        ("network dense biases", "dense biases update", (1, 0)),
    ):
        found = steps[step_at(steps, updating, Cell(matrix, 0, 1))]
        assert (found.stage, found.step.cell) == (stage, cell)


def test_the_formula_tells_of_a_known_result_that_is_looked_at():
    def formula(position, cell):
        return words_of(tiny_network_scene(LAYERS, position, View(1024, 700, looked_at=cell)))[2]

    place, cell = after("relu gradient"), Cell("network pooling[1]", 2, 0)
    assert formula(place, cell).startswith("m[1, 2, 0]  =  max( ")
    assert formula(place, None).startswith("∂c[")
    assert formula(place, Cell("network image gradient", 2, 0)) == formula(place, None)  # not known yet
    assert formula(place, Cell("network image", 2, 0)) == formula(place, None)
    updating = after("kernels update")
    assert formula(updating, Cell("network kernels[0]", 1, 2)).startswith("w[0, 1, 2]  =")
    assert formula(updating, Cell("network dense weights[0, 1]", 1, 2)) == formula(updating, None)  # still the old ones


@pytest.mark.parametrize("stage", STAGES)
def test_a_number_in_the_formula_is_that_of_its_cell_in_the_overview(stage):
    steps, numbers = TRACE.at("cell"), {"loss": 2, "dense": 6, "dense weight gradient": 3}
    place = steps.position_of(TRACE.first_step(1, stage) + len(TRACE.passes[1].trace_of(stage)) - 1)
    drawing = tiny_network_scene(steps, place, WIDE)
    found = 0
    for item in drawing.items:
        for term in item.terms if isinstance(item, Equation) else ():
            if term.cell is not None and re.fullmatch(r"[(]?−?[0-9.]+[)]?", term.text):
                shown = drawing.matrix(term.cell.matrix).values[term.cell.row, term.cell.col]
                if stage == "relu gradient" and "convolution" in term.cell.matrix:
                    shown = float(shown > 0)  # what the derivative is looked up from
                assert float(term.text.strip("()").replace("−", "-")) == pytest.approx(shown, abs=0.006)
                found += 1
    assert found >= numbers.get(stage, 1)


def test_a_term_that_is_pointed_at_is_found_in_the_picture_and_back():
    steps = TRACE.at("cell")
    plain = tiny_network_scene(steps, 60, WIDE)
    cell = next(term.cell for term in plain.items[-2].terms if term.cell and "image" in term.cell.matrix)
    drawing = tiny_network_scene(steps, 60, View(1024, 700, looked_at=cell))
    assert [term.underlined for term in drawing.items[-2].terms if term.cell == cell] == [True]
    assert words_of(drawing)[:3] == words_of(plain)[:3]
    assert words_of(drawing)[3] == f"x[{cell.row}, {cell.col}] = 0"  # and by its own name
    x, y, *_ = drawing.matrix(cell.matrix).box(cell.row, cell.col)
    assert any(isinstance(item, Frame) and abs(item.x - x) < 2 and abs(item.y - y) < 2 for item in drawing.items)


def test_numbers_are_printed_in_all_cells_of_a_size_or_in_none():
    for view in VIEWS:
        drawing = tiny_network_scene(LAYERS, len(LAYERS) - 1, view)
        by_side: dict[float, set[bool]] = {}
        for item in drawing.items:
            if isinstance(item, Matrix) and "flat" not in item.name and "dense input" not in item.name:
                by_side.setdefault(item.cell, set()).add(item.numbers)
        assert all(len(told) == 1 for told in by_side.values())


def test_a_result_to_be_predicted_is_hidden():
    steps, name = TRACE.at("cell"), "network convolution[0]"
    shown, hidden = (tiny_network_scene(steps, 7, View(1024, 700, hidden=value)) for value in (False, True))
    counts = [(drawing.matrix(name).states != CellState.EMPTY).sum() for drawing in (shown, hidden)]
    assert counts == [8, 7]


@pytest.mark.parametrize(("scaling", "limits"), [("locked", {4.0}), ("layer", None)])
def test_colours_are_scaled_as_the_view_says(scaling, limits):
    drawing = tiny_network_scene(LAYERS, 0, View(1024, 700, scaling=scaling, limit=4.0))
    found = {item.scale.limit for item in drawing.items if isinstance(item, Matrix)}
    assert len(found) == 1 and (limits is None or found == limits)


@settings(max_examples=40, deadline=None)
@given(
    st.data(),
    st.sampled_from([(8, 2, 2), (12, 4, 4), (9, 1, 2), (12, 1, 4), (8, 4, 2), (12, 2, 2)]),
    st.sampled_from(VIEWS),
    st.sampled_from(["overview", "stage"]),
)
def test_nothing_overlaps_or_is_cut_at_any_size(data, shape, view, zoom):
    trace = example(*shape, passes=2)
    steps = trace.at(data.draw(st.sampled_from(NETWORK_GRAINS)))
    check_layout(tiny_network_scene(steps, data.draw(st.floats(0, len(steps) - 1)), view, zoom))
