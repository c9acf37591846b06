from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageSequence

from cnnsim import gallery
from cnnsim.drawing import Drawing, Equation, Frame, Label, Role, Term
from cnnsim.errors import InputError
from cnnsim.export import GifFrame, film, rasterize, save_gif, save_png, save_svg, to_svg
from cnnsim.painting import DARK, LIGHT
from cnnsim.scenes import View, convolution_scene, pooling_scene
from cnnsim.trace import convolution, pooling
from cnnsim.typography import text_width

VIEW = View(480, 320)
STEPS = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")


def draw(position):
    return convolution_scene(STEPS, position, VIEW)


def test_a_png_has_the_size_asked_for(tmp_path):
    save_png(draw(8), LIGHT, tmp_path / "a.png", scale=2)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (960, 640)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_cells_are_painted_in_the_colours_of_the_theme(theme):
    drawing = draw(0)
    matrix = drawing.matrix("input")
    picture = np.asarray(rasterize(drawing, theme))
    expected = theme.cell_colours(matrix.values, matrix.scale)[4, 1]
    x, y = round(matrix.x + 1.2 * matrix.cell), round(matrix.y + 4.2 * matrix.cell)
    np.testing.assert_array_equal(picture[y, x], expected)


def test_a_dashed_frame_has_gaps():
    sides = {}
    for dashed in (False, True):
        frame = Frame(20, 20, 120, 80, Role.KERNEL, dashed=dashed)
        row = np.asarray(rasterize(Drawing(160, 120, (frame,)), LIGHT))[20, 25:135]
        sides[dashed] = (row == row[0]).all(axis=1)
    assert sides[False].all()
    assert 0.3 < sides[True].mean() < 0.7


def test_what_is_still_to_come_is_faint_in_a_picture():
    darkest = [
        np.asarray(rasterize(Drawing(60, 40, (Equation(0, 0, 60, 20, (Term("8", faint=faint),)),)), LIGHT)).min()
        for faint in (False, True)
    ]
    assert darkest[0] < 60 and darkest[1] > 120


@pytest.mark.parametrize("size", [9.3, 12.4, 13.0, 17.6])
def test_the_words_of_a_long_line_keep_their_places(size):
    words = "bytes · output channels · output rows · output columns "
    label = Label(words * 2 + "7", 5, 20, size)
    picture = np.asarray(rasterize(Drawing(1400, 40, (label,)), LIGHT)).astype(int)
    end = np.nonzero((picture < 100).any(axis=(0, 2)))[0].max()
    start = 5 + text_width(words * 2, size)
    assert start < end <= start + text_width("7", size) + 1


def test_text_is_painted_where_the_metrics_say():
    picture = np.asarray(rasterize(draw(8), LIGHT)).astype(int)
    empty = np.asarray(rasterize(Drawing(VIEW.width, VIEW.height, ()), LIGHT)).astype(int)
    rows, cols = np.nonzero((picture != empty).any(axis=2))
    assert cols.min() > 2 and cols.max() < VIEW.width - 2
    assert rows.min() > 2 and rows.max() < VIEW.height - 2


def test_an_animation_passes_through_every_step_and_ends_on_the_result(tmp_path):
    save_gif(list(film(len(STEPS), draw, moving_frames=2)), LIGHT, tmp_path / "c.gif")
    with Image.open(tmp_path / "c.gif") as gif:
        frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(gif)]
        assert gif.info["loop"] == 0
    assert len(frames) == 8 * 3 + 1
    last, result = np.asarray(frames[-1]).astype(int), np.asarray(rasterize(draw(8), LIGHT)).astype(int)
    assert np.abs(last - result).mean() < 0.5
    assert np.abs(np.asarray(frames[0]).astype(int) - result).mean() > 1


def test_flat_colours_of_a_gif_are_those_of_the_theme(tmp_path):
    save_gif(list(film(len(STEPS), draw, moving_frames=0)), DARK, tmp_path / "c.gif")
    with Image.open(tmp_path / "c.gif") as gif:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(gif)]
    assert {tuple(frame[0, 0]) for frame in frames} == {DARK.background[:3]}
    still, matrix = np.asarray(rasterize(draw(8), DARK)), draw(8).matrix("output")
    x, y = round(matrix.x + 0.2 * matrix.cell), round(matrix.y + 0.2 * matrix.cell)
    np.testing.assert_array_equal(frames[-1][y, x], still[y, x])


def test_an_animation_needs_a_frame(tmp_path):
    with pytest.raises(InputError, match="frames=0 is too few"):
        save_gif([], LIGHT, tmp_path / "c.gif")
    assert list(tmp_path.iterdir()) == []


def test_one_frame_makes_a_still_gif(tmp_path):
    save_gif([GifFrame(draw(0), 100)], LIGHT, tmp_path / "c.gif")
    with Image.open(tmp_path / "c.gif") as gif:
        assert gif.size == (480, 320)


@pytest.mark.parametrize("drawing", [draw(3.5), pooling_scene(pooling(gallery.POOLING_IMAGE).at("cell"), 1, VIEW)])
def test_svg_is_well_formed_and_keeps_text_as_text(drawing, tmp_path):
    save_svg(drawing, LIGHT, tmp_path / "a.svg")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Input" in words
    assert root.get("viewBox") == "0 0 480 320"


def test_svg_escapes_what_xml_would_read():
    from cnnsim.drawing import Label

    text = to_svg(Drawing(99, 99, (Label("a < b & c", 0, 0, 9),)), LIGHT)
    assert "a &lt; b &amp; c" in text
    ElementTree.fromstring(text)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    with pytest.raises(ValueError, match="must be >= 0"):
        save_png(draw(0), LIGHT, target, scale=-1)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
