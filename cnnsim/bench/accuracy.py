"""Seconds of training until a network gets 99 % of the test images right, with one recipe for both sides."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from cnnsim import data
from cnnsim.bench.pytorch import train_step, translate
from cnnsim.errors import InputError
from cnnsim.models import lenet5, prepare
from cnnsim.train import Hyperparameters, train
from cnnsim.warmup import warm_up

_SEED = 1
_ONLY_WHOLE_EPOCHS = 10**9


@dataclass(frozen=True, slots=True)
class Recipe:
    """How both sides train: the defaults of ``cnnsim train``, until the goal or the last epoch."""

    data: str
    threads: int
    batch_size: int
    epochs: int
    limit: int | None
    goal: float = 0.99


@dataclass(frozen=True, slots=True)
class Outcome:
    """Test accuracy after each epoch, and the seconds of training until then; testing is not counted."""

    accuracies: tuple[float, ...]
    seconds: tuple[float, ...]
    goal: float

    @property
    def reached(self) -> float | None:
        """Seconds until the goal, None if it was not reached."""
        return next((s for a, s in zip(self.accuracies, self.seconds, strict=True) if a >= self.goal), None)

    def __str__(self) -> str:
        epochs = len(self.accuracies)
        if self.reached is None:
            return f"{max(self.accuracies):.2%} at best in {epochs} epochs and {self.seconds[-1]:.1f} s of training"
        return f"{self.goal:.0%} after {epochs} epochs and {self.reached:.1f} s of training"


def times_to_goal(recipe: Recipe, sides: Sequence[str]) -> dict[str, Outcome]:
    """Train with each side in a process of its own, one after the other.

    Raises
    ------
    InputError
        If the data cannot be had.
    """
    data.check_source(recipe.data)
    return {side: _run(side, recipe) for side in sides}


def _run(side: str, recipe: Recipe) -> Outcome:
    command = [sys.executable, "-m", "cnnsim.bench.accuracy", side, json.dumps(asdict(recipe))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError("--data", recipe.data, done.stderr.strip(), "mend what is said there")
    accuracies, seconds = zip(*json.loads(done.stdout), strict=True)
    return Outcome(accuracies, seconds, recipe.goal)


def _epochs(side: str, recipe: Recipe) -> Iterator[tuple[float, float]]:
    """Test accuracy and seconds of training so far, after each epoch."""
    digits = data.load(recipe.data, seed=_SEED)
    digits = digits if recipe.limit is None else digits.limited(recipe.limit)
    return _ours(recipe, digits) if side == "cnnsim" else _torch(recipe, digits)


def _ours(recipe: Recipe, digits: data.Dataset) -> Iterator[tuple[float, float]]:
    warm_up()
    for snapshot in train(
        lenet5(_SEED),
        digits,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        seed=_SEED,
        threads=recipe.threads,
        every=_ONLY_WHOLE_EPOCHS,
    ):
        if snapshot.test_accuracy is not None:
            yield snapshot.test_accuracy, snapshot.seconds


def _torch(recipe: Recipe, digits: data.Dataset) -> Iterator[tuple[float, float]]:
    """Train in the same way, from the same weights, on the same batches."""
    import torch

    torch.set_num_threads(recipe.threads)
    network, defaults = translate(lenet5(_SEED)), Hyperparameters()
    optimiser = torch.optim.SGD(network.parameters(), lr=defaults.learning_rate, momentum=defaults.momentum)
    labels, seconds = digits.train_labels.astype(np.int64), 0.0
    for epoch in range(1, recipe.epochs + 1):
        start = time.perf_counter()
        order = np.random.default_rng((_SEED, epoch)).permutation(len(labels))
        for first in range(0, len(order), recipe.batch_size):
            chosen = order[first : first + recipe.batch_size]
            images = torch.from_numpy(prepare(digits.train_images[chosen]))
            train_step(network, optimiser, images, torch.from_numpy(labels[chosen])).item()
        seconds += time.perf_counter() - start
        with torch.inference_mode():
            guesses = network(torch.from_numpy(prepare(digits.test_images))).argmax(1).numpy()
        yield float((guesses == digits.test_labels).mean()), seconds


def main(side: str, recipe: Recipe) -> int:
    """Print the pairs of all epochs up to the goal."""
    pairs = []
    try:
        for accuracy, seconds in _epochs(side, recipe):
            pairs.append((accuracy, seconds))
            if accuracy >= recipe.goal:
                break
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(pairs))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Recipe(**json.loads(sys.argv[2]))))
