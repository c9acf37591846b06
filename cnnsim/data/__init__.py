"""Handwritten digits: MNIST from a folder, the cache or the network, and digits that the program draws itself.

Examples
--------
>>> from cnnsim import data
>>> digits = data.load("synthetic", seed=1).limited(100)
>>> digits.train_images.shape, digits.train_images.dtype, digits.synthetic
((100, 28, 28), dtype('uint8'), True)
"""

from cnnsim.data.dataset import Dataset
from cnnsim.data.download import CACHE_VARIABLE, cache_folder, fetch, is_cached, mnist_folder
from cnnsim.data.idx import read_images, read_labels
from cnnsim.data.mnist import FileCheck, read_folder, verify
from cnnsim.data.picture import mnist_form, read_picture
from cnnsim.data.sources import check_source, load
from cnnsim.data.synthetic import draw_digits, synthetic_dataset

__all__ = [
    "CACHE_VARIABLE",
    "Dataset",
    "FileCheck",
    "cache_folder",
    "check_source",
    "draw_digits",
    "fetch",
    "is_cached",
    "load",
    "mnist_folder",
    "mnist_form",
    "read_folder",
    "read_images",
    "read_labels",
    "read_picture",
    "synthetic_dataset",
    "verify",
]
