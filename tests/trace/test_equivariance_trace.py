import naive
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import PADDING_MODES
from cnnsim.trace.equivariance import equivariance
from cnnsim.trace.equivariance_layer import POOLED
from cnnsim.trace.equivariance_moves import ENTERINGS, MOVEMENTS, Move
from cnnsim.trace.geometry import OUTSIDE

NAIVE_MODES = {"zeros": "constant"}


@st.composite
def cases(draw):
    """Arguments of `equivariance` for which all windows fit."""
    numbers = np.random.default_rng(draw(SEEDS))
    size, channels = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    pooled, padding = draw(st.sampled_from(POOLED)), draw(st.integers(0, 2))
    stride = draw(st.integers(1, 2))
    least = max(3, (1 if pooled != "none" else 0) * stride + size - 2 * padding)
    shape = (channels, *(draw(st.integers(least, least + 3)) for _ in range(2)))
    return {
        "x": numbers.integers(-3, 4, shape).astype(float),
        "w": numbers.integers(-3, 4, (2, channels, size, size)).astype(float),
        "movement": draw(st.sampled_from(MOVEMENTS)),
        "shift": (draw(st.integers(-4, 4)), draw(st.integers(-4, 4))),
        "entering": draw(st.sampled_from(ENTERINGS)),
        "stride": stride,
        "padding": padding,
        "padding_mode": draw(st.sampled_from(PADDING_MODES)),
        "pooled": pooled,
    }


def engine(x, case):
    """The layer, with the engine."""
    y = functional.conv2d(
        x[None], case["w"], stride=case["stride"], padding=case["padding"], padding_mode=case["padding_mode"]
    )
    pools = {"none": lambda y, _: y, "max": functional.max_pool2d, "average": functional.avg_pool2d}
    return pools[case["pooled"]](y, 2)[0]


def slow(x, case):
    """The layer, with the naive loops."""
    sides = (case["padding"],) * 4
    padded = naive.pad(x[None], sides, NAIVE_MODES.get(case["padding_mode"], case["padding_mode"]))
    y = naive.conv2d(padded, case["w"], stride=case["stride"])
    pools = {"none": lambda y, _: y, "max": naive.max_pool2d, "average": naive.avg_pool2d}
    return pools[case["pooled"]](y, 2)[0]


def slowly_moved(maps, case, strides=(1, 1)):
    """The movement, cell by cell."""
    if case["movement"] == "rotation":
        return np.array([[[row[-1 - i] for row in one] for i in range(len(one[0]))] for one in maps])
    if case["movement"] == "scaling":
        return np.kron(maps, np.ones((1, 2, 2)))
    target = np.zeros(maps.shape)
    rows, cols = maps.shape[1:]
    down, right = (int(by / stride) for by, stride in zip(case["shift"], strides, strict=True))
    for c, i, j in np.ndindex(*maps.shape):
        row, col = i - down, j - right
        if case["entering"] == "circular":
            target[c, i, j] = maps[c, row % rows, col % cols]
        elif 0 <= row < rows and 0 <= col < cols:
            target[c, i, j] = maps[c, row, col]
    return target


