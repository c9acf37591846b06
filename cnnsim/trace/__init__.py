"""Operations as steps with random access: step i is a pure function of the inputs, so animations run both ways."""

from cnnsim.trace.activation import ACTIVATIONS, Activation, ActivationGradient, activation, activation_gradient
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Rule, Step
from cnnsim.trace.convolution import Convolution, convolution
from cnnsim.trace.convolution_backward import BiasGradient, KernelGradient, bias_gradient, kernel_gradient
from cnnsim.trace.convolution_input_gradient import InputGradient, input_gradient
from cnnsim.trace.geometry import PADDING_MODES, Geometry
from cnnsim.trace.grain import GRAINS, Grain, GrainView, Trace, check_grain
from cnnsim.trace.pooling import MODES, Pooling, pooling
from cnnsim.trace.pooling_backward import PoolingGradient, pooling_gradient
from cnnsim.trace.scatter import ScatterStep, ScatterTrace, input_gradient_scatter

__all__ = [
    "ACTIVATIONS",
    "GRAINS",
    "MODES",
    "PADDING_MODES",
    "Activation",
    "ActivationGradient",
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
    "ScatterStep",
    "ScatterTrace",
    "Step",
    "Trace",
    "activation",
    "activation_gradient",
    "bias_gradient",
    "check_grain",
    "convolution",
    "input_gradient",
    "input_gradient_scatter",
    "kernel_gradient",
    "pooling",
    "pooling_gradient",
]
