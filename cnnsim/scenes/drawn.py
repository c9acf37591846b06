"""The scene that belongs to a trace: one case for each operation."""

from typing import Any

from cnnsim.drawing import Drawing
from cnnsim.scenes.activation import ActivationLook, activation_scene
from cnnsim.scenes.activation_gradient import ActivationGradientLook, activation_gradient_scene
from cnnsim.scenes.cellwise import cellwise_scene
from cnnsim.scenes.convolution import ConvolutionLook, convolution_scene
from cnnsim.scenes.convolution_1d import SignalLook, convolution_1d_scene
from cnnsim.scenes.convolution_1d_bias_gradient import SignalBiasGradientLook
from cnnsim.scenes.convolution_1d_flip import flip_scene
from cnnsim.scenes.convolution_1d_full_gradient import SignalFullGradientLook, full_input_gradient_1d_scene
from cnnsim.scenes.convolution_1d_input_gradient import SignalInputGradientLook, input_gradient_1d_scene
from cnnsim.scenes.convolution_1d_kernel_gradient import SignalKernelGradientLook, kernel_gradient_1d_scene
from cnnsim.scenes.convolution_bias_gradient import BiasGradientLook
from cnnsim.scenes.convolution_full_gradient import FullInputGradientLook
from cnnsim.scenes.convolution_input_gradient import InputGradientLook
from cnnsim.scenes.convolution_kernel_gradient import KernelGradientLook
from cnnsim.scenes.counts import counts_scene
from cnnsim.scenes.dense import DenseLook
from cnnsim.scenes.dense_gradients import DenseBiasGradientLook, DenseInputGradientLook, DenseWeightGradientLook
from cnnsim.scenes.dropout import DropoutGradientLook, DropoutLook
from cnnsim.scenes.equivariance import EquivarianceLook
from cnnsim.scenes.field_of_view import field_of_view_scene
from cnnsim.scenes.flatten import FlattenGradientLook, FlattenLook, flatten_scene
from cnnsim.scenes.kernel_turn import kernel_turn_scene
from cnnsim.scenes.layout import View
from cnnsim.scenes.look import Look
from cnnsim.scenes.pooling import PoolingLook, pooling_scene
from cnnsim.scenes.pooling_gradient import PoolingGradientLook
from cnnsim.scenes.scatter import scatter_scene
from cnnsim.scenes.shift import ShiftLook, shift_scene
from cnnsim.scenes.staged import staging_of
from cnnsim.scenes.stages import staged_scene
from cnnsim.scenes.stems import stems_scene
from cnnsim.scenes.transposed import TransposedLook, transposed_scene
from cnnsim.scenes.transposed_input_gradient import TransposedInputGradientLook
from cnnsim.scenes.transposed_kernel_gradient import TransposedKernelGradientLook
from cnnsim.scenes.weight_update import WeightUpdateLook, weight_update_scene
from cnnsim.trace import (
    Activation,
    ActivationGradient,
    BiasGradient,
    CellwiseTrace,
    Convolution,
    Counts,
    Dense,
    DenseBiasGradient,
    DenseInputGradient,
    DenseWeightGradient,
    Dropout,
    DropoutGradient,
    Equivariance,
    FieldOfView,
    Flatten,
    FlattenGradient,
    FullInputGradient,
    GrainView,
    InputGradient,
    KernelGradient,
    KernelTurn,
    Pooling,
    PoolingGradient,
    ScatterTrace,
    ShiftEffect,
    SignalBiasGradient,
    SignalConvolution,
    SignalFullInputGradient,
    SignalInputGradient,
    SignalKernelGradient,
    StagedTrace,
    TransposedConvolution,
    TransposedInputGradient,
    TransposedKernelGradient,
    WeightUpdate,
    stage_position,
)


