import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import CellState, Equation, Frame
from cnnsim.scenes import View, draw, input_gradient_scene, kernel_gradient_scene, scatter_scene
from cnnsim.trace import (
    GRAINS,
    convolution,
    full_input_gradient,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
)

SMALL, LARGE = View(740, 520), View(1600, 900)
FORWARD = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def shown(drawing, name):
    matrix = drawing.matrix(name)
    return np.where(matrix.states == CellState.EMPTY, np.nan, matrix.values)


def test_the_kernel_gradient_of_the_lecture_example():
    steps = kernel_gradient(FORWARD).at("cell")
    drawing = kernel_gradient_scene(steps, len(steps) - 1, SMALL)
    np.testing.assert_array_equal(shown(drawing, "kernel gradient"), [[6, 7, 6], [4, 7, 7], [4, 6, 6]])


def test_the_gradient_slides_over_the_input_as_the_kernel_did():
    steps = kernel_gradient(FORWARD).at("cell")
    drawing = kernel_gradient_scene(steps, 5, SMALL)  # weight [1, 2]
    grid = drawing.matrix("input")
    frame = next(item for item in drawing.items if isinstance(item, Frame))
    assert ((frame.x - grid.x) / grid.cell, (frame.y - grid.y) / grid.cell) == (2, 1)
    assert words_of(drawing)[2] == "∂w[1, 2]  =  1·1 + 1·1 + 1·0 + 1·1 + 1·1 + 1·1 + 1·1 + 1·1 + 1·0  =  7"


def test_the_input_gradient_of_the_lecture_example():
    steps = input_gradient(FORWARD).at("cell")
    drawing = input_gradient_scene(steps, len(steps) - 1, SMALL)
    expected = [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]]
    np.testing.assert_array_equal(shown(drawing, "input gradient"), expected)


def test_a_corner_of_the_input_is_covered_by_one_window():
    steps = input_gradient(FORWARD).at("cell")
    words = words_of(input_gradient_scene(steps, 0, SMALL))
    assert words[0] == "1 window covers x[0, 0]; its gradient is 1."
    assert words[2] == "∂x[0, 0]  =  1·1  =  1"


def test_a_cell_that_no_window_reached_has_no_gradient():
    forward = convolution(gallery.image("ramp", 6), gallery.kernel("lecture"), stride=2)
    steps = input_gradient(forward).at("cell")
    words = words_of(input_gradient_scene(steps, 35, SMALL))
    assert words[0] == "No windows cover x[5, 5]; its gradient is 0."
    assert words[2] == "∂x[5, 5]  =  0"


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from([SMALL, LARGE, View(640, 480), View(1300, 500)]))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    size, padding = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 2))
    x = gallery.image("random", data.draw(st.integers(max(1, size - 2 * padding), 9)))
    w = gallery.kernel(data.draw(st.sampled_from(sorted(gallery.KERNELS))), size)
    forward = convolution(x, w, stride=data.draw(st.integers(1, 3)), padding=padding, flip=data.draw(st.booleans()))
    for gradient in (kernel_gradient, input_gradient, input_gradient_scatter):
        steps = gradient(forward).at(data.draw(st.sampled_from(GRAINS)))
        check_layout(draw(steps, data.draw(st.floats(0, len(steps) - 1)), view))


def test_scatter_adds_to_what_is_there_and_ends_as_gathering_does():
    steps = input_gradient_scatter(FORWARD).at("multiply")
    words = words_of(scatter_scene(steps, 9 + 3, SMALL))
    assert words[0] == "G[0, 1] = 1 goes back through w[1, 0] = 0: 0 more."
    assert words[2] == "∂x[1, 1]  =  1 + 1·0  =  1"
    gathered = input_gradient(FORWARD).rule.output[0]
    last = scatter_scene(steps, len(steps) - 1, SMALL)
    np.testing.assert_array_equal(last.matrix("input gradient").values, gathered)
    assert words_of(last)[-1] == "✓ the same numbers as gathered at each x"


def test_what_falls_on_padding_is_lost():
    steps = input_gradient_scatter(convolution(np.ones((3, 3)), np.ones((3, 3)), padding=1)).at("multiply")
    words = words_of(scatter_scene(steps, 0, SMALL))
    assert words[0].endswith("1 lost.")
    assert words[2] == "1·1  falls on padding: nothing of the input gets it"


