"""What every pass of every operation has to compute: by obvious loops, and by the public engine."""

from reference_benches import counts, equivariance, field_of_view, shift
from reference_convolutions import convolution, convolution_1d, transposed_convolution
from reference_layers import batch_norm, cross_entropy, dense, dropout, flatten, local_response_norm, softmax
from reference_network import tiny_network
from reference_pooling import activation, pooling

OF = {
    "convolution": convolution,
    "convolution-1d": convolution_1d,
    "transposed-convolution": transposed_convolution,
    "activation": activation,
    "pooling": pooling,
    "batch-norm": batch_norm,
    "local-response-norm": local_response_norm,
    "flatten": flatten,
    "dense": dense,
    "dropout": dropout,
    "softmax": softmax,
    "cross-entropy": cross_entropy,
    "tiny-network": tiny_network,
    "equivariance": equivariance,
    "shift": shift,
    "counts": counts,
    "field-of-view": field_of_view,
}


def reference(operation, settings, module):
    """Return the output that the loops (`naive`) or the engine (`functional`) compute; None where it cannot."""
    return OF[operation.name](settings, module)
