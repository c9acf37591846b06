"""The drawn digits: reproducible, balanced, well inside the image, and as learnable as handwriting."""

import numpy as np
import pytest

from cnnsim.data import draw_digits, load, synthetic_dataset
from cnnsim.data.glyphs import GLYPHS
from cnnsim.data.synthetic import _distance_to_segments, _glyph_tables
from cnnsim.errors import InputError


def test_same_seed_same_digits():
    one, two = (synthetic_dataset(200, 50, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.train_images, two.train_images)
    np.testing.assert_array_equal(one.test_labels, two.test_labels)
    other = synthetic_dataset(200, 50, seed=5)
    assert not np.array_equal(one.train_images, other.train_images)


def test_training_and_test_digits_differ():
    data = synthetic_dataset(100, 100, seed=0)
    train = {image.tobytes() for image in data.train_images}
    assert not train & {image.tobytes() for image in data.test_images}
    assert len(train) == 100


def test_shapes_names_and_balance():
    data = load("synthetic", seed=2)
    assert data.name == "synthetic"
    assert data.synthetic
    assert "not MNIST" in data.source
    assert data.train_images.shape == (10_000, 28, 28)
    assert data.test_images.shape == (2_000, 28, 28)
    assert data.train_images.dtype == data.train_labels.dtype == np.uint8
    assert np.bincount(data.train_labels).tolist() == [1000] * 10
    assert not np.array_equal(data.train_labels[:20], np.arange(20) % 10)


def test_ink_is_light_on_dark_and_away_from_the_border():
    images = synthetic_dataset(1000, 1, seed=0).train_images
    ink = (images > 100).mean(axis=(1, 2))
    assert 0.02 < ink.min() < ink.max() < 0.45
    assert images.max(axis=(1, 2)).min() > 150
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]])
    assert (border > 100).mean() < 0.02


def test_every_digit_has_several_ways():
    assert {glyph.digit for glyph in GLYPHS} == set(range(10))
    assert [glyph.digit for glyph in GLYPHS] == sorted(glyph.digit for glyph in GLYPHS)
    assert min(np.bincount([glyph.digit for glyph in GLYPHS])) >= 2


def test_curves_pass_through_their_control_points_and_corners_meet():
    points, maps = _glyph_tables()
    for glyph, control, segments in zip(GLYPHS, points, maps, strict=True):
        ends = segments @ control
        np.testing.assert_allclose(segments.sum(axis=1), 1, atol=1e-12)  # moving all points moves the curve
        for stroke in glyph.strokes:
            for index in {stroke.points[0], stroke.points[-1]}:
                assert np.hypot(*(ends - control[index]).T).min() < (1e-12 if not stroke.closed else 0.12)


def test_distance_against_the_obvious_loop():
    rng = np.random.default_rng(0)
    start, end = rng.uniform(3, 25, (2, 2, 3, 2)).astype(np.float32)
    end[0, 0] = start[0, 0]  # a segment without length is a dot
    found = _distance_to_segments(start, end)
    for n, row, col in [(0, 0, 0), (1, 27, 27), (0, 14, 9), (1, 5, 20), (0, 20, 20)]:
        pixel = np.array([col, row], float)
        expected = np.inf
        for a, b in zip(start[n].astype(float), end[n].astype(float), strict=True):
            t = np.clip((pixel - a) @ (b - a) / max((b - a) @ (b - a), 1e-12), 0, 1)
            expected = min(expected, np.hypot(*(pixel - a - t * (b - a))))
        assert found[n, row, col] == pytest.approx(expected, abs=1e-3)


def test_nearest_mean_finds_most_of_them():
    """A linear glance suffices for most digits, but not for all: they are neither noise nor copies."""
    data = synthetic_dataset(2000, 500, seed=1)
    x, t = data.train_images.reshape(2000, -1) / 255.0, data.test_images.reshape(500, -1) / 255.0
    means = np.stack([x[data.train_labels == digit].mean(axis=0) for digit in range(10)])
    guess = ((t[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert 0.6 < (guess == data.test_labels).mean() < 0.98


@pytest.mark.parametrize("arguments", [{"train": 0}, {"test": -1}, {"seed": -1}])
def test_bad_sizes(arguments):
    with pytest.raises(InputError, match=f"{next(iter(arguments))}="):
        synthetic_dataset(**arguments)


def test_draw_nothing():
    assert draw_digits(np.zeros(0, np.uint8), np.random.default_rng(0)).shape == (0, 28, 28)
