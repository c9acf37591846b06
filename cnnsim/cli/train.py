"""``cnnsim train``: train a network, show how it goes on stderr, and keep what was learned."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnsim import __version__
from cnnsim.cli.options import Subparsers, add_data_option, require_range
from cnnsim.errors import InputError
from cnnsim.files import check_writable
from cnnsim.optim import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnsim.data import Dataset
    from cnnsim.nn import Sequential
    from cnnsim.train import Snapshot

_INTERRUPTED = 130
_BATCHES_PER_REPORT = 10


@dataclass(frozen=True, slots=True)
class Result:
    """What a training came to; `seconds` and `images_per_second` count training alone."""

    data: str
    epochs: int
    parameters: int
    train_loss: float
    test_loss: float | None
    test_accuracy: float | None
    images_per_second: float
    seconds: float
    seed: int

    def __str__(self) -> str:
        return (
            f"{self.data}: test accuracy {self.test_accuracy:.2%} after {self.epochs} epochs "
            f"({self.parameters:,} parameters, train loss {self.train_loss:.4f}, test loss {self.test_loss:.4f}, "
            f"{self.images_per_second:,.0f} images/s, {self.seconds:.1f} s, seed {self.seed})"
        )


def add_parser(subparsers: Subparsers) -> None:
    """Add ``train`` with its options."""
    parser = subparsers.add_parser("train", help="train a network", description="Train a network on digits.")
    parser.add_argument("--model", metavar="NAME", default="lenet5", help="network to train (default: %(default)s)")
    add_data_option(parser)
    for name, kind, default, text in (
        ("--epochs", int, 3, "passes over the training images"),
        ("--batch-size", int, 64, "images per step"),
        ("--lr", float, DEFAULT.lr, "learning rate"),
        ("--momentum", float, DEFAULT.momentum, "momentum, from 0 to below 1"),
        ("--seed", int, 0, "of the first weights, the order of the images, and synthetic digits"),
    ):
        parser.add_argument(
            name, type=kind, default=default, metavar=name[2].upper(), help=f"{text} (default: %(default)s)"
        )
    parser.add_argument("--limit", type=int, metavar="N", help="use the first N training and at most N test images")
    parser.add_argument("--threads", type=int, metavar="N", help="threads; does not change the result (default: all)")
    parser.add_argument("--out", type=Path, metavar="FILE.safetensors", help="where to keep the weights")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, keep the weights of the last completed epoch, and print the result."""
    from cnnsim.models import build

    _check(args)
    network = build(args.model, args.seed)
    data = _load(args)
    print(f"data: {data.source}", file=sys.stderr)
    last = None
    try:
        for snapshot in _epochs(network, data, args):
            last = snapshot
    except KeyboardInterrupt:
        print(f"\ncnnsim: interrupted; {_keep(last, data, args)}", file=sys.stderr)
        return _INTERRUPTED
    except InputError as error:
        rule = f"{error.rule}; {_keep(last, data, args)}"
        raise InputError(error.argument, error.value, rule, error.remedy) from error
    print(_keep(last, data, args), file=sys.stderr)
    if last is not None:
        result = _result(last, network.n_parameters, data, args)
        print(json.dumps(asdict(result)) if args.json else result)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot work before anything takes time."""
    require_range("--epochs", args.epochs, 1, 10_000)
    require_range("--batch-size", args.batch_size, 1, 100_000)
    require_range("--seed", args.seed, 0, 2**32 - 1)
    if not (args.lr > 0 and math.isfinite(args.lr)):
        raise InputError("--lr", args.lr, "is not a positive number", f"try {DEFAULT.lr}")
    if not 0 <= args.momentum < 1:
        raise InputError("--momentum", args.momentum, "is not from 0 to below 1", f"try {DEFAULT.momentum}")
    for option, value, high in (("--limit", args.limit, 10**9), ("--threads", args.threads, 256)):
        if value is not None:
            require_range(option, value, 1, high)
    if args.out is not None:
        check_writable(args.out)


def _load(args: argparse.Namespace) -> Dataset:
    from cnnsim.cli.progress import DownloadBar
    from cnnsim.data import load

    with DownloadBar() as bar:
        data = load(args.data, seed=args.seed, progress=bar.update)
    return data if args.limit is None else data.limited(args.limit)


def _epochs(network: Sequential, data: Dataset, args: argparse.Namespace) -> Iterator[Snapshot]:
    """Train, and yield the last snapshot of every epoch; progress is shown meanwhile.

    Raises
    ------
    InputError
        If training diverges.
    """
    from cnnsim.cli.progress import TrainingBar
    from cnnsim.train import Hyperparameters, train

    snapshots = train(
        network,
        data,
        epochs=args.epochs,
        batch_size=args.batch_size,
        seed=args.seed,
        threads=args.threads,
        hyperparameters=Hyperparameters(args.lr, args.momentum),
        every=_BATCHES_PER_REPORT,
    )
    with TrainingBar(len(data.train_images)) as bar:
        for snapshot in snapshots:
            if not _finite(snapshot):
                rule = f"made training diverge in epoch {snapshot.epoch}: the loss is no finite number any more"
                raise InputError("--lr", args.lr, rule, "use a smaller learning rate")
            bar.show(snapshot)
            if snapshot.evaluation is not None:
                yield snapshot


def _finite(snapshot: Snapshot) -> bool:
    losses = (snapshot.loss, snapshot.epoch_loss, 0.0 if snapshot.test_loss is None else snapshot.test_loss)
    return all(map(math.isfinite, losses))


def _keep(last: Snapshot | None, data: Dataset, args: argparse.Namespace) -> str:
    """Write the weights of the last completed epoch, if asked for, and say so."""
    from cnnsim.weights import save_weights

    if last is None:
        return "no epoch was completed, nothing is kept"
    if args.out is None:
        return f"the weights of epoch {last.epoch} are not kept (no --out)"
    metadata = {
        "model": args.model,
        "data": data.source,
        "images": len(data.train_images),
        "epochs": last.epoch,
        "batch_size": args.batch_size,
        "lr": args.lr,
        "momentum": args.momentum,
        "seed": args.seed,
        "test_accuracy": last.test_accuracy,
        "cnnsim": __version__,
    }
    save_weights(args.out, last.parameters, {name: str(value) for name, value in metadata.items()})
    return f"the weights of epoch {last.epoch} are in {args.out}"


def _result(last: Snapshot, parameters: int, data: Dataset, args: argparse.Namespace) -> Result:
    return Result(
        data=data.name,
        epochs=last.epoch,
        parameters=parameters,
        train_loss=last.epoch_loss,
        test_loss=last.test_loss,
        test_accuracy=last.test_accuracy,
        images_per_second=last.images_seen / last.seconds,
        seconds=last.seconds,
        seed=args.seed,
    )
