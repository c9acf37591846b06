"""The scene that belongs to a trace."""

from typing import Any

from cnnsim.drawing import Drawing
from cnnsim.scenes.convolution import convolution_scene
from cnnsim.scenes.convolution_backward import input_gradient_scene, kernel_gradient_scene
from cnnsim.scenes.layout import View
from cnnsim.scenes.pooling import pooling_gradient_scene, pooling_scene
from cnnsim.scenes.scatter import scatter_scene
from cnnsim.scenes.weight_update import weight_update_scene
from cnnsim.trace import (
    CellwiseTrace,
    Convolution,
    GrainView,
    InputGradient,
    KernelGradient,
    Pooling,
    PoolingGradient,
    ScatterTrace,
    WeightUpdate,
)


def draw(steps: GrainView[Any], position: float, view: View) -> Drawing:
    """Draw the steps of any operation at a position with the operation's own scene."""
    if isinstance(steps.trace, ScatterTrace):
        return scatter_scene(steps, position, view)
    assert isinstance(steps.trace, CellwiseTrace)
    match steps.trace.rule:
        case Convolution():
            return convolution_scene(steps, position, view)
        case KernelGradient():
            return kernel_gradient_scene(steps, position, view)
        case InputGradient():
            return input_gradient_scene(steps, position, view)
        case Pooling():
            return pooling_scene(steps, position, view)
        case PoolingGradient():
            return pooling_gradient_scene(steps, position, view)
        case WeightUpdate():
            return weight_update_scene(steps, position, view)
        case rule:
            raise TypeError(f"no scene draws {type(rule).__name__}")
