"""What each operation looks like: pure functions from a trace, a position and the space available to a drawing."""

from cnnsim.scenes.activation import activation_scene
from cnnsim.scenes.activation_gradient import activation_gradient_scene
from cnnsim.scenes.convolution import convolution_scene
from cnnsim.scenes.convolution_input_gradient import input_gradient_scene
from cnnsim.scenes.convolution_kernel_gradient import kernel_gradient_scene
from cnnsim.scenes.counts import counts_scene
from cnnsim.scenes.drawn import draw
from cnnsim.scenes.field_of_view import field_of_view_scene, nearest_unit
from cnnsim.scenes.layout import View
from cnnsim.scenes.matrix_view import check_matrix, matrix_scene
from cnnsim.scenes.pointing import operand_at, operand_words, result_words, step_at
from cnnsim.scenes.pooling import pooling_scene
from cnnsim.scenes.pooling_gradient import pooling_gradient_scene
from cnnsim.scenes.scatter import scatter_scene
from cnnsim.scenes.shift import shift_scene
from cnnsim.scenes.tiny_network import tiny_network_scene
from cnnsim.scenes.tiny_network_terms import result_in_overview
from cnnsim.scenes.training import training_curves, training_report, training_scene
from cnnsim.scenes.weight_update import weight_update_scene

__all__ = [
    "View",
    "activation_gradient_scene",
    "activation_scene",
    "check_matrix",
    "convolution_scene",
    "counts_scene",
    "draw",
    "field_of_view_scene",
    "input_gradient_scene",
    "kernel_gradient_scene",
    "matrix_scene",
    "nearest_unit",
    "operand_at",
    "operand_words",
    "pooling_gradient_scene",
    "pooling_scene",
    "result_in_overview",
    "result_words",
    "scatter_scene",
    "shift_scene",
    "step_at",
    "tiny_network_scene",
    "training_curves",
    "training_report",
    "training_scene",
    "weight_update_scene",
]
