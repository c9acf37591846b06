"""A set of labelled digits, and the sentence that says where it came from."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnnsim.errors import InputError

Bytes = npt.NDArray[np.uint8]
DatasetName = Literal["mnist", "custom", "synthetic"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images and labels for training and for testing.

    Parameters
    ----------
    name
        ``"mnist"`` only when every byte is MNIST's; ``"custom"`` for other files of the same form; ``"synthetic"``.
    source
        One sentence for people: where these images came from.
    train_images, test_images
        uint8 arrays of shape (N, 28, 28): 0 is paper, 255 is ink.
    train_labels, test_labels
        uint8 arrays of shape (N,), values 0 to 9.

    Examples
    --------
    >>> from cnnsim.data import synthetic_dataset
    >>> data = synthetic_dataset(train=30, test=20, seed=1)
    >>> data.train_images.shape, data.synthetic, data.limited(5).train_labels.shape
    ((30, 28, 28), True, (5,))
    """

    name: DatasetName
    source: str
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes

    @property
    def synthetic(self) -> bool:
        """Whether the program drew these digits itself: such results are never shown as MNIST's."""
        return self.name == "synthetic"

    def limited(self, n: int) -> "Dataset":
        """Keep the first `n` training images and at most `n` test images.

        Raises
        ------
        InputError
            If `n` is not positive.
        """
        if n < 1:
            raise InputError("limit", n, "keeps no image", "use a limit of 1 or more")
        return replace(
            self,
            train_images=self.train_images[:n],
            train_labels=self.train_labels[:n],
            test_images=self.test_images[:n],
            test_labels=self.test_labels[:n],
        )
