import numpy as np
import pytest

from cnnsim import gallery
from cnnsim.errors import InputError


@pytest.mark.parametrize("name", gallery.KERNELS)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7])
def test_every_kernel_has_every_size(name, size):
    grid = gallery.kernel(name, size)
    assert grid.shape == (size, size)
    if size == 3:
        np.testing.assert_allclose(grid, gallery.KERNELS[name])


def test_the_blurs_keep_the_mean():
    for name in ("box-blur", "gaussian"):
        for size in range(1, 8):
            assert gallery.kernel(name, size).sum() == pytest.approx(1)


@pytest.mark.parametrize("name", gallery.IMAGES)
def test_every_image_has_every_size(name):
    assert all(gallery.image(name, size).shape == (size, size) for size in (1, 3, 12))


def test_the_same_seed_draws_the_same_image():
    np.testing.assert_array_equal(gallery.image("random", 6, 7), gallery.image("random", 6, 7))
    assert (gallery.image("random", 6, 7) != gallery.image("random", 6, 8)).any()


def test_what_is_handed_out_is_a_copy():
    gallery.image("lecture")[0, 0] = 9
    gallery.kernel("emboss")[0, 0] = 9
    assert gallery.LECTURE_IMAGE[0, 0] == 1
    assert gallery.KERNELS["emboss"][0, 0] == -2


@pytest.mark.parametrize("size", range(5, 13))
def test_shapes_differ_and_stand_in_the_middle(size):
    shapes = {name: gallery.shape(name, size) for name in gallery.SHAPES}
    assert len({shape.tobytes() for shape in shapes.values()}) == len(shapes)
    np.testing.assert_array_equal(shapes["horizontal"].T, shapes["vertical"])
    for shape in shapes.values():
        np.testing.assert_array_equal(shape, np.rot90(shape, 2))
        assert set(shape.ravel()) == {0, 1}
        assert not shape[[0, -1]].any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gallery.kernel("blurr"), "kernel=blurr is not in the gallery: choose one of lecture"),
        (lambda: gallery.image("cat"), "image=cat is not in the gallery: choose one of lecture"),
        (lambda: gallery.kernel("emboss", 0), "kernel_size=0 is not positive"),
        (lambda: gallery.image("ramp", -1), "input_size=-1 is not positive"),
        (lambda: gallery.shape("star"), "shape=star is not in the gallery: choose one of horizontal"),
        (lambda: gallery.shape("cross", 4), "input_size=4 is too small for a shape: use 5 or more"),
    ],
)
def test_bad_names_and_sizes_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
