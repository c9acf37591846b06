"""Layers and networks.

A layer describes one step and has no numbers of its own. A `Network` joins named layers to a graph and keeps their
parameters; a `Sequential` is one that is a chain.
"""

from cnnsim.nn import initial
from cnnsim.nn.backwards import input_gradient
from cnnsim.nn.convolutions import Conv1d, ConvTranspose2d
from cnnsim.nn.crew import Crew
from cnnsim.nn.dropout import Dropout
from cnnsim.nn.elementwise import LeakyReLU, LocalResponseNorm, LogSoftmax, ScaledTanh, Sigmoid, Softmax
from cnnsim.nn.gradient import BatchResult, batch_gradient
from cnnsim.nn.imagewise import AdaptiveAvgPool2d, AdaptiveMaxPool2d, Fold, LPPool2d, Pad, Unfold, WeightedPool2d
from cnnsim.nn.joins import Add, Concatenate
from cnnsim.nn.layer import Join, Layer, TrainingLayer
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.losses import LOSSES
from cnnsim.nn.network import Network
from cnnsim.nn.node import Node
from cnnsim.nn.normalisation import BatchNorm
from cnnsim.nn.parameterless import Flatten, ReLU, Tanh
from cnnsim.nn.pooling import AvgPool2d, MaxPool2d
from cnnsim.nn.sequential import Sequential
from cnnsim.nn.start import fresh_state
from cnnsim.nn.summaries import LayerSummary, Summary, summary
from cnnsim.nn.view import View

__all__ = [
    "LOSSES",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Add",
    "AvgPool2d",
    "BatchNorm",
    "BatchResult",
    "Concatenate",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Crew",
    "Dropout",
    "Flatten",
    "Fold",
    "Join",
    "LPPool2d",
    "Layer",
    "LayerSummary",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "LogSoftmax",
    "MaxPool2d",
    "Network",
    "Node",
    "Pad",
    "ReLU",
    "ScaledTanh",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Summary",
    "Tanh",
    "TrainingLayer",
    "Unfold",
    "View",
    "WeightedPool2d",
    "batch_gradient",
    "fresh_state",
    "initial",
    "input_gradient",
    "summary",
]