def middle(array, shape):
    """The part in the middle."""
    top, left = ((outer - inner) // 2 for outer, inner in zip(array.shape[1:], shape, strict=True))
    return array[:, top : top + shape[0], left : left + shape[1]]


@given(cases())
@settings(max_examples=60)
def test_trace_is_rule_is_engine_is_naive_loop(case):
    trace = equivariance(**case)
    np.testing.assert_array_equal(assembled(trace), trace.output)
    stride = case["stride"] * (1 if case["pooled"] == "none" else 2)
    for layer in (engine, slow):
        one = layer(slowly_moved(case["x"], case), case)
        other = slowly_moved(layer(case["x"], case), case, (stride, stride))
        close(trace.rule.of_moved.output, one)
        close(trace.rule.moved_output, other)
        shape = [min(sizes) for sizes in zip(one.shape[1:], other.shape[1:], strict=True)]
        close(trace.output, middle(one, shape) - middle(other, shape))


@given(cases(), st.data())
@settings(max_examples=40)
def test_a_cell_is_one_term_less_the_other(case, data):
    trace = equivariance(**case)
    rule, cell = trace.rule, draw_cell(data, trace)
    operands = {"f(g(x))": rule.of_moved.output, "g(f(x))": rule.moved_output}
    (first, second), _ = check_contributions(trace, cell, operands)
    assert first.contribution.factors[0].place == rule.place(cell)
    assert second.contribution.factors[1].place == rule.moved_place(cell)
    came_from = rule.feature_place(cell)
    assert rule.moved_output[rule.moved_place(cell)] == (0 if came_from is None else rule.of_image.output[came_from])


@given(cases())
@settings(max_examples=40)
def test_on_a_circle_shifts_by_multiples_of_the_strides_change_nothing(case):
    """Circular padding of `same` size, whole strides around the circle: equal to the last bit."""
    size = case["w"].shape[-1]
    assume(size % 2)
    stride = case["stride"] * (1 if case["pooled"] == "none" else 2)
    x = np.tile(case["x"], (1, 2 * stride, 2 * stride))
    shift = tuple(by * stride for by in case["shift"])
    circle = {"movement": "shift", "entering": "circular", "padding": size // 2, "padding_mode": "circular"}
    rule = equivariance(**case | circle | {"x": x, "shift": shift}).rule
    assert rule.divides
    assert not rule.output.any()
    assert not rule.differs.any()


def reaches_padding(axis, window, index):
    """Whether a cell of the layer's output sees padding along an axis."""
    first, last = index * window * axis.stride, ((index + 1) * window - 1) * axis.stride + axis.extent
    return first < axis.before or last > axis.before + axis.n


@given(cases())
@settings(max_examples=60)
def test_a_shift_that_the_strides_divide_differs_only_where_an_edge_is_seen(case):
    """Before the movement or after it: padding, or cells that entered."""
    rule = equivariance(**case | {"movement": "shift", "entering": "zeros"}).rule
    assume(rule.divides)
    sources = rule.move.sources(rule.of_image.convolution.x.shape)
    geometry, window = rule.of_image.convolution.geometry, 1 if case["pooled"] == "none" else 2

    def padded(place):
        _, row, col = place
        return reaches_padding(geometry.rows, window, row) or reaches_padding(geometry.cols, window, col)

    for cell in zip(*(index.tolist() for index in np.nonzero(rule.differs)), strict=True):
        origin = rule.feature_place(cell)
        edge = padded(rule.place(cell)) or origin is None or padded(origin)
        rows, cols = (index[index != OUTSIDE] for index in rule.of_moved.seen(*rule.place(cell)[1:]))
        assert edge or (sources[np.ix_(rows, cols)] == OUTSIDE).any()


@given(cases(), st.data())
@settings(max_examples=40)
def test_a_cell_sees_exactly_what_changes_it(case, data):
    case |= {"pooled": "none", "padding_mode": "zeros", "w": np.ones_like(case["w"])}
    rule = equivariance(**case).rule
    _, row, col = draw_cell(data, equivariance(**case))
    rows, cols = rule.of_image.seen(row, col) if row < rule.of_image.output.shape[1] else ((), ())
    assume(len(rows) and col < rule.of_image.output.shape[2])
    for i, j in np.ndindex(*case["x"].shape[1:]):
        nudged = case["x"].copy()
        nudged[0, i, j] += 1
        changed = engine(nudged, case)[0, row, col] != engine(case["x"], case)[0, row, col]
        assert changed == (i in rows and j in cols)


@pytest.mark.parametrize(
    ("options", "differing", "of"),
    [
        ({"padding": "same", "padding_mode": "circular", "entering": "circular"}, 0, 64),
        ({"padding": "same"}, 16, 64),
        ({"stride": 2}, 9, 9),
        ({"shift": (2, 2), "stride": 2, "padding": 1, "padding_mode": "circular", "entering": "circular"}, 0, 16),
        ({"movement": "rotation"}, 36, 36),
        ({"movement": "scaling", "padding": "same"}, 255, 256),
    ],
)
def test_what_keeps_and_what_breaks_it(options, differing, of):
    """A ramp has no two places alike, so that what can differ does."""
    x = gallery.image("ramp", 8) ** 2
    rule = equivariance(x, gallery.kernel("emboss"), **{"shift": (0, 1)} | options).rule
    assert (int(rule.differs.sum()), rule.differs.size) == (differing, of)


def test_a_kernel_that_a_turn_leaves_alone_keeps_rotation():
    rule = equivariance(gallery.image("random", 7, 3), gallery.kernel("gaussian") / 3, "rotation").rule
    assert not rule.differs.any()


def test_a_shift_and_its_share_of_the_strides():
    rule = equivariance(gallery.image("ramp", 9), gallery.kernel("emboss"), shift=(4, -3), stride=2).rule
    assert (rule.feature_move.shift, rule.divides) == ((2, -1), False)
    assert Move("shift", (-5, 6), "zeros").over((2, 3)).shift == (-2, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"movement": "shear"}, "movement=shear is unknown: choose one of shift, rotation, scaling"),
        ({"entering": "ones"}, "entering=ones is unknown"),
        ({"pooled": "l2"}, "pooled=l2 is unknown"),
        ({"shift": (1, 0.5)}, "shift="),
        ({"stride": 0}, "stride=0 is less than 1"),
        ({"w": np.ones((2, 3)), "movement": "rotation"}, "kernel_size=2×3 is not square"),
        ({"w": np.ones((6, 6))}, "kernel_size=6 is larger than the padded input"),
    ],
)
def test_impossible_input_is_refused_in_words(options, message):
    with pytest.raises(InputError, match=message):
        equivariance(**{"x": gallery.LECTURE_IMAGE, "w": gallery.kernel("emboss")} | options)
