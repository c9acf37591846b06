"""The operations: each declares its options once, and the command line, the pages and the scene files follow.

A new operation is one module here and one line in `OPERATIONS`.
"""

from typing import Any

from cnnsim.errors import InputError
from cnnsim.operations.activation import ACTIVATION
from cnnsim.operations.batch_norm import BATCH_NORM
from cnnsim.operations.code import Code
from cnnsim.operations.convolution import CONVOLUTION
from cnnsim.operations.convolution_1d import CONVOLUTION_1D
from cnnsim.operations.counts import COUNTS
from cnnsim.operations.cross_entropy import CROSS_ENTROPY
from cnnsim.operations.dense import DENSE
from cnnsim.operations.dropout import DROPOUT
from cnnsim.operations.equivariance import EQUIVARIANCE
from cnnsim.operations.field_of_view import FIELD_OF_VIEW
from cnnsim.operations.flatten import FLATTEN
from cnnsim.operations.local_response_norm import LOCAL_RESPONSE_NORM
from cnnsim.operations.operation import GrainWords, Operation, Preset, grains
from cnnsim.operations.options import Option, options_of
from cnnsim.operations.pooling import POOLING
from cnnsim.operations.settings import Settings, array_of, sources_of, with_array, with_cell
from cnnsim.operations.shift import SHIFT
from cnnsim.operations.softmax import SOFTMAX
from cnnsim.operations.source import Source
from cnnsim.operations.tiny_network import TINY_NETWORK
from cnnsim.operations.transposed_convolution import TRANSPOSED_CONVOLUTION

__all__ = [
    "OPERATIONS",
    "Code",
    "GrainWords",
    "Operation",
    "Option",
    "Preset",
    "Settings",
    "Source",
    "array_of",
    "grains",
    "operation_named",
    "options_of",
    "sources_of",
    "with_array",
    "with_cell",
]

OPERATIONS: tuple[Operation[Any], ...] = (
    CONVOLUTION,
    CONVOLUTION_1D,
    TRANSPOSED_CONVOLUTION,
    ACTIVATION,
    POOLING,
    BATCH_NORM,
    LOCAL_RESPONSE_NORM,
    FLATTEN,
    DENSE,
    DROPOUT,
    SOFTMAX,
    CROSS_ENTROPY,
    TINY_NETWORK,
    EQUIVARIANCE,
    SHIFT,
    COUNTS,
    FIELD_OF_VIEW,
)


def operation_named(name: str) -> Operation[Any]:
    """Return an operation by its name; InputError if there is none."""
    for operation in OPERATIONS:
        if operation.name == name:
            return operation
    names = ", ".join(operation.name for operation in OPERATIONS)
    raise InputError("operation", name, "does not exist", f"choose one of {names}")
