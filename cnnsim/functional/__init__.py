"""Operations of a convolutional network and their gradients, on NumPy arrays (N, C, H, W) of float32 or float64.

Names, argument order and defaults are those of `torch.nn.functional`. Beside each operation ``f`` stands
``f_backward(dy, *the same arguments as f)``, which returns the gradients of f's array arguments in their order: a
single one bare, None where an argument was None.
"""

from cnnsim.functional._activation import relu, relu_backward, tanh, tanh_backward
from cnnsim.functional._convolution import conv2d, conv2d_backward
from cnnsim.functional._dense import linear, linear_backward
from cnnsim.functional._loss import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)
from cnnsim.functional._pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "relu_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]
