"""A share of a batch, handed from thread to thread as addresses behind a bell.

The thread that gets it need not enter the interpreter for it, and images of any number and shape fit in.
"""

import ctypes
from typing import Any

import numpy as np
from numba import carray
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from cnnsim.engine.bell import called_again
from cnnsim.engine.compile import LANES, compiled, kernel, part
from cnnsim.engine.training import Floats, Indices, Integers, train

_ADDRESSES = 8
"""Where they begin: on another cache line than the bell."""

SIZE = _ADDRESSES + 9


@intrinsic
def _pointer(typing, address, like):  # type: ignore[no-untyped-def]
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(like.dtype)(types.int64, like), emit  # type: ignore[attr-defined]


def _matrix(address: int, rows: int, columns: int, like: NDArray[Any]) -> NDArray[Any]:
    return carray(_pointer(address, like), (rows, columns))  # type: ignore[no-any-return]


def _plain_matrix(address: int, rows: int, columns: int, like: NDArray[Any]) -> NDArray[Any]:
    room = (ctypes.c_byte * int(rows * columns * like.itemsize)).from_address(int(address))
    return np.frombuffer(memoryview(room), like.dtype).reshape(rows, columns)


matrix = part(_matrix) if compiled() else _plain_matrix
"""The matrix at an address, in the dtype of another array."""


@kernel
def assign(
    share: Integers, images: Floats, labels: Integers, gradients: Floats, losses: Floats, guesses: Integers
) -> None:
    """Write down where the arrays of a share lie: contiguous, and held by somebody until the work is done."""
    places = (images.ctypes.data, labels.ctypes.data, gradients.ctypes.data, losses.ctypes.data, guesses.ctypes.data)
    for i, place in enumerate(places):
        share[_ADDRESSES + i] = place
    share[_ADDRESSES + 5 :] = len(images), len(labels), len(gradients), images.size // len(images)


@kernel
def run(
    share: Integers,
    code: Integers,
    tables: Integers,
    places: Integers,
    parameters: Floats,
    memory: Floats,
    winners: Indices,
    patience: int,
) -> None:
    """Work on a share of a batch, and on the next one when called again within so many looks at its bell.

    Every loop takes the addresses anew: they change with the call.
    """
    while True:
        at_images, at_labels, at_gradients, at_losses, at_guesses, n_images, n_blocks, n_rows, size = share[_ADDRESSES:]
        train(
            matrix(at_images, n_images, size, parameters),
            matrix(at_labels, n_blocks, LANES, code),
            code,
            tables,
            places,
            parameters,
            memory,
            winners,
            matrix(at_gradients, n_rows, len(parameters), parameters),
            matrix(at_losses, n_blocks, LANES, parameters),
            matrix(at_guesses, n_blocks, LANES, code),
        )
        if not called_again(share, patience):
            return
