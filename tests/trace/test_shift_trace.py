import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import shift_effect
from cnnsim.trace.equivariance_moves import ENTERINGS
from cnnsim.trace.uses import uses


def shifted(x, by, entering):
    """Cell by cell."""
    y = np.zeros(x.shape)
    for channel, row, col in np.ndindex(*x.shape):
        i, j = row - by[0], col - by[1]
        if entering == "circular":
            i, j = i % x.shape[1], j % x.shape[2]
        if 0 <= i < x.shape[1] and 0 <= j < x.shape[2]:
            y[channel, row, col] = x[channel, i, j]
    return y


@st.composite
def effects(draw):
    numbers = np.random.default_rng(draw(SEEDS))
    x = numbers.integers(0, 4, (1, draw(st.integers(3, 7)), draw(st.integers(3, 7)))).astype(float)
    w = numbers.integers(-2, 3, (2, 1, 3, 3)).astype(float) if draw(st.booleans()) else None
    shift = draw(st.tuples(st.integers(-3, 3), st.integers(-3, 3)))
    options = {
        "entering": draw(st.sampled_from(ENTERINGS)),
        "mode": draw(st.sampled_from(["max", "average"])),
        "window": draw(st.integers(1, 3)),
        "stride": draw(st.integers(1, 3)),
    }
    return shift_effect(x, shift, w, **options), shift, w, options


@given(effects())
def test_trace_is_rule_is_engine_is_naive_loop(effect):
    trace, shift, w, options = effect
    rule = trace.rule
    np.testing.assert_array_equal(assembled(trace), rule.output)
    np.testing.assert_array_equal(rule.moved_x, shifted(rule.x, shift, options["entering"]))
    for module in (functional, naive):
        pool = module.max_pool2d if options["mode"] == "max" else module.avg_pool2d
        pooled = []
        for image in (rule.x, rule.moved_x):
            features = image[None] if w is None else module.conv2d(image[None], w, None, 1, 1)
            pooled.append(pool(features, options["window"], options["stride"])[0])
        close(rule.output, pooled[1] - pooled[0])
        assert rule.changed.sum() == (~np.isclose(pooled[1], pooled[0], rtol=0, atol=1e-9)).sum()


@given(effects(), st.data())
def test_a_difference_is_one_value_less_the_other(effect, data):
    trace = effect[0]
    operands = {"after": trace.rule.of_moved.output, "before": trace.rule.of_image.output}
    check_contributions(trace, draw_cell(data, trace), operands)


@given(effects(), st.data())
def test_what_changes_in_a_window_is_counted(effect, data):
    trace, _, _, options = effect
    rule, (channel, row, col) = trace.rule, draw_cell(data, trace)
    top, left = row * options["stride"], col * options["stride"]
    part = channel, slice(top, top + options["window"]), slice(left, left + options["window"])
    before, after = rule.of_image.x[part], rule.of_moved.x[part]
    assert rule.changed_in_window((channel, row, col)) == ((before != after).sum(), before.size)


@given(effects(), st.data())
def test_a_cell_of_the_image_reaches_what_a_change_of_it_could_change(effect, data):
    trace, shift, w, options = effect
    place = tuple(data.draw(st.integers(0, length - 1)) for length in trace.rule.x.shape)
    bare = np.zeros(trace.rule.x.shape)
    lit = bare.copy()
    lit[place] = 1.0
    options = options | {"mode": "average"}
    ones = None if w is None else np.ones(w.shape)
    one = shift_effect(lit, shift, ones, **options).rule
    expected = np.argwhere((one.of_image.output != 0) | (one.of_moved.output != 0))
    np.testing.assert_array_equal(uses(trace.rule, "input", place).cells, expected)


def test_a_pooled_value_takes_part_in_its_own_difference():
    rule = shift_effect(gallery.image("random", 6), (0, 1), gallery.kernel("gaussian")).rule
    for operand in ("before", "after"):
        assert uses(rule, operand, (0, 1, 2)).cells.tolist() == [[0, 1, 2]]
    assert len(uses(rule, "kernel", (0, 0, 1, 1)).cells) == rule.output.size


def test_the_row_of_the_textbook():
    """All values of the detector change, half of the pooled ones."""
    rule = shift_effect([[0.1, 1, 0.2, 0.1]], (0, 1), window=(1, 3), stride=1, padding=(0, 1)).rule
    np.testing.assert_array_equal(rule.of_image.output[0], [[1, 1, 1, 0.2]])
    np.testing.assert_array_equal(rule.of_moved.output[0], [[0.1, 1, 1, 1]])
    assert rule.changed_inputs.all()
    assert rule.changed[0].tolist() == [[True, False, False, True]]


def test_pooling_changes_less_than_the_image_does():
    rule = shift_effect(gallery.image("random", 8), (0, 1), window=3, stride=2).rule
    assert (rule.changed_inputs.sum(), rule.changed_inputs.size) == (57, 64)
    assert (rule.changed.sum(), rule.changed.size) == (2, 9)


def test_a_convolution_moves_along_but_at_the_border():
    rule = shift_effect(gallery.image("random", 8), (0, 1), gallery.kernel("edge-4")).rule
    assert rule.moved_along[0, :, 1:-1].all()
    assert not rule.moved_along.all()
    assert rule.changed_features.mean() > 0.9


def test_no_shift_changes_nothing():
    rule = shift_effect(gallery.image("random", 6), (0, 0), gallery.kernel("gaussian")).rule
    assert not rule.changed_inputs.any()
    assert not rule.changed_features.any()
    assert not rule.changed.any()
    assert rule.moved_along.all()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (((0, 1, 2),), {}, "shift=.* is no whole number"),
        (((0, 1),), {"entering": "noise"}, "entering=noise is unknown"),
        (((0, 1),), {"window": 9}, "window=9 is larger than the padded input"),
        (((0, 1),), {"mode": "median"}, "mode=median is unknown"),
        (((0, 1), np.ones((2, 1, 1, 1, 1))), {}, "w=array of shape .* is no grid"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, options, message):
    with pytest.raises(InputError, match=message):
        shift_effect(gallery.POOLING_IMAGE, *arguments, **options)
