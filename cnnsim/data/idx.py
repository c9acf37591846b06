"""IDX, the file format of MNIST: a magic number, the sizes, then the bytes; often packed with gzip.

The reader believes nothing it has not seen: sizes are bounded before anything is allocated, and the body is read in
pieces, so a header that lies costs no memory.

References
----------
Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".
"""

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

import numpy as np

from cnnsim.data.dataset import Bytes
from cnnsim.errors import InputError

LABELS_MAGIC = 2049
IMAGES_MAGIC = 2051
SIDE = 28
MAX_ITEMS = 1_000_000
_PIECE = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_KINDS = {LABELS_MAGIC: "labels", IMAGES_MAGIC: "images"}
_REMEDY = "replace the file, or download MNIST again with: cnnsim data fetch"


def read_images(path: Path) -> Bytes:
    """Read an IDX file of images, packed with gzip or not.

    Parameters
    ----------
    path
        The file; whether it is packed is seen from its content, not from its name.

    Returns
    -------
    uint8 array of shape (N, 28, 28).

    Raises
    ------
    InputError
        If the file is missing, unreadable, damaged, too short, too long, or holds something else.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "images"
    >>> _ = path.write_bytes(encode(np.zeros((2, 28, 28), np.uint8)))
    >>> read_images(path).shape
    (2, 28, 28)
    """
    with _unpacked(path) as stream:
        count, rows, columns = _header(stream, path, IMAGES_MAGIC, 3)
        if (rows, columns) != (SIDE, SIDE):
            _refuse(path, f"holds images of {rows}×{columns} pixels, not {SIDE}×{SIDE}")
        return _body(stream, path, count * SIDE * SIDE).reshape(count, SIDE, SIDE)


def read_labels(path: Path) -> Bytes:
    """Read an IDX file of digit labels, packed with gzip or not.

    Parameters
    ----------
    path
        The file; whether it is packed is seen from its content, not from its name.

    Returns
    -------
    uint8 array of shape (N,), values 0 to 9.

    Raises
    ------
    InputError
        If the file is missing, unreadable, damaged, too short, too long, or holds something else.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "labels"
    >>> _ = path.write_bytes(encode(np.array([3, 1, 4], np.uint8)))
    >>> read_labels(path)
    array([3, 1, 4], dtype=uint8)
    """
    with _unpacked(path) as stream:
        (count,) = _header(stream, path, LABELS_MAGIC, 1)
        labels = _body(stream, path, count)
    if labels.max() > 9:
        position = int(np.argmax(labels > 9))
        _refuse(path, f"holds the label {labels[position]} at position {position}; digits are 0 to 9")
    return labels


def encode(array: Bytes) -> bytes:
    """Bytes of the unpacked IDX file that holds `array`, a uint8 array of shape (N,) or (N, H, W).

    Examples
    --------
    >>> encode(np.array([7], np.uint8)).hex(" ")
    '00 00 08 01 00 00 00 01 07'
    """
    return _header_bytes(array) + array.tobytes()


def fingerprint(array: Bytes) -> str:
    """SHA-256 of the unpacked IDX file that holds `array`, in hexadecimal.

    It does not depend on how, or by whom, the file was packed.

    Examples
    --------
    >>> fingerprint(np.array([7], np.uint8)) == sha256(encode(np.array([7], np.uint8))).hexdigest()
    True
    """
    digest = sha256(_header_bytes(array))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _header_bytes(array: Bytes) -> bytes:
    return struct.pack(f">I{array.ndim}I", 0x0800 + array.ndim, *array.shape)


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            file.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        _refuse(path, f"is damaged: its gzip packing ends early or does not check ({error})", error)
    except OSError as error:
        _refuse(path, f"cannot be read ({error.strerror or error})", error)


def _header(stream: BinaryIO, path: Path, magic: int, dimensions: int) -> tuple[int, ...]:
    size = 4 * (1 + dimensions)
    header = stream.read(size)
    if len(header) >= 4:
        _check_magic(int.from_bytes(header[:4], "big"), magic, path)
    if len(header) < size:
        _refuse(path, f"is cut short: it ends inside its header, after {len(header)} of {size} bytes")
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if not 1 <= shape[0] <= MAX_ITEMS:
        _refuse(path, f"announces {shape[0]} {_KINDS[magic]}; between 1 and {MAX_ITEMS:,} can be read")
    return shape


def _check_magic(found: int, wanted: int, path: Path) -> None:
    if found == wanted:
        return
    if found in _KINDS:
        _refuse(path, f"holds {_KINDS[found]} (magic number {found}) where {_KINDS[wanted]} ({wanted}) belong")
    _refuse(path, f"is no IDX file of {_KINDS[wanted]}: it starts with {found}, not {wanted}")


def _body(stream: BinaryIO, path: Path, size: int) -> Bytes:
    body = bytearray()
    while len(body) < size and (piece := stream.read(min(_PIECE, size - len(body)))):
        body += piece
    if len(body) < size:
        _refuse(path, f"is cut short: it announces {size} bytes and holds {len(body)}")
    if stream.read(1):
        _refuse(path, f"is too long: bytes follow the {size} that it announces")
    return np.frombuffer(body, np.uint8)


def _refuse(path: Path, rule: str, cause: Exception | None = None) -> NoReturn:
    raise InputError("file", path, rule, _REMEDY) from cause
