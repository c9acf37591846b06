"""Write drawings as an animated GIF: one palette for all frames and no dithering, so that flat colours stay flat."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnsim.drawing import Drawing
from cnnsim.errors import InputError
from cnnsim.export.raster import rasterize
from cnnsim.files import replace_file
from cnnsim.painting import Theme

_COLOURS, _EXACT_COLOURS = 256, 128
_UNKNOWN = -1
Palette = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class GifFrame:
    """A picture of an animation.

    Parameters
    ----------
    drawing
        What is shown.
    milliseconds
        How long it stands.

    Examples
    --------
    >>> GifFrame(Drawing(40, 30, ()), 360).milliseconds
    360
    """

    drawing: Drawing
    milliseconds: int


def save_gif(frames: Sequence[GifFrame], theme: Theme, path: Path, scale: float = 1.0) -> None:
    """Write the frames as a GIF that loops for ever.

    Parameters
    ----------
    frames
        At least one; GIF viewers round the times to 10 ms and slow down below 20 ms.
    theme
        Colours.
    path
        File to write.
    scale
        Pixels per logical pixel.

    Raises
    ------
    InputError
        If there is no frame.

    References
    ----------
    CompuServe, Graphics interchange format, version 89a (1990).

    Examples
    --------
    >>> import tempfile
    >>> from cnnsim.painting import LIGHT
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_gif([GifFrame(Drawing(40, 30, ()), 360)], LIGHT, Path(folder, "a.gif"))
    ...     with Image.open(Path(folder, "a.gif")) as picture:
    ...         picture.size
    (40, 30)
    """
    if not frames:
        raise InputError("frames", 0, "is too few", "give at least one")
    chosen = (frames[0], frames[len(frames) // 2], frames[-1])
    palette = _shared_palette([rasterize(frame.drawing, theme, scale) for frame in chosen])
    pictures = _indexed((rasterize(frame.drawing, theme, scale) for frame in frames), palette)
    first = next(pictures)
    times = [frame.milliseconds for frame in frames]
    replace_file(
        path,
        lambda temporary: first.save(
            temporary, format="GIF", save_all=True, append_images=pictures, duration=times, loop=0, optimize=False
        ),
    )


def _shared_palette(chosen: list[Image.Image]) -> Palette:
    """Choose (256, 3) colours from a few pictures; the first, a middle and the last frame have those of all others.

    The most frequent colours are kept as they are, so that flat areas are exact; the others are averaged.
    """
    width, height = chosen[0].size
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for place, picture in enumerate(chosen):
        sheet.paste(picture, (0, place * height))
    colours, counts = np.unique(np.asarray(sheet).reshape(-1, 3), axis=0, return_counts=True)
    exact = colours[counts.argsort()[::-1][:_EXACT_COLOURS]]
    averaged = sheet.quantize(_COLOURS - _EXACT_COLOURS, method=Image.Quantize.MEDIANCUT).getpalette() or []
    return np.concatenate([exact, np.array(averaged, np.uint8).reshape(-1, 3)])


def _indexed(pictures: Iterable[Image.Image], palette: Palette) -> Iterator[Image.Image]:
    """Turn each pixel into the number of the nearest colour; Pillow's own search is too coarse to find exact ones."""
    nearest = np.full(1 << 24, _UNKNOWN, np.int16)
    for picture in pictures:
        red, green, blue = np.moveaxis(np.asarray(picture, dtype=np.uint32), 2, 0)
        packed = red << 16 | green << 8 | blue
        new = np.unique(packed[nearest[packed] == _UNKNOWN])
        nearest[new] = _nearest(new, palette)
        indexed = Image.fromarray(nearest[packed].astype(np.uint8))
        indexed.putpalette(palette.ravel().tolist())
        yield indexed


def _nearest(packed: NDArray[np.uint32], palette: Palette) -> NDArray[np.int16]:
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.float32)
    targets = palette.astype(np.float32)
    distances = (targets**2).sum(axis=1) - 2 * colours @ targets.T  # less the same for every target
    return np.asarray(distances.argmin(axis=1), dtype=np.int16)
