"""Pictures of one digit, brought to the form of MNIST's: crop, scale into 20×20, centre of mass in 28×28.

References
----------
Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits": "size normalized to fit in a 20x20 pixel
box while preserving their aspect ratio ... centered in a 28x28 image by computing the center of mass of the pixels".
"""

import warnings
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from cnnsim.data.dataset import Bytes
from cnnsim.errors import InputError

_SIDE = 28
_BOX = 20
_MAX_PIXELS = 50_000_000
_LEAST_CONTRAST = 16  # grey levels out of 255 between paper and the darkest ink
_FAINTEST_INK = 0.1  # of the strongest ink; fainter is paper


def read_picture(path: Path) -> Bytes:
    """Read a picture file as grey levels, transparent parts as white paper.

    Parameters
    ----------
    path
        Any format that Pillow reads; of an animation, the first picture.

    Returns
    -------
    uint8 array of shape (H, W): 0 is black, 255 is white.

    Raises
    ------
    InputError
        If the file is missing, no picture, damaged or larger than 50 megapixels.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "grey.png"
    >>> Image.new("L", (3, 2), 128).save(path)
    >>> read_picture(path).shape
    (2, 3)
    """
    try:
        # Pillow only warns of a picture that is too large to be honest; here the size is checked before decoding.
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(path) as file,
        ):
            if file.width * file.height > _MAX_PIXELS:
                _refuse(path, f"is too large: more than {_MAX_PIXELS:,} pixels")
            return _grey(ImageOps.exif_transpose(file))
    except Image.DecompressionBombError as error:
        _refuse(path, f"is too large: more than {_MAX_PIXELS:,} pixels", error)
    except UnidentifiedImageError as error:
        _refuse(path, "is no picture that can be read", error)
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # how Pillow's decoders report damage
        if isinstance(error, InputError):
            raise
        _refuse(path, f"cannot be read ({getattr(error, 'strerror', None) or error})", error)


def mnist_form(grey: npt.NDArray[np.uint8]) -> Bytes:
    """Bring a picture of one digit to the form of MNIST's images.

    The brighter of paper and ink is told from the picture's border, so dark on light and light on dark both work.

    Parameters
    ----------
    grey
        uint8 array of shape (H, W) with one digit.

    Returns
    -------
    uint8 array of shape (28, 28): 0 is paper, 255 is the strongest ink.

    Raises
    ------
    InputError
        If the picture is blank.

    Examples
    --------
    >>> page = np.full((90, 60), 255, np.uint8)
    >>> page[20:70, 28:34] = 0  # a one
    >>> image = mnist_form(page)
    >>> image.shape, image[14, 14], np.flatnonzero(image.any(axis=1))[[0, -1]].tolist()
    ((28, 28), np.uint8(255), [4, 23])
    """
    ink = _ink(grey)
    rows, columns = (np.flatnonzero((ink > 0).any(axis=axis)) for axis in (1, 0))
    digit = _fit(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    top, left = (_offset(digit.sum(axis=axis)) for axis in (1, 0))
    image = np.zeros((_SIDE, _SIDE), np.uint8)
    image[top : top + digit.shape[0], left : left + digit.shape[1]] = np.rint(digit / digit.max() * 255)
    return image


def _grey(picture: Image.Image) -> Bytes:
    if picture.mode.startswith(("I", "F")):  # 16 bits and more: Pillow would cut them off at 255
        levels = np.asarray(picture, dtype=np.float64)
        top = 65535 if picture.mode.startswith("I") else max(float(levels.max()), 1e-12)
        return np.asarray(np.clip(levels / top, 0, 1) * 255, dtype=np.uint8)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.asarray(picture.convert("L"))


def _ink(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Ink (H, W) between 0 and 1: the distance of each pixel from the paper, on the side where there is more of it."""
    levels = grey.astype(np.float64)
    paper = float(np.median(np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])))
    lighter, darker = levels.max() - paper, paper - levels.min()
    strongest = max(lighter, darker)
    if strongest < _LEAST_CONTRAST:
        raise InputError(
            "image", "×".join(map(str, grey.shape)), "is blank: nothing stands out from the paper", "draw a digit on it"
        )
    ink = (levels - paper if lighter > darker else paper - levels) / strongest
    return np.where(ink < _FAINTEST_INK, 0, ink)


def _fit(ink: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scale (H, W) to touch the sides of a 20×20 box, keeping its proportions."""
    factor = _BOX / max(ink.shape)
    height, width = (max(1, round(side * factor)) for side in ink.shape)
    scaled = Image.fromarray(ink.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(scaled, dtype=np.float64)


def _offset(profile: npt.NDArray[np.float64]) -> int:
    """First row (or column) of the digit that brings its centre of mass to pixel 14, as in MNIST, inside the image."""
    centre = float(profile @ np.arange(len(profile))) / float(profile.sum())
    return min(max(round(_SIDE / 2 - centre), 0), _SIDE - len(profile))


def _refuse(path: Path, rule: str, cause: Exception | None = None) -> NoReturn:
    raise InputError("image", path, rule, "give a picture of one digit, such as a PNG or JPEG file") from cause
