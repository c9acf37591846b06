"""The staging that belongs to an operation of several stages: one case for each operation."""

from typing import Any

from cnnsim.scenes.batch_norm import batch_norm_staging
from cnnsim.scenes.batch_norm_backward import batch_norm_gradient_staging
from cnnsim.scenes.cross_entropy import cross_entropy_gradient_staging, cross_entropy_staging
from cnnsim.scenes.local_response_norm import local_response_norm_gradient_staging, local_response_norm_staging
from cnnsim.scenes.softmax import softmax_gradient_staging, softmax_staging
from cnnsim.scenes.staging import Staging
from cnnsim.trace import (
    BatchNorm,
    BatchNormGradient,
    CrossEntropy,
    CrossEntropyGradient,
    LocalResponseNorm,
    LocalResponseNormGradient,
    Softmax,
    SoftmaxGradient,
    StagedTrace,
)


def staging_of(trace: StagedTrace[Any]) -> Staging:
    """Return how an operation of several stages is shown.

    Examples
    --------
    >>> from cnnsim.trace import softmax
    >>> staging_of(softmax([1, 2])).tensors["probability"].letter
    'p'
    """
    match trace.operation:
        case Softmax():
            return softmax_staging(trace)
        case SoftmaxGradient():
            return softmax_gradient_staging(trace)
        case CrossEntropy():
            return cross_entropy_staging(trace)
        case CrossEntropyGradient():
            return cross_entropy_gradient_staging(trace)
        case BatchNorm():
            return batch_norm_staging(trace)
        case BatchNormGradient():
            return batch_norm_gradient_staging(trace)
        case LocalResponseNorm():
            return local_response_norm_staging(trace)
        case LocalResponseNormGradient():
            return local_response_norm_gradient_staging(trace)
        case operation:
            raise TypeError(f"no staging shows {type(operation).__name__}")
