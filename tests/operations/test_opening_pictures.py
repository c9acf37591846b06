"""Pictures of every kind, and files that are none."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnsim.errors import InputError
from cnnsim.operations.pictures import load_picture

GREY = (1, 2, 2)


def saved(folder: Path, picture: Image.Image, name: str = "picture.png") -> Path:
    picture.save(folder / name)
    return folder / name


def test_shades_run_from_black_to_white(tmp_path: Path) -> None:
    ramp = Image.fromarray(np.array([[0, 85], [170, 255]], np.uint8))
    assert load_picture(saved(tmp_path, ramp), GREY).tolist() == [[[0, 3], [6, 9]]]


def test_three_channels_are_red_green_and_blue(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (4, 4), (255, 85, 0)))
    assert load_picture(path, (3, 2, 2))[:, 0, 0].tolist() == [9, 3, 0]


def test_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    ramp = Image.fromarray(np.array([[0, 21845], [43690, 65535]], np.uint16))
    assert load_picture(saved(tmp_path, ramp), GREY).tolist() == [[[0, 3], [6, 9]]]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_looks_like_paper(tmp_path: Path, mode: str) -> None:
    assert load_picture(saved(tmp_path, Image.new(mode, (6, 6))), GREY).min() == 9


def test_one_pixel_fills_all_cells_and_a_film_shows_its_first_picture(tmp_path: Path) -> None:
    assert load_picture(saved(tmp_path, Image.new("L", (1, 1), 255)), GREY).tolist() == [[[9, 9], [9, 9]]]
    frames = [Image.new("L", (5, 5), shade) for shade in (255, 0)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    assert load_picture(tmp_path / "film.gif", GREY).min() == 9


def test_a_large_photograph_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (3000, 2000), (255, 255, 255)), "photo.jpg")
    assert load_picture(path, (3, 5, 5)).min() == 9


def test_damaged_and_strange_files_are_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 90), dtype=np.uint8)
    for name in ("noise.png", "noise.jpg"):
        path = saved(tmp_path, Image.fromarray(noise), name)
        path.write_bytes(path.read_bytes()[:2000])
        with pytest.raises(InputError, match="damaged"):
            load_picture(path, GREY)
    for name, content in (("empty.png", b""), ("words.png", b"words"), ("scene.toml", b"version = 1")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="is no picture"):
            load_picture(tmp_path / name, GREY)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path, tmp_path / "pipe.png"):
        with pytest.raises(InputError, match="is no file"):
            load_picture(path, GREY)
    with pytest.raises(InputError, match="No such file"):
        load_picture(tmp_path / "none.png", GREY)


def test_too_many_pixels_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("1", (8000, 8000)))
    with pytest.raises(InputError, match="8000 × 8000 has too many pixels"):
        load_picture(path, GREY)
