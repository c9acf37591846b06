"""Layers and networks.

A layer describes one step and has no numbers of its own; a `Sequential` chains named layers and keeps their parameters.
"""

from cnnsim.nn.gradient import BatchResult, batch_gradient
from cnnsim.nn.layer import Layer
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.parameterless import AvgPool2d, Flatten, MaxPool2d, ReLU, Tanh
from cnnsim.nn.sequential import Sequential

__all__ = [
    "AvgPool2d",
    "BatchResult",
    "Conv2d",
    "Flatten",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "Tanh",
    "batch_gradient",
]
