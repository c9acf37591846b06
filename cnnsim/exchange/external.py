"""Numbers that an ONNX file keeps in other files: only beside it, and only as many as it says."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from cnnsim.errors import InputError
from cnnsim.exchange.record import check_size

if TYPE_CHECKING:
    from onnx import TensorProto

_REMEDY = "save the model again, in one file"


def is_external(tensor: "TensorProto") -> bool:
    """Whether the numbers are in another file."""
    from onnx import TensorProto

    return tensor.data_location == TensorProto.EXTERNAL


def fetch(tensor: "TensorProto", folder: Path | None) -> None:
    """Put the numbers of a tensor from their file into it.

    Parameters
    ----------
    tensor
        Changed.
    folder
        Of the model; None if it has none.

    Raises
    ------
    InputError
        If the file is not inside the folder, cannot be read, or is too short.
    """
    from onnx import TensorProto, helper

    told = {entry.key: entry.value for entry in tensor.external_data}
    path = _inside(folder, told.get("location", ""), tensor.name)
    try:
        offset, itemsize = int(told.get("offset", "0")), helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        check_size(tuple(tensor.dims))
        wanted = math.prod(tensor.dims) * itemsize
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(wanted)
    except (OSError, ValueError, KeyError, OverflowError) as error:
        raise InputError(f"data of {tensor.name}", path, f"cannot be read ({error})", _REMEDY) from error
    if len(content) < wanted:
        rule = f"is too short: {wanted:,} bytes are wanted at {offset:,}"
        raise InputError(f"data of {tensor.name}", path, rule, _REMEDY)
    tensor.raw_data = content
    tensor.data_location = TensorProto.DEFAULT
    del tensor.external_data[:]


def _inside(folder: Path | None, location: str, name: str) -> Path:
    if folder is None:
        raise InputError(f"data of {name}", location, "is in another file", "load the model from its file")
    try:
        path = (folder / location).resolve()
        inside = path.is_relative_to(folder.resolve()) and not Path(location).is_absolute() and path.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"data of {name}", repr(location), f"is no place for a file ({error})", _REMEDY) from error
    if not inside:
        raise InputError(f"data of {name}", location, f"is not a file inside the model's folder {folder}", _REMEDY)
    return path
