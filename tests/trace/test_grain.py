import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.errors import InputError
from cnnsim.trace import GRAINS, GrainView, check_grain
from cnnsim.trace.grain import check_index

ENDS = st.lists(st.integers(1, 5), min_size=1, max_size=8).map(
    lambda counts: [sum(counts[: i + 1]) for i in range(len(counts))]
)


@given(ENDS)
def test_a_unit_shows_its_last_step(ends):
    view = GrainView(range(100, 100 + ends[-1]), ends)
    assert list(view) == [100 + end - 1 for end in ends]
    assert view[-1] == 100 + ends[-1] - 1


@given(ENDS)
def test_every_step_belongs_to_one_unit(ends):
    view = GrainView(range(ends[-1]), ends)
    positions = [view.position_of(step) for step in range(ends[-1])]
    assert positions == sorted(positions)
    assert [positions.count(unit) for unit in range(len(view))] == [
        end - start for start, end in zip([0, *ends], ends, strict=False)
    ]
    assert all(view.position_of(view.base_index(unit)) == unit for unit in range(len(view)))


def test_a_view_of_any_length_takes_no_memory():
    view = GrainView(range(10**12), range(10**3, 10**12 + 1, 10**3))
    assert view[123_456_789] == 123_456_789_999
    assert view.position_of(123_456_789_999) == 123_456_789


@pytest.mark.parametrize("index", [3, -4])
def test_beyond_the_ends_there_is_no_step(index):
    with pytest.raises(IndexError, match=f"step {index} of a trace of 3 steps"):
        check_index(index, 3)


def test_negative_indices_count_from_the_end():
    assert [check_index(index, 3) for index in (-3, -1, 0, 2)] == [0, 2, 0, 2]


@pytest.mark.parametrize("grain", GRAINS)
def test_a_known_grain_is_itself(grain):
    assert check_grain(grain) == grain


def test_an_unknown_grain_is_refused():
    with pytest.raises(InputError, match="grain=pixel is unknown: choose one of multiply, cell, row, map, layer"):
        check_grain("pixel")