def test_a_turned_kernel_is_counted_as_it_was_given():
    forward = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), flip=True)
    steps = kernel_gradient(forward).at("cell")
    words = words_of(kernel_gradient_scene(steps, 0, SMALL))
    assert words[0].startswith("w[2, 2] took part in 9 output cells")
    assert words[1].startswith("∂J/∂w[2 − r, 2 − t]")
    assert words[2].startswith("∂w[2, 2]  =  ")
    step = words_of(input_gradient_scene(input_gradient(forward).at("multiply"), 0, SMALL))
    assert step[0].startswith("G[0, 0] = 1 times w[2, 2] = 2 gives 2;")


def test_a_backward_pass_shows_the_maps_that_take_part():
    numbers = np.random.default_rng(0)
    forward = convolution(numbers.integers(0, 4, (3, 5, 5)), numbers.integers(-2, 3, (2, 3, 3, 3)))
    steps = input_gradient(forward).at("cell")
    drawing = draw(steps, 25 + 12, View(1024, 700))  # x[1, 2, 2]
    for out in range(2):
        np.testing.assert_array_equal(drawing.matrix(f"kernel[{out}, 1]").values, forward.rule.w[out, 1])
        g, kernel = drawing.matrix(f"gradient[{out}]"), drawing.matrix(f"kernel[{out}, 1]")
        assert abs(g.y + g.height / 2 - kernel.y - kernel.height / 2) <= 1
    assert words_of(drawing)[1].startswith("∂J/∂x[c, i, j]  =  Σo, m, n  G[o, m, n] · w[o, c, r, t]")
    words = words_of(draw(kernel_gradient(forward).at("cell"), 30, View(1024, 700)))
    assert words[1].startswith("∂J/∂w[o, c, r, t]  =  ")
    assert "G[o, i, j] · x[c, i + r, j + t]" in words[1]


@settings(max_examples=20, deadline=None)
@given(st.data(), st.sampled_from([SMALL, LARGE, View(640, 440), View(1024, 700)]))
def test_nothing_overlaps_with_several_maps_either(data, view):
    groups, channels, outs = (data.draw(st.integers(1, 3)) for _ in range(3))
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    forward = convolution(
        numbers.integers(-9, 10, (groups * channels, 4, 5)),
        numbers.integers(-9, 10, (groups * outs, channels, 2, 3)) / data.draw(st.sampled_from([1, 7])),
        groups=groups,
        stride=data.draw(st.integers(1, 2)),
    )
    for gradient in (kernel_gradient, input_gradient, full_input_gradient):
        steps = gradient(forward).at(data.draw(st.sampled_from(GRAINS)))
        check_layout(draw(steps, data.draw(st.floats(0, len(steps) - 1)), view))


def test_the_turned_kernel_slides_over_all_of_g():
    forward = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"))
    drawing = draw(full_input_gradient(forward, np.arange(9.0).reshape(3, 3)).at("multiply"), 6, SMALL)
    assert drawing.matrix("gradient").values.shape == (7, 7)
    assert drawing.matrix("gradient").shape == "∂J/∂y, border 2"
    np.testing.assert_array_equal(drawing.matrix("kernel").values, gallery.kernel("emboss")[::-1, ::-1])
    assert drawing.matrix("kernel").caption == "Turned kernel"
    words = words_of(drawing)
    assert words[0].startswith("w[0, 2] = 0 times padding = 0 gives 0;")
    assert words[1] == "∂J/∂x[i, j]  =  Σr, t  w[r, t] · G[m, n]      where  m + r = i,  n + t = j"


def test_zeros_stand_between_the_cells_of_g_where_there_is_a_stride():
    forward = convolution(gallery.image("ramp", 7), gallery.kernel("emboss"), stride=2, flip=True)
    drawing = draw(full_input_gradient(forward).at("cell"), 0, SMALL)
    states = drawing.matrix("gradient").states
    assert states[2].tolist() == [2, 2, 0, 4, 0, 4, 0, 2, 2]
    assert drawing.matrix("kernel").caption == "Kernel"
    np.testing.assert_array_equal(drawing.matrix("kernel").values, gallery.kernel("emboss"))
    assert words_of(drawing)[-1].startswith("With a stride, zeros stand between the cells of G")
