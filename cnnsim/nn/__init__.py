"""Layers and networks.

A layer describes one step and has no numbers of its own. A `Network` joins named layers to a graph and keeps their
parameters; a `Sequential` is one that is a chain.
"""

from cnnsim.nn import initial
from cnnsim.nn.dropout import Dropout
from cnnsim.nn.gradient import BatchResult, batch_gradient
from cnnsim.nn.joins import Add, Concatenate
from cnnsim.nn.layer import Join, Layer, TrainingLayer
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.losses import LOSSES
from cnnsim.nn.network import Network
from cnnsim.nn.node import Node
from cnnsim.nn.normalisation import BatchNorm
from cnnsim.nn.parameterless import AvgPool2d, Flatten, MaxPool2d, ReLU, Tanh
from cnnsim.nn.sequential import Sequential
from cnnsim.nn.start import fresh_state

__all__ = [
    "LOSSES",
    "Add",
    "AvgPool2d",
    "BatchNorm",
    "BatchResult",
    "Concatenate",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Join",
    "Layer",
    "Linear",
    "MaxPool2d",
    "Network",
    "Node",
    "ReLU",
    "Sequential",
    "Tanh",
    "TrainingLayer",
    "batch_gradient",
    "fresh_state",
    "initial",
]
