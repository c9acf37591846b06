"""One pass of the tiny network: forward to the loss, backward to every weight, and the update of each."""

from dataclasses import dataclass
from typing import Any

from cnnsim.trace.activation import activation, activation_gradient
from cnnsim.trace.cellwise import Array, CellwiseTrace
from cnnsim.trace.convolution import convolution
from cnnsim.trace.convolution_input_gradient import input_gradient
from cnnsim.trace.convolution_kernel_gradient import bias_gradient, kernel_gradient
from cnnsim.trace.cross_entropy import cross_entropy, cross_entropy_gradient
from cnnsim.trace.dense import dense
from cnnsim.trace.dense_gradients import dense_bias_gradient, dense_input_gradient, dense_weight_gradient
from cnnsim.trace.flatten import flatten, flatten_gradient
from cnnsim.trace.grain import Stepped
from cnnsim.trace.pooling import pooling
from cnnsim.trace.pooling_gradient import pooling_gradient
from cnnsim.trace.stages import Stage, StagedTrace
from cnnsim.trace.tiny_network_weights import POOL, WEIGHTS, Weights
from cnnsim.trace.weight_update import WeightUpdate, weight_update

FORWARD = ("convolution", "relu", "pooling", "flatten", "dense", "loss")
BACKWARD = (
    "logit gradient",
    "dense weight gradient",
    "dense bias gradient",
    "dense input gradient",
    "flatten gradient",
    "pooling gradient",
    "relu gradient",
    "kernel gradient",
    "kernel bias gradient",
    "image gradient",
)
UPDATE = tuple(f"{name} update" for name in WEIGHTS)
STAGES = (*FORWARD, *BACKWARD, *UPDATE)
"""Names of the stages of a pass, in order."""

GRADIENTS = dict(
    zip(
        WEIGHTS,
        ("kernel gradient", "kernel bias gradient", "dense weight gradient", "dense bias gradient"),
        strict=True,
    )
)
"""Names of the stages that compute the gradients of the weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An image, (H, W), and the number of its class."""

    image: Array
    target: int


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """All that a pass depends on.

    Parameters
    ----------
    number
        Of the pass, from 0.
    example
        The image that is shown, and its class.
    weights, velocities
        As the pass before left them, by the names in `WEIGHTS`.
    lr, momentum
        Of the update.
    """

    number: int
    example: Example
    weights: Weights
    velocities: Weights
    lr: float
    momentum: float


Pass = StagedTrace[Start]
"""The steps of a pass; its stages have the names in `STAGES`."""


def network_pass(start: Start) -> Pass:
    """Return the steps of one pass.

    Parameters
    ----------
    start
        What it depends on.

    Returns
    -------
    StagedTrace
        The stages in `STAGES`.

    Raises
    ------
    InputError
        If the weights do not fit the image, or a number has grown out of bounds.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, section 6.5.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import gallery
    >>> from cnnsim.trace.tiny_network_weights import initial_weights
    >>> weights = initial_weights(8, kernels=2, classes=2, seed=0)
    >>> still = {name: np.zeros(array.shape) for name, array in weights.items()}
    >>> steps = network_pass(Start(0, Example(gallery.shape("cross"), 0), weights, still, lr=0.1, momentum=0.5))
    >>> [stage.name for stage in steps.stages][:4]
    ['convolution', 'relu', 'pooling', 'flatten']
    """
    convolved = convolution(start.example.image, start.weights["kernels"], start.weights["kernel biases"].ravel())
    detected = activation(convolved.output)
    pooled = pooling(detected.output, POOL)
    flat = flatten(pooled.output)
    logits = dense(flat.output, start.weights["dense weights"], start.weights["dense biases"])
    loss = cross_entropy(logits.output, start.example.target)
    to_logits = cross_entropy_gradient(loss)
    to_flat = dense_input_gradient(logits, to_logits.output)
    to_pooled = flatten_gradient(flat, to_flat.output)
    to_detected = pooling_gradient(pooled, to_pooled.output)
    to_convolved = activation_gradient(detected, to_detected.output)
    gradients: dict[str, Stepped[Any]] = {
        "dense weights": dense_weight_gradient(logits, to_logits.output),
        "dense biases": dense_bias_gradient(logits, to_logits.output),
        "kernels": kernel_gradient(convolved, to_convolved.output),
        "kernel biases": bias_gradient(convolved, to_convolved.output),
    }
    traces: tuple[Stepped[Any], ...] = (
        *(convolved, detected, pooled, flat, logits, loss),
        *(to_logits, gradients["dense weights"], gradients["dense biases"], to_flat, to_pooled, to_detected),
        *(to_convolved, gradients["kernels"], gradients["kernel biases"]),
        input_gradient(convolved, to_convolved.output),
        *(_update(start, name, gradients[name].output) for name in WEIGHTS),
    )
    return StagedTrace(start, tuple(Stage(name, trace) for name, trace in zip(STAGES, traces, strict=True)))


def _update(start: Start, name: str, gradient: Array) -> CellwiseTrace[WeightUpdate]:
    w, v = start.weights[name], start.velocities[name]
    return weight_update(w, gradient, v, lr=start.lr, momentum=start.momentum)
