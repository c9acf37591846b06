"""Which digits to use: a folder, the cache, a download, or digits that the program draws."""

from dataclasses import replace
from pathlib import Path

from cnnsim.data.dataset import Dataset
from cnnsim.data.download import Progress, fetch, mnist_folder
from cnnsim.data.mnist import read_folder, require_files
from cnnsim.data.synthetic import SOURCE, synthetic_dataset
from cnnsim.errors import InputError

SOURCES = ("auto", "mnist", "synthetic")


def load(
    which: str | Path = "auto",
    *,
    seed: int = 0,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Dataset:
    """Load digits; `Dataset.source` says where they came from.

    Parameters
    ----------
    which
        ``"mnist"``: `folder` if given, else the cache, else a download. ``"synthetic"``: digits drawn by the program.
        ``"auto"``: as ``"mnist"``, but synthetic where the download fails. Anything else is the path of a folder
        that holds the four files of MNIST, or four of the same form.
    seed
        Seed of the synthetic digits.
    progress
        Told of a download: (file name, bytes received, bytes expected).
    folder
        Asked before the cache by ``"auto"`` and ``"mnist"``.

    Returns
    -------
    Dataset
        Images (N, H, W) and labels (N,), both uint8, for training and for testing.

    Raises
    ------
    InputError
        If `which` is unknown, a named folder cannot be used, or ``"mnist"`` cannot be had.

    Examples
    --------
    >>> load("synthetic").source
    'synthetic digits drawn by the program (not MNIST)'
    >>> load("minst")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: data=minst is neither auto, mnist, synthetic nor a folder: use one of these names or ...
    """
    match which:
        case "synthetic":
            return synthetic_dataset(seed=seed)
        case "auto" | "mnist" if folder is not None:
            return read_folder(folder.expanduser())
        case "mnist":
            return _mnist(progress)
        case "auto":
            return _mnist_or_synthetic(seed, progress)
    check_source(which)
    return read_folder(Path(which).expanduser())


def check_source(which: str | Path) -> None:
    """Raise `InputError` unless `load` knows `which`: a name, or a folder with the four files. Nothing is read.

    Parameters
    ----------
    which
        As for `load`.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> check_source("mnist")
    """
    if which in SOURCES:
        return
    folder = Path(which).expanduser()
    if not folder.is_dir():
        raise InputError(
            "data",
            which,
            f"is neither {', '.join(SOURCES)} nor a folder",
            "use one of these names or the path of a folder that holds the four files of MNIST",
        )
    require_files(folder)


def _mnist(progress: Progress | None) -> Dataset:
    cached = _read_cache()
    if cached is not None:
        return replace(cached, source="MNIST, from the cache")
    return replace(read_folder(fetch(progress)), source="MNIST, just downloaded")


def _read_cache() -> Dataset | None:
    """What the cache holds, if that is MNIST; anything else in there is mended by a download."""
    try:
        found = read_folder(mnist_folder())
    except InputError:
        return None
    return found if found.name == "mnist" else None


def _mnist_or_synthetic(seed: int, progress: Progress | None) -> Dataset:
    try:
        return _mnist(progress)
    except InputError:
        return replace(synthetic_dataset(seed=seed), source=f"{SOURCE}; MNIST could not be downloaded")
