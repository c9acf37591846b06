"""Operations as steps with random access: step i is a pure function of the inputs, so animations run both ways."""

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Rule, Step
from cnnsim.trace.convolution import Convolution, convolution
from cnnsim.trace.convolution_backward import (
    BiasGradient,
    InputGradient,
    KernelGradient,
    bias_gradient,
    input_gradient,
    kernel_gradient,
)
from cnnsim.trace.geometry import PADDING_MODES, Geometry
from cnnsim.trace.grain import GRAINS, Grain, GrainView, Trace, check_grain
from cnnsim.trace.pooling import MODES, Pooling, PoolingGradient, pooling, pooling_gradient

__all__ = [
    "GRAINS",
    "MODES",
    "PADDING_MODES",
    "BiasGradient",
    "CellwiseTrace",
    "Contribution",
    "Convolution",
    "Factor",
    "Geometry",
    "Grain",
    "GrainView",
    "InputGradient",
    "KernelGradient",
    "Pooling",
    "PoolingGradient",
    "Rule",
    "Step",
    "Trace",
    "bias_gradient",
    "check_grain",
    "convolution",
    "input_gradient",
    "kernel_gradient",
    "pooling",
    "pooling_gradient",
]
