"""Operations as steps with random access: step i is a pure function of the inputs, so animations run both ways."""

from cnnsim.trace.activation import Activation, ActivationGradient, activation, activation_gradient
from cnnsim.trace.activation_functions import ACTIVATIONS
from cnnsim.trace.batch_norm import BatchNorm, batch_norm
from cnnsim.trace.batch_norm_gradient import BatchNormGradient, batch_norm_gradient
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Rule, Step
from cnnsim.trace.convolution import Convolution, convolution
from cnnsim.trace.convolution_1d import SignalConvolution, convolution_1d, flipped_first
from cnnsim.trace.convolution_1d_gradients import (
    SignalBiasGradient,
    SignalFullInputGradient,
    SignalInputGradient,
    SignalKernelGradient,
    bias_gradient_1d,
    full_input_gradient_1d,
    input_gradient_1d,
    input_gradient_scatter_1d,
    kernel_gradient_1d,
)
from cnnsim.trace.convolution_full_gradient import FullInputGradient, full_input_gradient
from cnnsim.trace.convolution_input_gradient import InputGradient, input_gradient
from cnnsim.trace.convolution_kernel_gradient import BiasGradient, KernelGradient, bias_gradient, kernel_gradient
from cnnsim.trace.convolution_matrix import (
    MATRIX_FORMS,
    MatrixForm,
    StructuredMatrix,
    is_circulant,
    kernel_matrix,
    patch_matrix,
    toeplitz_matrix,
)
from cnnsim.trace.counts import Counts, CountStep, counts
from cnnsim.trace.cross_entropy import CrossEntropy, CrossEntropyGradient, cross_entropy, cross_entropy_gradient
from cnnsim.trace.dense import Dense, dense
from cnnsim.trace.dense_gradients import (
    DenseBiasGradient,
    DenseInputGradient,
    DenseWeightGradient,
    dense_bias_gradient,
    dense_input_gradient,
    dense_weight_gradient,
)
from cnnsim.trace.dropout import Dropout, DropoutGradient, dropout, dropout_gradient
from cnnsim.trace.equivariance import Equivariance, equivariance
from cnnsim.trace.field_of_view import FieldOfView, FieldStep, field_of_view
from cnnsim.trace.flatten import Flatten, FlattenGradient, flatten, flatten_gradient
from cnnsim.trace.geometry import PADDING_MODES, Geometry
from cnnsim.trace.grain import GRAINS, Grain, GrainView, Stepped, check_grain
from cnnsim.trace.kernel_turn import KernelTurn, TurnStep, turned_first
from cnnsim.trace.local_response_norm import (
    LocalResponseNorm,
    LocalResponseNormGradient,
    local_response_norm,
    local_response_norm_gradient,
)
from cnnsim.trace.pooling import adaptive_pooling, pooling
from cnnsim.trace.pooling_gradient import PoolingGradient, pooling_gradient
from cnnsim.trace.pooling_kinds import MODES, TIES
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.scatter import ScatterStep, ScatterTrace, input_gradient_scatter
from cnnsim.trace.shift import ShiftEffect, shift_effect
from cnnsim.trace.softmax import Softmax, SoftmaxGradient, softmax, softmax_gradient
from cnnsim.trace.stages import Stage, StagedStep, StagedTrace, StagePosition, stage_position
from cnnsim.trace.tiny_network import tiny_network
from cnnsim.trace.tiny_network_trace import Moment, NetworkStep, NetworkTrace, moment
from cnnsim.trace.tiny_network_weights import initial_weight, initial_weights, weight_shapes
from cnnsim.trace.transposed import TransposedConvolution, transposed_convolution, transposed_scatter
from cnnsim.trace.transposed_gradients import (
    TransposedInputGradient,
    TransposedKernelGradient,
    transposed_bias_gradient,
    transposed_input_gradient,
    transposed_kernel_gradient,
)
from cnnsim.trace.uses import Uses, sources, uses
from cnnsim.trace.weight_update import WeightUpdate, weight_update

__all__ = [
    "ACTIVATIONS",
    "GRAINS",
    "MATRIX_FORMS",
    "MODES",
    "PADDING_MODES",
    "TIES",
    "Activation",
    "ActivationGradient",
    "BatchNorm",
    "BatchNormGradient",
    "BiasGradient",
    "CellwiseTrace",
    "Contribution",
    "Convolution",
    "CountStep",
    "Counts",
    "CrossEntropy",
    "CrossEntropyGradient",
    "Dense",
    "DenseBiasGradient",
    "DenseInputGradient",
    "DenseWeightGradient",
    "Dropout",
    "DropoutGradient",
    "Equivariance",
    "Factor",
    "FieldOfView",
    "FieldStep",
    "Flatten",
    "FlattenGradient",
    "FullInputGradient",
    "Geometry",
    "Grain",
    "GrainView",
    "InputGradient",
    "KernelGradient",
    "KernelTurn",
    "LocalResponseNorm",
    "LocalResponseNormGradient",
    "MatrixForm",
    "Moment",
    "NetworkStep",
    "NetworkTrace",
    "Pooling",
    "PoolingGradient",
    "Rule",
    "ScatterStep",
    "ScatterTrace",
    "ShiftEffect",
    "SignalBiasGradient",
    "SignalConvolution",
    "SignalFullInputGradient",
    "SignalInputGradient",
    "SignalKernelGradient",
    "Softmax",
    "SoftmaxGradient",
    "Stage",
    "StagePosition",
    "StagedStep",
    "StagedTrace",
    "Step",
    "Stepped",
    "StructuredMatrix",
    "TransposedConvolution",
    "TransposedInputGradient",
    "TransposedKernelGradient",
    "TurnStep",
    "Uses",
    "WeightUpdate",
    "activation",
    "activation_gradient",
    "adaptive_pooling",
    "batch_norm",
    "batch_norm_gradient",
    "bias_gradient",
    "bias_gradient_1d",
    "check_grain",
    "convolution",
    "convolution_1d",
    "counts",
    "cross_entropy",
    "cross_entropy_gradient",
    "dense",
    "dense_bias_gradient",
    "dense_input_gradient",
    "dense_weight_gradient",
    "dropout",
    "dropout_gradient",
    "equivariance",
    "field_of_view",
    "flatten",
    "flatten_gradient",
    "flipped_first",
    "full_input_gradient",
    "full_input_gradient_1d",
    "initial_weight",
    "initial_weights",
    "input_gradient",
    "input_gradient_1d",
    "input_gradient_scatter",
    "input_gradient_scatter_1d",
    "is_circulant",
    "kernel_gradient",
    "kernel_gradient_1d",
    "kernel_matrix",
    "local_response_norm",
    "local_response_norm_gradient",
    "moment",
    "patch_matrix",
    "pooling",
    "pooling_gradient",
    "shift_effect",
    "softmax",
    "softmax_gradient",
    "sources",
    "stage_position",
    "tiny_network",
    "toeplitz_matrix",
    "transposed_bias_gradient",
    "transposed_convolution",
    "transposed_input_gradient",
    "transposed_kernel_gradient",
    "transposed_scatter",
    "turned_first",
    "uses",
    "weight_shapes",
    "weight_update",
]
