"""Operations of a convolutional network and their gradients, on NumPy arrays (N, C, H, W) of float32 or float64.

Names, argument order and defaults are those of `torch.nn.functional`. Beside each operation ``f`` stands
``f_backward(dy, *the same arguments as f)``, which returns the gradients of f's array arguments in their order: a
single one bare, None where an argument was None.
"""

from cnnsim.functional._adaptive import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    adaptive_max_pool2d,
    adaptive_max_pool2d_backward,
)
from cnnsim.functional._convolution import conv2d, conv2d_backward
from cnnsim.functional._convolution1d import conv1d, conv1d_backward
from cnnsim.functional._dense import linear, linear_backward
from cnnsim.functional._dropout import dropout, dropout_backward
from cnnsim.functional._loss import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)
from cnnsim.functional._norm_pooling import (
    distance_weights,
    lp_pool2d,
    lp_pool2d_backward,
    weighted_pool2d,
    weighted_pool2d_backward,
)
from cnnsim.functional._normalisation import batch_norm, batch_norm_backward
from cnnsim.functional._padding import pad, pad_backward
from cnnsim.functional._patches import fold, fold_backward, unfold, unfold_backward
from cnnsim.functional._pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from cnnsim.functional._rectifier import leaky_relu, leaky_relu_backward, relu, relu_backward
from cnnsim.functional._response import local_response_norm, local_response_norm_backward
from cnnsim.functional._simple_losses import mse_loss, mse_loss_backward, nll_loss, nll_loss_backward
from cnnsim.functional._smooth import scaled_tanh, scaled_tanh_backward, sigmoid, sigmoid_backward, tanh, tanh_backward
from cnnsim.functional._transposed import conv_transpose2d, conv_transpose2d_backward

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "distance_weights",
    "dropout",
    "dropout_backward",
    "fold",
    "fold_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "local_response_norm",
    "local_response_norm_backward",
    "log_softmax",
    "log_softmax_backward",
    "lp_pool2d",
    "lp_pool2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "mse_loss",
    "mse_loss_backward",
    "nll_loss",
    "nll_loss_backward",
    "pad",
    "pad_backward",
    "relu",
    "relu_backward",
    "scaled_tanh",
    "scaled_tanh_backward",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
    "unfold",
    "unfold_backward",
    "weighted_pool2d",
    "weighted_pool2d_backward",
]
