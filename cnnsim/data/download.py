"""MNIST in the user's cache: where that is, what is there, and how the rest is downloaded."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from cnnsim.data.mnist import FILES, MnistFile
from cnnsim.errors import InputError
from cnnsim.files import replace_file

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
CACHE_VARIABLE = "CNNSIM_CACHE"
_TIMEOUT_SECONDS = 10

Progress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes received so far and the bytes expected (0 where unknown)."""


def cache_folder() -> Path:
    """Folder of this user's downloads: ``$CNNSIM_CACHE`` if set, else where the system keeps caches.

    Returns
    -------
    Path
        It need not exist.

    Examples
    --------
    >>> cache_folder().name
    'cnnsim'
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("cnnsim")


def mnist_folder() -> Path:
    """Folder of the downloaded MNIST; it need not exist.

    Returns
    -------
    Path
        Inside `cache_folder`.

    Examples
    --------
    >>> mnist_folder().name
    'mnist'
    """
    return cache_folder() / "mnist"


def is_cached() -> bool:
    """Whether all four files of MNIST are in the cache, byte by byte.

    Returns
    -------
    bool
        False, too, where a file differs from the original.

    Examples
    --------
    >>> isinstance(is_cached(), bool)
    True
    """
    folder = mnist_folder()
    return all(_is_original(file, file.find(folder)) for file in FILES)


def fetch(progress: Progress | None = None, *, mirrors: Sequence[str] = MIRRORS) -> Path:
    """Download what the cache lacks of MNIST, and return the folder.

    Each file is asked of the mirrors in turn, checked by the SHA-256 of its unpacked bytes, and only then takes its
    name: an interrupted download leaves nothing behind.

    Parameters
    ----------
    progress
        Called with (file name, bytes received, bytes expected).
    mirrors
        Addresses of folders that hold the four ``.gz`` files, each with its final slash.

    Returns
    -------
    Path
        The folder of the four files, see `mnist_folder`.

    Raises
    ------
    InputError
        If no mirror has a correct file (no network, say), or the cache folder cannot be written.

    Examples
    --------
    >>> fetch().is_dir()  # doctest: +SKIP
    True
    """
    folder = mnist_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            if not _is_original(file, file.find(folder)):
                _download(file, folder / f"{file.name}.gz", mirrors, progress)
    except OSError as error:
        raise InputError(
            "cache",
            folder,
            f"cannot be written ({error.strerror or error})",
            f"set {CACHE_VARIABLE} to a folder that can be",
        ) from error
    return folder


@dataclass(slots=True)
class _Meter:
    """The progress bar that pooch fills: `total` is assigned by it, `update` counts bytes."""

    name: str
    report: Progress
    total: int = 0
    done: int = 0

    def update(self, size: int) -> None:
        # Pooch counts whole chunks, so the last one may reach past the end.
        self.done = min(self.done + size, self.total) if self.total else self.done + size
        self.report(self.name, self.done, self.total)

    def reset(self) -> None:
        """Pooch rewinds the bar after the last byte to set it to the total; there is nothing to rewind."""
        self.done = 0

    def close(self) -> None:
        """Nothing is held open."""


def _is_original(file: MnistFile, path: Path | None) -> bool:
    if path is None:
        return False
    try:
        return file.is_original(file.read(path))
    except InputError:
        return False


def _download(file: MnistFile, target: Path, mirrors: Sequence[str], progress: Progress | None) -> None:
    failures = []
    for mirror in mirrors:
        failure = _try_mirror(file, f"{mirror}{target.name}", target, progress)
        if failure is None:
            _remove_damaged(file, target)
            return
        failures.append(f"{mirror} {failure}")
    raise InputError(
        "download",
        target.name,
        f"failed: {'; '.join(failures)}",
        "connect to the network and try again, or use --data DIR with a folder that holds MNIST, or --data synthetic",
    )


def _remove_damaged(file: MnistFile, fresh: Path) -> None:
    """Remove what stands under another of the file's names and would be found before the fresh copy."""
    while (path := file.find(fresh.parent)) not in (fresh, None):
        path.unlink()


def _try_mirror(file: MnistFile, url: str, target: Path, progress: Progress | None) -> str | None:
    # Imported here: requests takes a tenth of a second that only a download should cost.
    import pooch
    import requests

    meter = _Meter(target.name, progress) if progress else False
    downloader = pooch.HTTPDownloader(progressbar=meter, chunk_size=1 << 16, timeout=_TIMEOUT_SECONDS)

    def write(temporary: Path) -> None:
        downloader(url, str(temporary), None)
        if not file.is_original(file.read(temporary)):
            raise InputError("download", url, "is not the file of MNIST", "try another mirror")

    try:
        replace_file(target, write)
    except requests.HTTPError as error:
        return f"answered: {error}"
    except requests.RequestException as error:
        return f"could not be reached ({type(error).__name__})"
    except InputError as error:
        return f"sent a file that {error.rule}"
    return None