def draw(steps: GrainView[Any], position: float, view: View) -> Drawing:
    """Draw the steps of any operation at a position with the operation's own scene."""
    match steps.trace:
        case ScatterTrace():
            return scatter_scene(steps, position, view)
        case CellwiseTrace(rule=Convolution()):
            return convolution_scene(steps, position, view)
        case CellwiseTrace(rule=Activation()):
            return activation_scene(steps, position, view)
        case CellwiseTrace(rule=ActivationGradient()):
            return activation_gradient_scene(steps, position, view)
        case CellwiseTrace(rule=Pooling()):
            return pooling_scene(steps, position, view)
        case CellwiseTrace(rule=ShiftEffect()):
            return shift_scene(steps, position, view)
        case CellwiseTrace(rule=TransposedConvolution()):
            return transposed_scene(steps, position, view)
        case CellwiseTrace(rule=WeightUpdate()):
            return weight_update_scene(steps, position, view)
        case CellwiseTrace(rule=SignalConvolution()):
            return convolution_1d_scene(steps, position, view)
        case CellwiseTrace(rule=SignalKernelGradient()):
            return kernel_gradient_1d_scene(steps, position, view)
        case CellwiseTrace(rule=SignalInputGradient()):
            return input_gradient_1d_scene(steps, position, view)
        case CellwiseTrace(rule=SignalFullInputGradient()):
            return full_input_gradient_1d_scene(steps, position, view)
        case CellwiseTrace(rule=SignalBiasGradient()):
            return stems_scene(SignalBiasGradientLook(steps.trace), steps, position, view)
        case CellwiseTrace(rule=Flatten() | FlattenGradient()):
            return flatten_scene(steps, position, view)
        case CellwiseTrace():
            return cellwise_scene(look_of(steps.trace), steps, position, view)
        case KernelTurn():
            return kernel_turn_scene(steps, position, view)
        case StagedTrace(operation=SignalConvolution()):
            found = stage_position(steps, position)
            scene = flip_scene if found.stage == 0 else convolution_1d_scene
            return scene(found.steps, found.position, view)
        case StagedTrace(operation=Convolution()):
            found = stage_position(steps, position)
            return draw(found.steps, found.position, view)
        case StagedTrace():
            return staged_scene(staging_of(steps.trace), steps, position, view)
        case Counts():
            return counts_scene(steps, position, view)
        case FieldOfView():
            return field_of_view_scene(steps, position, view)
        case trace:
            raise TypeError(f"no scene draws {type(trace).__name__}")


def look_of(trace: CellwiseTrace[Any]) -> Look:
    """Return the look of an operation that computes cell by cell."""
    match trace.rule:
        case Convolution():
            return ConvolutionLook(trace)
        case KernelGradient():
            return KernelGradientLook(trace)
        case FullInputGradient():
            return FullInputGradientLook(trace)
        case InputGradient():
            return InputGradientLook(trace)
        case Pooling():
            return PoolingLook(trace)
        case PoolingGradient():
            return PoolingGradientLook(trace)
        case WeightUpdate():
            return WeightUpdateLook(trace)
        case ShiftEffect():
            return ShiftLook(trace)
        case Equivariance():
            return EquivarianceLook(trace)
        case Activation():
            return ActivationLook(trace)
        case ActivationGradient():
            return ActivationGradientLook(trace)
        case BiasGradient():
            return BiasGradientLook(trace)
        case Dense():
            return DenseLook(trace)
        case DenseBiasGradient():
            return DenseBiasGradientLook(trace)
        case DenseInputGradient():
            return DenseInputGradientLook(trace)
        case DenseWeightGradient():
            return DenseWeightGradientLook(trace)
        case DropoutGradient():
            return DropoutGradientLook(trace)
        case Dropout():
            return DropoutLook(trace)
        case FlattenGradient():
            return FlattenGradientLook(trace)
        case Flatten():
            return FlattenLook(trace)
        case SignalConvolution():
            return SignalLook(trace)
        case SignalKernelGradient():
            return SignalKernelGradientLook(trace)
        case SignalInputGradient():
            return SignalInputGradientLook(trace)
        case SignalFullInputGradient():
            return SignalFullGradientLook(trace)
        case SignalBiasGradient():
            return SignalBiasGradientLook(trace)
        case TransposedConvolution():
            return TransposedLook(trace)
        case TransposedInputGradient():
            return TransposedInputGradientLook(trace)
        case TransposedKernelGradient():
            return TransposedKernelGradientLook(trace)
        case rule:
            raise TypeError(f"no look shows {type(rule).__name__}")
