"""Compile and cache every kernel that training and using LeNet-5 needs: ``python -m cnnsim.warmup``, silent.

A window runs it as a process of its own: compiling takes some seconds, once per machine and version.
"""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import llvmlite.binding  # type: ignore[import-untyped]
import numba
import numpy as np

from cnnsim.engine import compile as compiling
from cnnsim.engine.compile import LANES
from cnnsim.engine.product import product
from cnnsim.models import lenet5
from cnnsim.train import train

_IMAGES = 2
"""Enough: one compiled kernel serves every size."""


def is_warm() -> bool:
    """Whether `warm_up` has run to its end on this machine, with this processor and these very kernels.

    Returns
    -------
    bool
        True also where kernels are not compiled at all. Importing this module takes as long as importing numba.

    Examples
    --------
    >>> is_warm() in (True, False)
    True
    """
    mark = _mark()
    return not compiling.compiled() or (mark is not None and mark.is_file())


def warm_up() -> None:
    """Compile the kernels by training on a few blank images, and leave a mark beside them for `is_warm`.

    Examples
    --------
    >>> warm_up()
    """
    images, labels = np.zeros((_IMAGES, 28, 28), np.uint8), np.zeros(_IMAGES, np.uint8)
    blank = SimpleNamespace(train_images=images, train_labels=labels, test_images=images, test_labels=labels)
    for _ in train(lenet5(), blank, epochs=1, threads=1):
        pass
    lenet5()(np.zeros((LANES, 1, 28, 28), np.float32))  # many images take another way than few
    mark = _mark()
    if mark is None:
        return
    try:
        mark.touch()
    except OSError:  # a folder that filled up meanwhile: the next start warms up again
        return


def _mark() -> Path | None:
    """File that says so, beside the cached code; None where nothing is cached."""
    folder = product.stats.cache_path if compiling.compiled() else None  # type: ignore[attr-defined]
    if not folder:
        return None
    features = llvmlite.binding.get_host_cpu_features().flatten()
    processor = f"{numba.__version__} {llvmlite.binding.get_host_cpu_name()} {features}"
    digest = hashlib.sha256(processor.encode()).hexdigest()[:12]
    return Path(folder, f"cnnsim-warm-{compiling.sources_digest()}-{digest}")


if __name__ == "__main__":
    warm_up()
