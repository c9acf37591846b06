"""Operations as steps with random access: step i is a pure function of the inputs, so animations run both ways."""

from cnnsim.trace.convolution import ConvolutionStep, ConvolutionTrace, convolution
from cnnsim.trace.geometry import Geometry
from cnnsim.trace.grain import GRAINS, Grain, GrainView, Trace, check_grain
from cnnsim.trace.pooling import MODES, PoolingStep, PoolingTrace, pooling

__all__ = [
    "GRAINS",
    "MODES",
    "ConvolutionStep",
    "ConvolutionTrace",
    "Geometry",
    "Grain",
    "GrainView",
    "PoolingStep",
    "PoolingTrace",
    "Trace",
    "check_grain",
    "convolution",
    "pooling",
]
