"""A network small enough to follow every number of it while it learns, pass after pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.checks import checked_array, checked_integers
from cnnsim.trace.tiny_network_course import course
from cnnsim.trace.tiny_network_pass import Example, Start
from cnnsim.trace.tiny_network_trace import NetworkTrace, set_up
from cnnsim.trace.tiny_network_weights import WEIGHTS, Weights, features_of

MOST_PASSES = 200


def tiny_network(
    images: Any,
    targets: int | Sequence[int],
    weights: Weights,
    *,
    lr: float = 0.1,
    momentum: float = 0.5,
    passes: int = 20,
    classes: Sequence[str] = (),
) -> NetworkTrace:
    """Return the steps of a tiny network that learns: convolution, ReLU, max pooling, dense layer, softmax, loss.

    Each pass shows it one image, goes back to the gradient of every weight, and updates all of them by gradient descent
    with momentum.

    Parameters
    ----------
    images
        One image (H, W), or several (N, H, W), of which each pass takes the next.
    targets
        Class of the image, or of each.
    weights
        To begin with; see `initial_weights`.
    lr, momentum
        Of the update.
    passes
        How many, 1 to 200.
    classes
        What the classes are called; their numbers if empty.

    Returns
    -------
    NetworkTrace
        Its ``output`` is the loss of each pass before its update.

    Raises
    ------
    InputError
        If an image, a target or a weight does not fit the others, a number is out of range, or the learning rate is so
        large that the weights grow without bounds.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, chapters 6, 8 and 9.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace.tiny_network_weights import initial_weights
    >>> trace = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=3)
    >>> trace[0].stage, trace[-1].stage
    ('convolution', 'dense biases update')
    >>> bool(trace.output[2] < trace.output[0])
    True
    """
    count = len(weights["dense biases"])
    names = tuple(classes) or tuple(str(number) for number in range(count))
    examples = _examples(images, targets, weights)
    if len(names) != count:
        raise InputError("classes", ", ".join(names), f"are not {count}", "give each class a name")
    if not 1 <= checked_integers("passes", passes, 1)[0] <= MOST_PASSES:
        raise InputError("passes", passes, "is out of range", f"use 1 to {MOST_PASSES}")
    still = {name: np.zeros(weights[name].shape) for name in WEIGHTS}
    start = Start(0, examples[0], weights, still, lr, momentum)
    set_up(start)  # refuses what does not fit
    learned = course(start, examples, passes)
    starts = (start, *learned.starts[1:])  # the first pass is set up already
    return NetworkTrace(starts, learned.losses, learned.losses_after, names)


def _examples(images: Any, targets: int | Sequence[int], weights: Weights) -> tuple[Example, ...]:
    grids = checked_array("image", images, 2, 3)
    numbers = checked_integers("target", targets, 1, len(grids))
    if len(numbers) != len(grids):
        raise InputError("target", targets, f"does not name the class of {len(grids)} images", "give one for each")
    classes, features = weights["dense weights"].shape
    for number in numbers:
        if not 0 <= number < classes:
            raise InputError("target", number, "is no class", f"use 0 to {classes - 1}")
    height, width = grids.shape[1:]
    if height != width or features_of(height, len(weights["kernels"])) != features:
        rule = f"gives another number of features than the {features} that the dense weights take"
        raise InputError("image", f"{height} × {width}", rule, "use a square image of the size that they were made for")
    return tuple(Example(image, number) for image, number in zip(grids, numbers, strict=True))
