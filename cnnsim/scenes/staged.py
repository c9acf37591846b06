"""The staging that belongs to an operation of several stages: one case for each operation."""

from typing import Any

from cnnsim.drawing import Cell
from cnnsim.scenes.batch_norm import batch_norm_staging
from cnnsim.scenes.batch_norm_gradient import batch_norm_gradient_staging
from cnnsim.scenes.cross_entropy import cross_entropy_gradient_staging, cross_entropy_staging
from cnnsim.scenes.local_response_norm import local_response_norm_gradient_staging, local_response_norm_staging
from cnnsim.scenes.softmax import softmax_gradient_staging, softmax_staging
from cnnsim.scenes.staging import Staging
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import (
    BatchNorm,
    BatchNormGradient,
    CellwiseTrace,
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


def given_tensors(trace: StagedTrace[Any]) -> dict[str, Tensor]:
    """Return the tensors of an operation of several stages that none of them computes.

    Examples
    --------
    >>> from cnnsim.trace import softmax
    >>> list(given_tensors(softmax([1, 2])))
    ['logits']
    """
    computed = {stage.name for stage in trace.stages}
    return {name: tensor for name, tensor in staging_of(trace).tensors.items() if name not in computed}


def finishing_step(trace: StagedTrace[Any], cell: Cell) -> int | None:
    """Return the index of the step that finishes a cell of any stage; None for any other cell.

    Examples
    --------
    >>> from cnnsim.trace import softmax
    >>> steps = softmax([1, 2])
    >>> finishing_step(steps, Cell("largest", 0, 0)), finishing_step(steps, Cell("logits", 0, 0))
    (2, None)
    """
    tensors = staging_of(trace).tensors
    for number, stage in enumerate(trace.stages):
        place = tensors[stage.name].shown(cell)
        if place is not None and isinstance(stage.trace, CellwiseTrace):
            return trace.start_of(number) + stage.trace.last_step(place)
    return None
