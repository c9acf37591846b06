"""Write drawings as an animated GIF: one palette for all frames and no dithering, so that flat colours stay flat."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from cnnsim.drawing import Drawing
from cnnsim.errors import InputError
from cnnsim.export.raster import rasterize
from cnnsim.files import replace_file
from cnnsim.painting import Theme

_COLOURS = 256


@dataclass(frozen=True, slots=True)
class GifFrame:
    """A drawing and how long it stands, in milliseconds."""

    drawing: Drawing
    milliseconds: int


def save_gif(frames: Iterable[GifFrame], theme: Theme, path: Path, scale: float = 1.0) -> None:
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
    """
    pictures, times = [], []
    for frame in frames:
        pictures.append(rasterize(frame.drawing, theme, scale))
        times.append(frame.milliseconds)
    if not pictures:
        raise InputError("frames", 0, "is too few", "give at least one")
    palette = _shared_palette(pictures)
    first, *rest = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures)
    replace_file(
        path,
        lambda temporary: first.save(
            temporary, format="GIF", save_all=True, append_images=rest, duration=times, loop=0, optimize=False
        ),
    )


def _shared_palette(pictures: list[Image.Image]) -> Image.Image:
    """Quantize a few frames side by side: the colours of the first, a middle and the last frame cover the rest."""
    chosen = [pictures[0], pictures[len(pictures) // 2], pictures[-1]]
    width, height = pictures[0].size
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for place, picture in enumerate(chosen):
        sheet.paste(picture, (0, place * height))
    return sheet.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
