import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, convolutions, draw_cell, gradient_like

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import convolution, full_input_gradient, input_gradient, input_gradient_scatter, uses
from cnnsim.trace.cellwise import Place


@given(convolutions(modes=("zeros",)), SEEDS)
def test_the_full_convolution_ends_in_the_numbers_of_gathering_and_scattering(forward, seed):
    g = gradient_like(forward.rule.output, seed)
    trace = full_input_gradient(forward, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    close(trace.rule.output, input_gradient(forward, g).rule.output)
    close(trace.rule.output, input_gradient_scatter(forward, g).partial(-1))


@given(convolutions(modes=("zeros",)), SEEDS, st.data())
def test_a_cell_takes_a_step_for_every_weight(forward, seed, data):
    rule, g = forward.rule, gradient_like(forward.rule.output, seed)
    trace = full_input_gradient(forward, g)
    cell = draw_cell(data, trace)
    multiplies, (total,) = check_contributions(
        trace, cell, {"gradient": trace.rule.stretched, "kernel": trace.rule.turned}
    )
    assert (total.kind, len(multiplies)) == ("sum", len(rule.w) // rule.groups * rule.w[0, 0].size)
    np.testing.assert_array_equal(trace.rule.turned, rule.applied[..., ::-1, ::-1])


@given(convolutions(modes=("zeros",)), st.data())
def test_weights_are_found_where_they_are_used(forward, data):
    trace = full_input_gradient(forward)
    place: Place = tuple(data.draw(st.integers(0, length - 1)) for length in forward.rule.w.shape)
    found = uses(trace.rule, "kernel", place)
    for cell, number in zip(found.cells.tolist(), found.numbers.tolist(), strict=True):
        factors = {part.operand: part for part in trace.rule.contribution(tuple(cell), number).factors}
        assert factors["kernel"].place == place
    assert len(found.cells) == forward.rule.x[0].size


def test_the_lecture_example():
    trace = full_input_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")))
    dx = [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]]
    np.testing.assert_array_equal(assembled(trace)[0], dx)
    assert trace.rule.stretched.shape == (1, 7, 7)


def test_it_is_the_engines_convolution_of_g_with_the_turned_kernel():
    x, w, g = gallery.image("random", 6), gallery.image("random", 3, seed=1), gallery.image("random", 4, seed=2)
    full = functional.conv2d(g[None, None], w[None, None, ::-1, ::-1].copy(), padding=2)
    np.testing.assert_array_equal(full_input_gradient(convolution(x, w), g).rule.output, full[0])


def test_a_padding_wider_than_the_kernel_leaves_cells_of_g_out():
    forward = convolution(np.ones((3, 3)), [[2.0]], padding=2)
    trace = full_input_gradient(forward, np.arange(49.0).reshape(7, 7))
    np.testing.assert_array_equal(trace.rule.output, input_gradient(forward, np.arange(49.0).reshape(7, 7)).rule.output)


@pytest.mark.parametrize("mode", ["replicate", "reflect", "circular"])
def test_copies_of_cells_are_refused_in_words(mode):
    forward = convolution(np.ones((4, 4)), np.ones((3, 3)), padding=1, padding_mode=mode)
    with pytest.raises(InputError, match=f"padding_mode={mode} repeats cells.*: use zeros, or gather the gradient"):
        full_input_gradient(forward)
    full_input_gradient(convolution(np.ones((4, 4)), np.ones((3, 3)), padding_mode=mode))
