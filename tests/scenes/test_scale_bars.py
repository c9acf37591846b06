import numpy as np
import pytest
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Drawing, Matrix, Role, Scale, ScaleBar
from cnnsim.painting import LIGHT, Pixels, Text, lower
from cnnsim.scenes import View, draw
from cnnsim.scenes.layout import Area
from cnnsim.scenes.scale_bars import scale_bars
from cnnsim.trace import convolution
from cnnsim.typography import scale_bar_places

TRACE = convolution(gallery.LECTURE_IMAGE, 2 * np.array(gallery.kernel("lecture")), -0.5)


def bars(**view):
    drawing = draw(TRACE.at("cell"), 3, View(1024, 700, **view))
    return [item for item in drawing.items if isinstance(item, ScaleBar)], drawing


def limits(drawing):
    return {item.name: item.scale.limit for item in drawing.items if isinstance(item, Matrix)}


def test_each_range_has_a_bar_with_its_limits_and_its_names():
    found, _ = bars()
    assert [bar.ends for bar in found] == [("−1", "1"), ("−2", "2"), ("−7.5", "7.5")]
    assert found[0].names == (("Input", Role.INPUT),)
    assert set(found[1].names) == {("Kernel", Role.KERNEL), ("Products", Role.TEXT), ("Bias", Role.KERNEL)}
    assert ("Output", Role.OUTPUT) in found[2].names


def test_one_range_for_the_whole_layer_is_that_of_the_largest_value():
    (bar,), drawing = bars(scaling="layer")
    assert (bar.ends, bar.names) == (("−7.5", "7.5"), ())
    assert set(limits(drawing).values()) == {7.5}


def test_a_locked_range_is_the_one_that_was_chosen():
    (bar,), drawing = bars(scaling="locked", limit=3.0)
    assert bar.ends == ("−3", "3")
    assert set(limits(drawing).values()) == {3.0}


@pytest.mark.parametrize("size", [(640, 440), (1024, 700), (1920, 1080)])
@pytest.mark.parametrize("scaling", ["matrix", "layer", "locked"])
def test_bars_overlap_nothing(size, scaling):
    rng = np.random.default_rng(0)
    trace = convolution(rng.normal(size=(3, 6, 6)), rng.normal(size=(2, 3, 3, 3)), [0.5, -1.25])
    check_layout(draw(trace.at("cell"), 5, View(*size, scaling=scaling, limit=123.456)))


def test_many_ranges_keep_their_names_as_long_as_they_can():
    grids = [
        Matrix(name, np.array([[1.0]]), 0, 0, 9, Role.TEXT, Scale(limit), name)
        for limit, name in enumerate(("Logits", "d = z - m", "e = exp(d)", "Sum", "Probability"), 1)
    ]
    for width in range(1600, 100, -50):
        view, area = View(width, 700), Area(20, 20, width - 40, 300)
        found = scale_bars(view, grids, area)
        assert len(found) in (0, 5, 6)
        if found:
            assert found[0].x >= area.x and scale_bar_places(found[-1]).right <= area.x + area.width + 1e-6
    shared, *narrow = scale_bars(View(1024, 700), grids, Area(20, 20, 560, 300))
    assert (shared.names, shared.ends) == ((), ("−", "+")) and shared.length > 0
    assert [(bar.names[0][0], bar.length, bar.ends) for bar in narrow] == [
        (name, 0, ("", f"±{limit}")) for limit, name in enumerate(("Logits", "d", "e", "Sum", "Probability"), 1)
    ]
    assert not any(isinstance(part, Pixels) for part in lower(Drawing(1024, 700, tuple(narrow)), LIGHT))


def test_zero_is_in_the_middle_of_the_bar():
    found, _ = bars()
    primitives = lower(Drawing(1024, 700, (found[0],)), LIGHT)
    colours = next(p.rgb for p in primitives if isinstance(p, Pixels))
    middle = colours[0, colours.shape[1] // 2].astype(int)
    assert middle.max() - middle.min() < 6  # grey
    assert colours[0, 0, 2] > colours[0, 0, 0] and colours[0, -1, 0] > colours[0, -1, 2]  # blue below, red above
    assert [p.text for p in primitives if isinstance(p, Text)] == ["Input", "−1", "1", "0"]


def test_few_cells_beside_many_stay_readable():
    drawing = draw(convolution(np.ones((48, 48)), np.ones((3, 3))).at("cell"), 3, View(1024, 700))
    assert drawing.matrix("kernel").cell > 20 > 10 > drawing.matrix("input").cell
    alike = draw(TRACE.at("cell"), 3, View(1024, 700))
    assert alike.matrix("kernel").cell == alike.matrix("input").cell
