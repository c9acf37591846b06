"""Weights in a safetensors file: numbers and text only, nothing that could run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from cnnsim.errors import InputError
from cnnsim.files import check_writable, replace_file

_LENGTH = 8


def save_weights(path: Path, state: Mapping[str, NDArray[Any]], metadata: Mapping[str, str] | None = None) -> None:
    """Write parameters, all or nothing: the file is complete or unchanged.

    Equal parameters and texts make equal files, byte for byte.

    Parameters
    ----------
    path
        Of the file; its folder must exist.
    state
        Arrays by name, as `Network.state_dict` gives them.
    metadata
        Texts by name that travel with them.

    Raises
    ------
    InputError
        If the folder is missing or cannot be written.

    References
    ----------
    https://huggingface.co/docs/safetensors

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(Path(folder, "w.safetensors"), {"fc.bias": np.zeros(2)}, {"epochs": "3"})
    ...     load_weights(Path(folder, "w.safetensors"))
    ({'fc.bias': array([0., 0.])}, {'epochs': '3'})
    """
    check_writable(path, "path")
    # safetensors writes the memory as it lies: a transposed array would come back scrambled
    contiguous = {name: np.asarray(array, order="C") for name, array in state.items()}
    content = _in_order(save(contiguous, dict(metadata or {})))
    replace_file(path, lambda temporary: temporary.write_bytes(content))


def _in_order(content: bytes) -> bytes:
    """Sort the texts in the header, which safetensors writes in another order every time.

    A file is the length of the header in 8 bytes, the header as JSON, filled up with spaces, and the numbers.
    """
    end = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
    header = json.loads(content[_LENGTH:end])
    texts = header.get("__metadata__", {})
    header |= {"__metadata__": dict(sorted(texts.items()))} if texts else {}
    ordered = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    ordered += b" " * (-len(ordered) % _LENGTH)
    return len(ordered).to_bytes(_LENGTH, "little") + ordered + content[end:]


def load_weights(path: Path, argument: str = "weights") -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read parameters and the texts that travel with them.

    Parameters
    ----------
    path
        Of the file.
    argument
        What an error calls the file.

    Returns
    -------
    state : dict of ndarray
        Arrays by name.
    metadata : dict of str
        Texts by name.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, it is damaged, or it holds numbers that NumPy lacks.

    Examples
    --------
    >>> load_weights(Path("lost.safetensors"))
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: weights=lost.safetensors is not a file: give the path of a .safetensors file
    """
    if not path.is_file():
        raise InputError(argument, path, "is not a file", "give the path of a .safetensors file")
    try:
        with safe_open(path, framework="numpy") as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            for foreign in (a.dtype for a in state.values() if a.dtype.isbuiltin != 1):
                raise TypeError(foreign)  # of a package that adds types to NumPy, where one is loaded
            return state, dict(file.metadata() or {})
    except OSError as error:
        raise InputError(argument, path, f"cannot be read ({error})", "check its permissions") from error
    except (SafetensorError, json.JSONDecodeError, UnicodeDecodeError, ValueError, AttributeError) as error:
        rule, remedy = f"is damaged or not a safetensors file ({error})", "save or download it again"
        raise InputError(argument, path, rule, remedy) from error
    except TypeError as error:  # bfloat16, say, which NumPy lacks
        rule, remedy = f"holds numbers of a type that NumPy lacks ({error})", "save them as float32"
        raise InputError(argument, path, rule, remedy) from error
