"""Digits drawn by the program: strokes with random shape, slant, size, width, position and noise. They are not MNIST.

Everything is linear in the control points, so a whole chunk of digits is drawn at once: a fixed matrix per glyph turns
its (moved) control points into short line segments, and a pixel's ink depends on its distance to the nearest of them.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from cnnsim.data.dataset import Bytes, Dataset
from cnnsim.data.glyphs import GLYPHS, Glyph, Stroke
from cnnsim.errors import InputError

Floats = npt.NDArray[np.float32]

TRAIN_SIZE = 10_000
TEST_SIZE = 2_000
SOURCE = "synthetic digits drawn by the program (not MNIST)"

_SIDE = 28
_SEGMENTS = 24
_POINTS = max(len(glyph.points) for glyph in GLYPHS)
_CHUNK = 64  # 64 images of float32 stay in the processor's cache
_JITTER = 0.034  # standard deviation of a control point, in heights of the digit


def synthetic_dataset(train: int = TRAIN_SIZE, test: int = TEST_SIZE, seed: int = 0) -> Dataset:
    """Draw a training set and a test set of handwritten-looking digits.

    Parameters
    ----------
    train, test
        Numbers of images; each digit is drawn equally often, give or take one.
    seed
        The same seed draws the same digits; training and test images never share a random stream.

    Returns
    -------
    Dataset
        uint8 images of shape (N, 28, 28) and labels of shape (N,), named ``"synthetic"``.

    Raises
    ------
    InputError
        If a size is not positive or the seed is negative.

    Examples
    --------
    >>> data = synthetic_dataset(train=20, test=10, seed=3)
    >>> data.train_images.shape, data.source
    ((20, 28, 28), 'synthetic digits drawn by the program (not MNIST)')
    >>> np.bincount(data.test_labels).tolist()
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    """
    for name, size in (("train", train), ("test", test)):
        if size < 1:
            raise InputError(name, size, "is not positive", "draw at least one digit")
    if seed < 0:
        raise InputError("seed", seed, "is negative", "use a seed of 0 or more")
    train_stream, test_stream = np.random.default_rng(seed).spawn(2)
    return Dataset("synthetic", SOURCE, *_draw_set(train, train_stream), *_draw_set(test, test_stream))


def draw_digits(labels: Bytes, rng: np.random.Generator) -> Bytes:
    """Draw one image for each label.

    Parameters
    ----------
    labels
        uint8 array of shape (N,), values 0 to 9.
    rng
        Decides how each of them is written.

    Returns
    -------
    uint8 array of shape (N, 28, 28): 0 is paper, 255 is ink.

    Examples
    --------
    >>> draw_digits(np.array([4, 2], np.uint8), np.random.default_rng(0)).shape
    (2, 28, 28)
    """
    images = np.empty((len(labels), _SIDE, _SIDE), np.uint8)
    for start in range(0, len(labels), _CHUNK):
        images[start : start + _CHUNK] = _draw_chunk(labels[start : start + _CHUNK], rng)
    return images


def _draw_set(size: int, rng: np.random.Generator) -> tuple[Bytes, Bytes]:
    labels = rng.permutation(np.arange(size) % 10).astype(np.uint8)
    return draw_digits(labels, rng), labels


def _draw_chunk(labels: Bytes, rng: np.random.Generator) -> Bytes:
    n = len(labels)
    points, maps = _glyph_tables()
    glyph = _choose_glyphs(labels, rng)
    moved = points[glyph] + rng.normal(0, _JITTER, (n, _POINTS, 2))
    placed = _place(moved, rng)
    ends = np.einsum("nsp,npc->nsc", maps[glyph], placed).astype(np.float32)
    ends = ends.reshape(n, 2, _SEGMENTS, 2)
    distance = _distance_to_segments(ends[:, 0], ends[:, 1])
    return _ink(distance, rng)


def _choose_glyphs(labels: Bytes, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Index of a random way to write each label; the ways of one digit stand side by side in GLYPHS."""
    counts = np.bincount([glyph.digit for glyph in GLYPHS], minlength=10)
    first = np.cumsum(counts) - counts
    return first[labels] + rng.integers(0, counts[labels])


