"""From grey pixels to what the networks were trained on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

MEAN, DEVIATION = 0.1307, 0.3081
"""Mean and standard deviation of the pixels of MNIST's training images, on a scale from 0 to 1."""


def prepare(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scale pixels to about zero mean and unit deviation: ``(pixel/255 - 0.1307) / 0.3081``.

    Parameters
    ----------
    images
        Grey images (N, H, W), uint8, 0 black to 255 white (the digit).

    Returns
    -------
    ndarray of float32
        (N, 1, H, W).

    Raises
    ------
    InputError
        If dtype or rank do not fit.

    References
    ----------
    The usual constants of MNIST; any data takes the same, so that weights fit all of them.

    Examples
    --------
    >>> import numpy as np
    >>> prepare(np.full((1, 28, 28), 255, np.uint8))[0, 0, 0, 0].round(4)
    np.float32(2.8215)
    """
    array: NDArray[Any] = np.asarray(images)
    if array.dtype != np.uint8:
        raise InputError("images.dtype", array.dtype, "is not uint8", "give grey pixels from 0 to 255")
    if array.ndim != 3:
        raise InputError("images.shape", array.shape, "is not (N, H, W)", "give a stack of grey images")
    scaled = array.astype(np.float32)[:, None]
    scaled *= np.float32(1 / (255 * DEVIATION))
    scaled -= np.float32(MEAN / DEVIATION)
    return scaled
