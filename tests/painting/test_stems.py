import numpy as np
import pytest

from cnnsim.drawing import CellState, Drawing, Role, Scale, Stems, Tint
from cnnsim.painting import DARK, LIGHT, Polyline, Rect, Text, lower

NORMAL, EMPTY, PADDING, UNREACHED = CellState.NORMAL, CellState.EMPTY, CellState.PADDING, CellState.UNREACHED


def signal(values=(1.0, -2.0, 3.0), **changes):
    given = {
        "values": np.array([values]),
        "x": 100.0,
        "y": 20.0,
        "cell": 40.0,
        "role": Role.INPUT,
        "scale": Scale(4.0),
        "tall": 80.0,
        "room": 40.0,
        "caption_end": 90.0,
    } | changes
    return Stems("signal", **given)


def primitives(*items, theme=LIGHT):
    return lower(Drawing(400, 300, items), theme)


def texts(*items):
    return [primitive.text for primitive in primitives(*items) if isinstance(primitive, Text)]


def lines(item):
    """Stems: upright lines."""
    found = (primitive for primitive in primitives(item) if isinstance(primitive, Polyline))
    return [line for line in found if line.points[0][0] == line.points[1][0]]


def zero_of(item):
    level = next(p for p in primitives(item) if isinstance(p, Polyline) and p.points[0][1] == p.points[1][1])
    return level.points[0][1]


def test_a_stem_stands_on_the_line_at_zero_and_is_as_long_as_its_value():
    item = signal()
    zero = zero_of(item)
    assert [line.points[0] for line in lines(item)] == [(120, zero), (160, zero), (200, zero)]
    lengths = [zero - line.points[1][1] for line in lines(item)]
    assert lengths[1] == pytest.approx(-2 * lengths[0])
    assert lengths[2] == pytest.approx(3 * lengths[0])
    assert all(20 < y < 100 for line in lines(item) for _, y in line.points)


def test_values_beyond_the_scale_end_at_its_ends():
    item = signal((9.0, 4.0, -9.0))
    up, full, down = (line.points[1][1] for line in lines(item))
    assert up == full > 20
    assert down < 100


def test_a_signal_that_never_is_negative_has_the_whole_height():
    tallest = [zero_of(item) - lines(item)[2].points[1][1] for item in (signal(depth=1.0), signal(depth=0.0))]
    assert tallest[1] > 1.5 * tallest[0]


def test_numbers_stand_beyond_the_heads():
    item = signal()
    numbers = {p.text: p.baseline for p in primitives(item) if isinstance(p, Text)}
    heads = [line.points[1][1] for line in lines(item)]
    assert numbers["1"] < heads[0]
    assert numbers["−2"] > heads[1]
    assert texts(signal(numbers=False)) == []


def test_numbers_shorten_and_then_vanish_where_there_is_no_room():
    assert texts(signal((61 / 256, 0.0), cell=60.0, room=60.0)) == ["61/256", "0"]
    assert texts(signal((61 / 256, 0.0), cell=16.0, room=16.0)) == ["0.24", "0"]
    assert texts(signal((61 / 256, 0.0), cell=6.0, room=6.0)) == []


def test_what_is_to_come_has_no_stem():
    item = signal(states=np.array([[NORMAL, EMPTY, EMPTY]], np.uint8))
    assert len(lines(item)) == 1
    assert texts(item) == ["1"]


def test_padding_is_one_band_without_seams():
    item = signal((0.0, 0.0, 5.0, 0.0), states=np.array([[PADDING, PADDING, NORMAL, PADDING]], np.uint8))
    bands = [p for p in primitives(item) if isinstance(p, Rect) and p.fill == LIGHT.padding]
    assert [(band.x, band.width) for band in bands] == [(100, 80), (220, 40)]
    muted = [p for p in primitives(item) if isinstance(p, Text) and p.colour == LIGHT.role(Role.MUTED)]
    assert len(muted) == 3


def test_what_no_window_reads_is_hatched_inside_itself():
    item = signal(states=np.array([[NORMAL, NORMAL, UNREACHED]], np.uint8))
    hatching = [p for p in primitives(item) if isinstance(p, Polyline) and p.colour[3] == 110]
    assert hatching
    assert all(180 <= x <= 220 and 20 <= y <= 100 for line in hatching for x, y in line.points)


@pytest.mark.parametrize("apart", [2, 8, 40])
def test_thousands_of_narrow_columns_take_few_lines(apart):
    states = np.where(np.arange(1200)[None] % apart, UNREACHED, NORMAL).astype(np.uint8)
    item = signal(np.zeros(1200), states=states, cell=0.5, room=0.5)
    slanting = [p for p in primitives(item) if isinstance(p, Polyline) and p.colour[3] == 110]
    assert len(slanting) <= 600 / 8 + 30 * 80 / 8
    assert slanting or len([p for p in primitives(item) if isinstance(p, Rect) and p.fill and p.fill[3] == 40]) > 100


def test_tints_light_up_their_columns():
    item = signal(tints=(Tint(np.array([[True, True, False]]), Role.OUTPUT),))
    (band,) = [p for p in primitives(item, theme=DARK) if isinstance(p, Rect) and p.fill and p.fill[3] < 255]
    assert (band.x, band.width, band.fill[:3]) == (100, 80, DARK.role(Role.OUTPUT)[:3])


def test_the_caption_ends_on_the_left_and_labels_stand_below():
    item = signal(caption="Signal", shape="x, 3", col_labels=("0", "1", "2"))
    placed = {p.text: p for p in primitives(item) if isinstance(p, Text)}
    assert placed["Signal"].x < 90
    assert placed["Signal"].baseline < placed["x, 3"].baseline
    labels = [p for p in primitives(item) if isinstance(p, Text) and p.baseline > 100]
    assert [label.text for label in labels] == ["0", "1", "2"]


def test_labels_that_do_not_fit_are_thinned_out():
    item = signal(tuple(range(30)), cell=8.0, room=8.0, col_labels=tuple(map(str, range(100, 130))))
    below = [p.text for p in primitives(item) if isinstance(p, Text) and p.baseline > 100]
    assert below[0] == "100"
    assert 3 < len(below) < 15


def test_stems_further_apart_keep_their_width():
    item = signal(cell=80.0, room=40.0)
    assert item.box(0, 0) == (120, 20, 40, 80)
    assert item.box(0, 0, 1, 3) == (120, 20, 200, 80)
    assert item.cell_at(181, 50).col == 1
    assert item.cell_at(181, 101) is None
