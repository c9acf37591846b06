"""``cnnsim predict``: which digit a picture shows."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnsim.errors import InputError

if TYPE_CHECKING:
    from cnnsim.data.dataset import Bytes
    from cnnsim.nn import Sequential
    from cnnsim.nn.layer import Floats

    Classifier = Callable[[Floats], Floats]

_TOP = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A digit and the probability that the network gives it."""

    digit: int
    probability: float


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the pictures and the weights."""
    parser.description = (
        "Each picture is cropped, scaled into 20×20 and centred in 28×28 as MNIST's digits were; "
        "dark on light and light on dark both work."
    )
    parser.add_argument("images", metavar="IMAGE", nargs="+", type=Path, help="picture of one digit (PNG, JPEG, ...)")
    parser.add_argument(
        "--weights",
        metavar="FILE",
        type=Path,
        help="weights that cnnsim train wrote, or an .onnx file for 28×28 digits (default: the LeNet shipped here)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the most probable digits of every picture; nothing if one of them cannot be read."""
    import numpy as np

    images = np.stack([read_digit(path) for path in args.images])
    guesses = predict(load_classifier(args.weights), images)
    if args.json:
        print(json.dumps(_report(args.weights, args.images, guesses), indent=2))
        return 0
    for path, ranking in zip(args.images, guesses, strict=True):
        ranked = "   ".join(f"{guess.digit}: {guess.probability:.1%}" for guess in ranking)
        print(f"{path}: {ranking[0].digit}   ({ranked})")
    return 0


def read_digit(path: Path) -> Bytes:
    """Picture file as an image (28, 28) of MNIST's form.

    Raises
    ------
    InputError
        If it cannot be read or shows nothing; the message names the file.
    """
    from cnnsim.data import mnist_form, read_picture

    grey = read_picture(path)
    try:
        return mnist_form(grey)
    except InputError as error:
        raise InputError("image", path, error.rule, error.remedy) from error


def load_classifier(weights: Path | None) -> Classifier:
    """From prepared images (N, 1, 28, 28) to logits (N, 10): an ONNX file, or as `load_network`.

    Raises
    ------
    InputError
        As `load_network`, or if the ONNX file cannot be used.
    """
    if weights is None or weights.suffix.lower() != ".onnx":
        return load_network(weights)
    from cnnsim.exchange import load_onnx

    model = load_onnx(weights, "weights")

    def classify(images: Floats) -> Floats:
        import numpy as np

        # one by one, since many files are made for exactly one image
        scores = [_scores(model(image[None]), weights) for image in images]
        return np.stack(scores)

    return classify


def _scores(output: Floats, weights: Path) -> Floats:
    """Ten logits from what an ONNX file gives for one image, which may be probabilities."""
    import numpy as np

    if output.size != 10 or output.dtype.kind != "f" or not np.isfinite(output).all():
        rule = f"gives {output.dtype}{output.shape} and not ten finite numbers for an image"
        raise InputError("weights", weights, rule, "use a network that was made for digits")
    scores = output.reshape(10)
    if scores.min() >= 0 and abs(scores.sum() - 1) < 1e-3:
        scores = np.log(np.maximum(scores, np.finfo(scores.dtype).tiny))
    return scores.astype(np.float32)


def load_network(weights: Path | None) -> Sequential:
    """LeNet-5 with the shipped weights, or the network that `weights` was trained for.

    Raises
    ------
    InputError
        If the file cannot be read, or does not fit its network.
    """
    import numpy as np

    from cnnsim.models import build, pretrained
    from cnnsim.weights import load_weights

    if weights is None:
        return pretrained()
    state, metadata = load_weights(weights)
    name = metadata.get("model", "lenet5")
    remedy = "use a file that cnnsim train wrote"
    try:
        network = build(name)
        network.load_state_dict(state)
    except InputError as error:
        raise InputError("weights", weights, f"does not fit {name}: {error.argument} {error.rule}", remedy) from error
    if not np.isfinite(network.vector).all():
        raise InputError("weights", weights, "holds numbers that are not finite", remedy)
    return network


def predict(network: Classifier, images: Bytes) -> list[list[Guess]]:
    """Rank the three most probable digits of each image (N, 28, 28), the most probable first."""
    from cnnsim.functional import softmax
    from cnnsim.models import prepare

    probabilities = softmax(network(prepare(images)))
    order = (-probabilities).argsort(axis=1, kind="stable")[:, :_TOP]
    return [
        [Guess(int(digit), float(row[digit])) for digit in ranking]
        for row, ranking in zip(probabilities, order, strict=True)
    ]


def _report(weights: Path | None, paths: list[Path], guesses: list[list[Guess]]) -> dict[str, object]:
    return {
        "weights": str(weights) if weights else "shipped",
        "images": [
            {
                "image": str(path),
                "digit": ranking[0].digit,
                "top": [{"digit": guess.digit, "probability": guess.probability} for guess in ranking],
            }
            for path, ranking in zip(paths, guesses, strict=True)
        ],
    }
