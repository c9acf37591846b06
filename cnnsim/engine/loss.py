"""Softmax and cross-entropy of blocks of logits, with the gradient in the same pass."""

import math

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.blocks import Floats
from cnnsim.engine.compile import kernel
from cnnsim.engine.memory import empty

Integers = NDArray[np.int64]

NO_IMAGE = -1
"""Label of the lanes that only fill a block up."""


@kernel
def cross_entropy_of(logits: Floats, labels: Integers, dlogits: Floats, loss: Floats, guess: Integers) -> None:
    """As `cross_entropy`, into arrays that are there."""
    blocks, classes, lanes = logits.shape
    for b in range(blocks):
        for lane in range(lanes):
            label = labels[b, lane]
            best = 0
            for c in range(1, classes):
                if logits[b, c, lane] > logits[b, best, lane]:
                    best = c
            guess[b, lane] = best
            peak = logits[b, best, lane]
            total = logits[b, best, lane] * 0
            for c in range(classes):
                dlogits[b, c, lane] = math.exp(logits[b, c, lane] - peak)
                total += dlogits[b, c, lane]
            if label < 0:
                loss[b, lane] = 0
                dlogits[b, :, lane] = 0
                continue
            loss[b, lane] = math.log(total) + peak - logits[b, label, lane]
            for c in range(classes):
                dlogits[b, c, lane] /= total
            dlogits[b, label, lane] -= 1


def cross_entropy(logits: Floats, labels: Integers) -> tuple[Floats, Floats, Integers]:
    """Loss of every image, its gradient p - y, and the class guessed.

    Logits (B, classes, L) and labels (B, L), `NO_IMAGE` where a lane holds none, to (B, L), (B, classes, L), (B, L).
    """
    dlogits, loss = empty(logits.shape, logits.dtype), empty(labels.shape, logits.dtype)
    guess = np.empty(labels.shape, np.int64)
    cross_entropy_of(logits, labels, dlogits, loss, guess)
    return loss, dlogits, guess
