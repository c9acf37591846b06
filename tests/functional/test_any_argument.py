"""Every call of `cnnsim.functional` with every kind of argument: it works as it should, or says which one is wrong."""

import inspect
import re

import numpy as np
import pytest
from call_table import NAMES, copies, results, valid_call
from hypothesis import example, given, settings
from hypothesis import strategies as st
from odd_values import HARMLESS, HUGE
from sizes import share

from cnnsim import functional
from cnnsim.errors import InputError

SEEDS = st.integers(0, 2**31 - 1)
CALLS = pytest.mark.parametrize("name", NAMES)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NaN and infinity, which are asked for here


def test_the_table_holds_every_operation():
    assert sorted(functional.__all__) == NAMES


def call(name, arrays, options):
    """Results of a call, or None where it was refused as it should be."""
    function = getattr(functional, name)
    try:
        return results(function(*arrays, **options))
    except InputError as error:
        names = "|".join([*inspect.signature(function).parameters, "kernel_size"])
        assert re.match(rf"({names})(\.shape|\.dtype)?=", str(error)), error
        return None


def frozen(a):
    a = a.copy()
    a.setflags(write=False)
    return a


def spread(a):
    wide = np.full((*a.shape[:-1], a.shape[-1] * 2), 1, a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def reversed_twice(a):
    return np.flip(np.flip(a).copy())


def broadcast(a):
    return np.broadcast_to(a[:1], a.shape)


def big_endian(a):
    return a.astype(a.dtype.newbyteorder(">"))


def unaligned(a):
    room = np.zeros(a.nbytes + 1, np.uint8)
    odd = room[1:].view(a.dtype).reshape(a.shape)
    odd[...] = a
    return odd


def subclass(a):
    return a.view(np.memmap)


LAYOUTS = [frozen, spread, reversed_twice, np.asfortranarray, broadcast, big_endian, unaligned, subclass]


@CALLS
@given(SEEDS, st.sampled_from(LAYOUTS), st.integers(0, 5))
@settings(max_examples=share(16))
def test_memory_of_any_kind_gives_the_same_numbers(name, seed, layout, which):
    arrays, options = valid_call(name, seed)
    places = [i for i, a in enumerate(arrays) if a is not None and a.ndim]
    if not places:
        return
    place = places[which % len(places)]
    odd = copies(arrays)
    odd[place] = layout(arrays[place])
    arrays[place] = np.ascontiguousarray(odd[place]).astype(arrays[place].dtype)
    before = copies(odd)
    ours = call(name, odd, options)
    if ours is None:
        assert layout is big_endian or name == "batch_norm"
        return
    for one, other in zip(ours, call(name, arrays, options), strict=True):
        np.testing.assert_allclose(one, other, *([1e-12] * 2 if one.dtype == np.float64 else [1e-5] * 2))
        assert one.dtype == other.dtype
        assert not any(a is not None and np.shares_memory(one, a) for a in odd)
    if name != "batch_norm":
        for one, other in zip(odd, before, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", [name for name in NAMES if f"{name}_backward" in NAMES])
@given(SEEDS)
@settings(max_examples=share(6))
def test_no_image_is_no_trouble(name, seed):
    """Empty batches have empty results, and gradients of 0; or there is nothing to average over, and that is said."""
    arrays, options = valid_call(name, seed)
    arrays[0] = arrays[0][:0]
    if name in ("cross_entropy", "nll_loss", "mse_loss"):
        arrays[1] = arrays[1][:0]
    y = call(name, copies(arrays), options)
    if y is None:
        assert name in ("cross_entropy", "nll_loss", "mse_loss", "batch_norm")
        return
    found = call(f"{name}_backward", [np.zeros_like(y[0]), *arrays], options)
    assert found[0].shape == arrays[0].shape
    assert not any(gradient.any() for gradient in found)


def other_values(value):
    def change(a):
        changed = a.copy()
        changed.flat[a.size // 2] = value
        return changed

    return change


def empty_along(axis):
    return lambda a: np.take(a, [], axis % max(1, a.ndim))


def longer(axis):
    return lambda a: np.repeat(a, 2, axis % max(1, a.ndim))


CHANGES = [
    *(lambda a, d=d: a.astype(d) for d in (np.int64, np.uint8, np.float16, np.longdouble, complex, object, bool, str)),
    *(other_values(value) for value in (np.nan, np.inf, -np.inf)),
    *(empty_along(axis) for axis in range(4)),
    *(longer(axis) for axis in range(4)),
    lambda a: a[None], lambda a: a[0], lambda a: a.ravel(), lambda a: a.tolist(), lambda a: [*a.tolist(), [1.0]],
    lambda a: a.astype(np.float64 if a.dtype == np.float32 else np.float32),
    lambda _: None, lambda _: "cat", lambda _: 3, lambda _: 2.5, lambda _: {}, lambda _: [[1.0], [2.0, 3.0]],
    lambda _: np.float64(1), lambda _: np.array(1.0), lambda _: np.zeros((0,)), lambda _: b"cat",
]  # fmt: skip


@CALLS
@given(SEEDS, st.sampled_from(CHANGES), st.integers(0, 5))
@settings(max_examples=share(50))
def test_a_wrong_array_is_named(name, seed, change, which):
    arrays, options = valid_call(name, seed)
    places = [i for i, a in enumerate(arrays) if a is not None and a.ndim]
    if places:
        place = places[which % len(places)]
        arrays[place] = change(arrays[place].astype(float) if arrays[place].dtype.kind == "i" else arrays[place])
        call(name, arrays, options)


@CALLS
@given(SEEDS, st.integers(0, 9), st.sampled_from(HARMLESS + HUGE))
@settings(max_examples=share(50))
@example(0, 0, 0)
def test_a_wrong_option_is_named(name, seed, which, value):
    arrays, options = valid_call(name, seed)
    if options:
        option = sorted(options)[which % len(options)]
        call(name, arrays, options | {option: value})


# fmt: off
LARGE = [
    ("conv2d", 2, "padding", 3000), ("conv1d", 0, "padding", 2**30), ("conv_transpose2d", 1, "stride", 10**5),
    ("conv_transpose2d", 1, "dilation", 10**5), ("unfold", 0, "padding", 20_000),
    ("adaptive_avg_pool2d", 0, "output_size", 30_000), ("adaptive_max_pool2d", 0, "output_size", (2**31, 1)),
    ("pad", 0, "pad", (0, 2**30)), ("pad", 0, "pad", (2**20, 2**20, 2**20, 2**20)),
    ("distance_weights", 0, "kernel_size", 30_000), ("weighted_pool2d", 0, "padding", 20_000),
]
# fmt: on


@pytest.mark.parametrize(("name", "seed", "option", "value"), LARGE)
def test_an_option_that_asks_for_more_memory_than_a_result_may_have_says_so(name, seed, option, value):
    arrays, options = valid_call(name, seed)
    with pytest.raises(InputError, match=rf"^{option}=.* asks for an array of [\d,]+ numbers, and 536,870,912 are"):
        getattr(functional, name)(*arrays, **(options | {option: value}))


def test_what_is_given_may_be_large_and_padded(monkeypatch):
    """The limit is for what an option adds: twice the numbers that are there already are never too many."""
    monkeypatch.setattr("cnnsim.functional.check.LARGEST", 10)
    x, weight = np.ones((1, 1, 9, 9)), np.ones((2, 1, 3, 3))
    assert functional.conv2d(x, weight, padding=1).shape == (1, 2, 9, 9)
    assert functional.pad(x, (1, 1, 1, 1)).shape == (1, 1, 11, 11)
    with pytest.raises(InputError, match="pad="):
        functional.pad(x, (9, 9, 9, 9))


@pytest.mark.parametrize(("size", "padding", "named"), [(30_000, 0, "output_size"), (1, 30_000, "padding")])
def test_patches_that_are_far_apart_are_named(size, padding, named):
    with pytest.raises(InputError, match=f"^{named}=30000 asks for an array"):
        functional.fold(np.ones((1, 1, 1)), size, 1, 1, padding, 10**6)


def test_more_places_than_cells_take_no_longer_than_there_are_cells():
    """Places that look at the same cells are filled together: a hundred million, one by one, would take minutes."""
    x = np.arange(1.0, 5.0).reshape(1, 1, 4, 1)
    y, places = functional.adaptive_max_pool2d(x, (4_000_000, 3), True)
    np.testing.assert_array_equal(y[0, 0, :: 10**6, 0], [1, 2, 3, 4])
    np.testing.assert_array_equal(places, y.astype(int) - 1)
    y = functional.adaptive_avg_pool2d(x, (3, 1))
    np.testing.assert_array_equal(y.ravel(), [1.5, 2.5, 3.5])
    np.testing.assert_array_equal(functional.adaptive_avg_pool2d(x, (6, 1)).ravel(), [1, 1.5, 2, 3, 3.5, 4])
    dy = np.arange(6.0).reshape(1, 1, 6, 1)
    np.testing.assert_array_equal(functional.adaptive_avg_pool2d_backward(dy, x, (6, 1)).ravel(), [0.5, 2.5, 5.0, 7.0])