def _place(points: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Take points (N, P, 2) from the unit box to pixels: size, slant, turn, then position."""
    n = len(points)
    height = rng.uniform(15.5, 20.5, (n, 1))
    width = height * rng.uniform(0.55, 0.92, (n, 1))
    slant = rng.normal(0.12, 0.17, (n, 1)).clip(-0.35, 0.6)
    turn = rng.normal(0.0, 0.07, (n, 1))
    x = (points[..., 0] - 0.5) * width
    y = (points[..., 1] - 0.5) * height
    x = x - slant * y
    centre = (_SIDE - 1) / 2 + rng.normal(0, 0.8, (n, 2, 1)).clip(-2, 2)
    return np.stack(
        [
            np.cos(turn) * x - np.sin(turn) * y + centre[:, 0],
            np.sin(turn) * x + np.cos(turn) * y + centre[:, 1],
        ],
        axis=-1,
    )


def _distance_to_segments(start: Floats, end: Floats) -> Floats:
    """Distance (N, 28, 28) of every pixel to the nearest of N×S segments, given by their ends (N, S, 2).

    Along a segment's own axes a pixel lies at u (along) and v (across), both sums of one term per row and one per
    column; the squared distance is v² + (u − clip(u, 0, length))².
    """
    along = end - start
    length = np.hypot(along[..., 0], along[..., 1])
    dot = length == 0  # a segment without length has no direction; any one gives the distance to the dot
    ux, uy = (along[..., 0] + dot) / (length + dot), along[..., 1] / (length + dot)
    grid = np.arange(_SIDE, dtype=np.float32)
    dx, dy = grid - start[..., 0, None], grid - start[..., 1, None]  # (N, S, 28)
    nearest = np.full((len(start), _SIDE, _SIDE), np.inf, np.float32)
    for s in range(start.shape[1]):
        u = (uy[:, s, None] * dy[:, s])[:, :, None] + (ux[:, s, None] * dx[:, s])[:, None, :]
        v = (ux[:, s, None] * dy[:, s])[:, :, None] - (uy[:, s, None] * dx[:, s])[:, None, :]
        u -= np.clip(u, 0, length[:, s, None, None])
        np.minimum(nearest, u * u + v * v, out=nearest)
    return np.sqrt(nearest)


def _ink(distance: Floats, rng: np.random.Generator) -> Bytes:
    """Grey levels of a pen of random width and pressure, with soft edges and a little noise on the inked pixels."""
    n = len(distance)
    radius = rng.uniform(0.75, 1.6, (n, 1, 1)).astype(np.float32)
    pressure = rng.uniform(0.85, 1.05, (n, 1, 1)).astype(np.float32)
    level = np.clip((radius + np.float32(0.6) - distance) / np.float32(1.2), 0, 1)
    grain = rng.standard_normal(distance.shape, dtype=np.float32) * np.float32(0.06) + 1
    ink: Bytes = np.rint(np.clip(level * pressure * grain, 0, 1) * 255).astype(np.uint8)
    return ink


@cache
def _glyph_tables() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Control points (G, P, 2) and the maps (G, 2·S, P) from them to the starts and ends of S segments."""
    points = np.zeros((len(GLYPHS), _POINTS, 2))
    maps = np.zeros((len(GLYPHS), 2 * _SEGMENTS, _POINTS))
    for g, glyph in enumerate(GLYPHS):
        points[g, : len(glyph.points)] = glyph.points
        maps[g] = _glyph_map(glyph)
    return points, maps


def _glyph_map(glyph: Glyph) -> npt.NDArray[np.float64]:
    """Map (2·S, P) to segment ends; the segments are shared out among the strokes by their number of spans."""
    spans = np.array([len(stroke.points) - 1 + stroke.closed for stroke in glyph.strokes])
    bounds = np.rint(np.concatenate([[0], np.cumsum(spans)]) * _SEGMENTS / spans.sum()).astype(int)
    curves = [_curve_map(stroke, pieces) for stroke, pieces in zip(glyph.strokes, np.diff(bounds), strict=True)]
    starts = np.concatenate([curve[:-1] for curve in curves])
    ends = np.concatenate([curve[1:] for curve in curves])
    return np.concatenate([starts, ends])


def _curve_map(stroke: Stroke, pieces: int) -> npt.NDArray[np.float64]:
    """Map (pieces + 1, P) from control points to points on the Catmull-Rom curve through them.

    References
    ----------
    E. Catmull, R. Rom, "A class of local interpolating splines", 1974.
    """
    n = len(stroke.points)
    spans = n - 1 + stroke.closed
    rows = np.zeros((pieces + 1, _POINTS))
    for row, position in zip(rows, np.linspace(0, spans, pieces + 1), strict=True):
        span = min(int(position), spans - 1)
        t = position - span
        weights = (
            t * (-1 + t * (2 - t)) / 2,
            (2 + t * t * (-5 + 3 * t)) / 2,
            t * (1 + t * (4 - 3 * t)) / 2,
            t * t * (t - 1) / 2,
        )
        for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
            index = (span + offset) % n if stroke.closed else min(max(span + offset, 0), n - 1)
            row[stroke.points[index]] += weight
    return rows
