"""Writing files so that nothing half-written ever stands under the final name."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from cnnsim.errors import InputError


def check_writable(path: Path, argument: str = "--out") -> None:
    """Raise `InputError` unless a file could be written at `path`; asked before long work, not after it.

    Parameters
    ----------
    path
        Of the file.
    argument
        What an error calls it.

    Raises
    ------
    InputError
        If its folder does not exist or cannot be written, or it is a folder itself.

    Examples
    --------
    >>> check_writable(Path("lost", "a.txt"))
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: --out=lost/a.txt is in a folder that does not exist (lost): create it first: mkdir -p lost
    """
    folder = path.parent
    if not folder.is_dir():
        raise InputError(
            argument,
            path,
            f"is in a folder that does not exist ({folder})",
            f"create it first: mkdir -p {folder}",
        )
    if path.is_dir():
        raise InputError(argument, path, "is a folder", "name a file in it")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            argument,
            path,
            f"is in a folder that cannot be written ({error.strerror})",
            "choose another folder",
        ) from error


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it over `path` in one step.

    Parameters
    ----------
    path
        The final name; its old content stays until the new one is complete.
    write
        Called with the temporary path, which has the same suffix as `path`.

    Raises
    ------
    OSError
        If the file cannot be written; whatever `write` raises passes through, and nothing has changed then.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "note.txt")
    ...     replace_file(path, lambda temporary: temporary.write_text("written"))
    ...     path.read_text()
    'written'
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
