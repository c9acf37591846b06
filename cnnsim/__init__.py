"""Step through a convolutional network, forwards and backwards, multiply by multiply.

The submodules load on first use, so that ``import cnnsim`` costs nothing and needs neither a window system nor a
compiler.

Examples
--------
>>> import numpy as np
>>> import cnnsim
>>> x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
>>> cnnsim.functional.max_pool2d(x, 2)[0, 0]
array([[ 5.,  7.],
       [13., 15.]], dtype=float32)
"""

from importlib import import_module
from typing import Any

__version__: str

_SUBMODULES = (
    "analysis",
    "checkpoint",
    "data",
    "exchange",
    "export",
    "functional",
    "gallery",
    "models",
    "nn",
    "optim",
    "schedules",
    "trace",
    "train",
    "weights",
)

__all__ = ["__version__", *_SUBMODULES]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name in _SUBMODULES:
        return import_module(f"cnnsim.{name}")
    raise AttributeError(f"module 'cnnsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("cnnsim")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0+unknown"
