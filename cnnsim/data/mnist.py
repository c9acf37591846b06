"""MNIST on disk: the names of its four files, their fingerprints, reading and verifying a folder."""

from dataclasses import dataclass
from pathlib import Path

from cnnsim.data import idx
from cnnsim.data.dataset import Bytes, Dataset
from cnnsim.errors import InputError


@dataclass(frozen=True, slots=True)
class MnistFile:
    """One of the four files: its usual name and the SHA-256 of its unpacked bytes."""

    name: str
    sha256: str

    @property
    def holds_images(self) -> bool:
        """Whether it holds images; otherwise it holds labels."""
        return "images" in self.name

    def find(self, folder: Path) -> Path | None:
        """Path of this file in `folder`, under any of its usual names, packed or not."""
        dotted = self.name.replace("-idx", ".idx")
        names = (self.name, f"{self.name}.gz", dotted, f"{dotted}.gz")
        return next((folder / name for name in names if (folder / name).is_file()), None)

    def read(self, path: Path) -> Bytes:
        """Contents of `path`, read as this file's kind."""
        return idx.read_images(path) if self.holds_images else idx.read_labels(path)

    def is_original(self, array: Bytes) -> bool:
        """Whether `array` is this file of MNIST, byte by byte."""
        return idx.fingerprint(array) == self.sha256


TRAIN_IMAGES = MnistFile("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db")
TRAIN_LABELS = MnistFile("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")
TEST_IMAGES = MnistFile("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7")
TEST_LABELS = MnistFile("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What `verify` found out about one file.

    Parameters
    ----------
    name
        Of the file in MNIST.
    path
        Where it was found, None if it was not.
    problem
        What is wrong with it, None where it is MNIST's own.

    Examples
    --------
    >>> FileCheck("train-images-idx3-ubyte", None, "is missing").problem
    'is missing'
    """

    name: str
    path: Path | None
    problem: str | None


def read_folder(folder: Path) -> Dataset:
    """Read four IDX files of the form of MNIST from a folder.

    Other sets of the same form (Fashion-MNIST, say) are accepted and named ``"custom"``.

    Parameters
    ----------
    folder
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
        ``t10k-labels-idx1-ubyte``, each plain or with ``.gz``; ``.idx3`` for ``-idx3`` is fine too.

    Returns
    -------
    Dataset
        Images (N, H, W) and labels (N,), both uint8, for training and for testing.

    Raises
    ------
    InputError
        If the folder or a file is missing or damaged, or images and labels differ in number.

    Examples
    --------
    >>> read_folder(Path("/no/such/folder"))
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: data=/no/such/folder is not a folder: name the folder that holds the four files of MNIST
    """
    train_images, train_labels = _read_pair(folder, TRAIN_IMAGES, TRAIN_LABELS)
    test_images, test_labels = _read_pair(folder, TEST_IMAGES, TEST_LABELS)
    arrays = (train_images, train_labels, test_images, test_labels)
    if all(file.is_original(array) for file, array in zip(FILES, arrays, strict=True)):
        return Dataset("mnist", f"MNIST, read from {folder}", *arrays)
    return Dataset("custom", f"images read from {folder} (not MNIST)", *arrays)


def verify(folder: Path) -> tuple[FileCheck, ...]:
    """Compare the four files of `folder` with MNIST, byte by byte after unpacking.

    Parameters
    ----------
    folder
        Where the files are.

    Returns
    -------
    tuple of FileCheck
        One for each file; without a problem where the file is the original.

    Raises
    ------
    InputError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> [check.problem for check in verify(Path(tempfile.mkdtemp()))]
    ['is missing', 'is missing', 'is missing', 'is missing']
    """
    _require_folder(folder)
    return tuple(_check(file, file.find(folder)) for file in FILES)


def _check(file: MnistFile, path: Path | None) -> FileCheck:
    if path is None:
        return FileCheck(file.name, None, "is missing")
    try:
        original = file.is_original(file.read(path))
    except InputError as error:
        return FileCheck(file.name, path, error.rule)
    return FileCheck(file.name, path, None if original else "is well formed, but not the file of MNIST")


def require_files(folder: Path) -> None:
    """Raise `InputError` unless the folder holds all four files; nothing is read."""
    for file in FILES:
        _require(folder, file)


def _read_pair(folder: Path, images: MnistFile, labels: MnistFile) -> tuple[Bytes, Bytes]:
    images_path, labels_path = _require(folder, images), _require(folder, labels)
    x, y = images.read(images_path), labels.read(labels_path)
    if len(x) != len(y):
        raise InputError(
            "data",
            folder,
            f"is inconsistent: {images_path.name} holds {len(x)} images, {labels_path.name} {len(y)} labels",
            "use files that belong together",
        )
    return x, y


def _require(folder: Path, file: MnistFile) -> Path:
    _require_folder(folder)
    path = file.find(folder)
    if path is None:
        raise InputError(
            "data",
            folder,
            f"holds no {file.name} (nor {file.name}.gz)",
            "name the folder that holds the four files of MNIST",
        )
    return path


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError("data", folder, "is not a folder", "name the folder that holds the four files of MNIST")
