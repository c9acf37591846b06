"""Pictures as tensors: any file that Pillow reads, scaled to the cells there are."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from cnnsim.errors import InputError
from cnnsim.operations.source import Array

_LEVELS = 10
"""Shades from 0 to 9: numbers that can be read in a cell and computed in one's head."""
_DRAFT_SIDE = 512
_MOST_PIXELS = 50_000_000


def load_picture(path: Path, shape: tuple[int, ...]) -> Array:
    """Return a picture as whole numbers from 0 (black) to 9 (white).

    Parameters
    ----------
    path
        The file.
    shape
        (C, H, W): three channels become red, green and blue, any other number shades of grey.

    Returns
    -------
    ndarray
        (C, H, W) float64.

    Raises
    ------
    InputError
        If there is no such file, or it is no picture that can be read.
    """
    channels, rows, cols = shape
    scaled = _opened(path).convert("RGB" if channels == 3 else "L").resize((cols, rows), Image.Resampling.BOX)
    shades = np.rint(np.asarray(scaled, dtype=np.float64) / 255 * (_LEVELS - 1))
    if channels == 3:
        return np.ascontiguousarray(shades.transpose(2, 0, 1))
    return np.broadcast_to(shades, shape).copy()


def _opened(path: Path) -> Image.Image:
    """Return a picture as it looks on white paper; of several in a file, the first."""
    try:
        if path.exists() and not path.is_file():
            raise InputError("picture", path, "is no file", "choose a PNG, JPEG or GIF")
        with Image.open(path) as picture:
            _check_size(picture)
            picture.draft(None, (_DRAFT_SIDE, _DRAFT_SIDE))  # a JPEG from a camera is read in a tenth of the time
            return _on_paper(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("picture", path.name, "is no picture that can be read", "use a PNG, JPEG or GIF") from error
    except OSError as error:
        reason = error.strerror or "it is damaged"
        raise InputError("picture", path, f"cannot be read ({reason})", "choose another file") from error


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > _MOST_PIXELS:
        size = f"{picture.width} × {picture.height}"
        raise InputError("picture", size, "has too many pixels", f"use at most {_MOST_PIXELS:,}")


def _on_paper(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # Pillow itself would cut sixteen bits off at 255
        return Image.fromarray((np.asarray(picture).clip(0, 0xFFFF) // 257).astype(np.uint8))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return picture.copy()
