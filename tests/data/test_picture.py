"""Pictures brought to MNIST's form: idempotent, blind to paper colour, size and place; damaged files refused."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cnnsim.data import load, mnist_form, read_picture, synthetic_dataset
from cnnsim.errors import InputError

DIGITS = synthetic_dataset(60, 1, seed=8).train_images


def page(digit: np.ndarray, scale: int, row: int, col: int, side: int = 300) -> np.ndarray:
    """Black ink on a white page, the digit enlarged and put somewhere."""
    big = np.kron(digit, np.ones((scale, scale), np.uint8))
    paper = np.zeros((side, side), np.uint8)
    paper[row : row + len(big), col : col + len(big)] = big
    return 255 - paper


def test_an_image_of_that_form_stays_as_it_is():
    once = np.stack([mnist_form(image) for image in DIGITS])
    twice = np.stack([mnist_form(image) for image in once])
    assert (np.abs(once.astype(int) - twice).max(axis=(1, 2)) < 40).mean() > 0.9


def test_place_scale_and_paper_do_not_matter():
    for digit in DIGITS[:10]:
        plain = mnist_form(digit).astype(int)
        elsewhere = mnist_form(page(digit, 8, 3, 60)).astype(int)
        assert np.abs(plain - elsewhere).mean() < 14
        np.testing.assert_array_equal(mnist_form(page(digit, 8, 3, 60)), mnist_form(page(digit, 8, 61, 20)))
        np.testing.assert_array_equal(mnist_form(page(digit, 8, 3, 60)), mnist_form(255 - page(digit, 8, 3, 60)))


def test_box_of_20_and_centre_of_mass():
    for digit in DIGITS:
        image = mnist_form(digit).astype(float)
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
        assert image.max() == 255
        assert image.sum(axis=1) @ np.arange(28) / image.sum() == pytest.approx(14, abs=0.51)
        assert image.sum(axis=0) @ np.arange(28) / image.sum() == pytest.approx(14, abs=0.51)


def test_the_real_one_is_a_fixed_point():
    if "CNNSIM_MNIST" not in os.environ:
        pytest.skip("CNNSIM_MNIST names no folder with the real MNIST")
    images = load(os.environ["CNNSIM_MNIST"]).test_images[:500]
    formed = np.stack([mnist_form(image) for image in images])
    assert (np.abs(formed.astype(int) - images).max(axis=(1, 2)) < 40).mean() > 0.97


@settings(max_examples=80, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_any_picture_is_formed_or_called_blank(grey):
    try:
        image = mnist_form(grey)
    except InputError as error:
        assert "blank" in error.rule
        return
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_gives_the_same_digit(tmp_path, mode):
    grey = page(DIGITS[0], 8, 20, 20)
    deep = mode == "I;16"
    picture = Image.fromarray(grey.astype(np.uint16) * 257 if deep else grey)
    picture = picture if deep else picture.convert(mode, dither=Image.Dither.NONE)
    path = tmp_path / ("digit.tif" if mode == "CMYK" else "digit.png")
    picture.save(path)
    read = read_picture(path)
    assert read.shape == (300, 300)
    assert np.abs(read.astype(int) - grey).mean() < 6


def test_transparent_paper_is_white(tmp_path):
    grey = page(DIGITS[0], 8, 20, 20)
    layers = np.zeros((300, 300, 4), np.uint8)
    layers[..., 3] = 255 - grey  # black ink, paper transparent (and black beneath)
    Image.fromarray(layers).save(tmp_path / "t.png")
    assert np.abs(read_picture(tmp_path / "t.png").astype(int) - grey).max() <= 1


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a\1\0\1\0"])
def test_no_picture(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.png"):
        read_picture(tmp_path / "x.png")


def test_damaged_missing_folder_and_too_large(tmp_path):
    path = tmp_path / "d.png"
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (200, 200), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(InputError, match="cannot be read"):
        read_picture(path)
    for other in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_picture(other)
    for side in (8_000, 16_000):  # the second is refused by Pillow itself
        Image.new("1", (side, side)).save(path)
        with pytest.raises(InputError, match="too large"):
            read_picture(path)


def test_blank_paper():
    with pytest.raises(InputError, match="blank"):
        mnist_form(np.full((50, 40), 200, np.uint8))
