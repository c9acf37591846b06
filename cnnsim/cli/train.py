"""``cnnsim train``: train a network, show how it goes on stderr, and keep what was learned."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnnsim.cli.job import Job, digest
from cnnsim.cli.options import require_range
from cnnsim.cli.recipe import Recipe, add_recipe_options, recipe_of, resumed_recipe
from cnnsim.errors import InputError
from cnnsim.files import check_writable

if TYPE_CHECKING:
    from cnnsim.data import Dataset
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


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the recipe, and what has no part in the result."""
    add_recipe_options(parser)
    parser.add_argument("--threads", type=int, metavar="N", help="threads; does not change the result (default: all)")
    parser.add_argument("--out", type=Path, metavar="FILE.safetensors", help="where to keep the weights")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE.safetensors", help="where to keep the training itself, to resume it"
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="FILE.safetensors",
        help="go on with the training in this file, and keep it there",
    )
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, keep the weights of the last completed epoch, and print the result."""
    job, data = _job(args)
    print(f"data: {data.source}", file=sys.stderr)
    if job.begun is not None:
        print(f"resumed: epoch {job.begun.position.epoch}, batch {job.begun.position.batch}", file=sys.stderr)
    try:
        last = _train(job, data)
    except KeyboardInterrupt:
        print(f"\ncnnsim: interrupted; {job.keep(data)}", file=sys.stderr)
        return _INTERRUPTED
    except InputError as error:
        raise InputError(error.argument, error.value, f"{error.rule}; {job.keep(data)}", error.remedy) from error
    print(job.keep(data), file=sys.stderr)
    result = _result(last, job.network.n_parameters, data, job.recipe.seed)
    print(json.dumps(asdict(result)) if args.json else result)
    return 0


def _job(args: argparse.Namespace) -> tuple[Job, Dataset]:
    """Refuse what cannot work before anything takes time, then load what is needed."""
    from cnnsim.checkpoint import load_checkpoint
    from cnnsim.models import build

    begun = None if args.resume is None else load_checkpoint(args.resume, "--resume")
    recipe = recipe_of(args) if begun is None else resumed_recipe(dict(begun.recipe), args)
    recipe.check()
    if args.threads is not None:
        require_range("--threads", args.threads, 1, 256)
    checkpoint = args.checkpoint or args.resume
    for option, path in (("--out", args.out), ("--checkpoint", checkpoint)):
        if path is not None:
            _check_file(path, option)
    if args.out is not None and checkpoint is not None and args.out.resolve() == checkpoint.resolve():
        raise InputError("--out", args.out, "is also the file of the checkpoint", "name another file")
    network = build(recipe.model, recipe.seed)
    data = _load(recipe)
    images = digest(data)
    if begun is not None and recipe.images != images:
        rule, remedy = "does not hold the images of the checkpoint", "give the same data with --data"
        raise InputError("--data", recipe.data, rule, remedy)
    job = Job(network, replace(recipe, images=images), begun, args.threads, args.out, checkpoint)
    return job, data


def _check_file(path: Path, option: str) -> None:
    if path.suffix.lower() == ".onnx":
        weights = path.with_suffix(".safetensors")
        remedy = f"use {option} {weights}, then cnnsim export-onnx --weights {weights} -o {path}"
        raise InputError(option, path, "is not the name of a safetensors file, which training writes", remedy)
    check_writable(path, option)


def _load(recipe: Recipe) -> Dataset:
    from cnnsim.cli.progress import DownloadBar
    from cnnsim.data import load

    with DownloadBar() as bar:
        data = load(recipe.data, seed=recipe.seed, progress=bar.update)
    return data if recipe.limit is None else data.limited(recipe.limit)


def _train(job: Job, data: Dataset) -> Snapshot:
    """Train to the end and return the last snapshot; progress is shown meanwhile.

    Raises
    ------
    InputError
        If training diverges.
    """
    from cnnsim.cli.progress import TrainingBar
    from cnnsim.train import train

    recipe, images = job.recipe, len(data.train_images)
    snapshots = train(
        job.network,
        data,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        seed=recipe.seed,
        threads=job.threads,
        every=_BATCHES_PER_REPORT,
        optimiser=recipe.rule(),
        schedule=recipe.shares(images),
        loss=recipe.loss,
        resume=job.begun,
    )
    with TrainingBar(images) as bar:
        for snapshot in snapshots:
            if not _finite(snapshot):
                rule = f"made training diverge in epoch {snapshot.epoch}: the loss is no finite number any more"
                raise InputError("--lr", snapshot.learning_rate, rule, "use a smaller learning rate")
            job.note(snapshot)
            bar.show(snapshot)
    return snapshot


def _finite(snapshot: Snapshot) -> bool:
    losses = (snapshot.loss, snapshot.epoch_loss, 0.0 if snapshot.test_loss is None else snapshot.test_loss)
    return all(map(math.isfinite, losses))


def _result(last: Snapshot, parameters: int, data: Dataset, seed: int) -> Result:
    return Result(
        data=data.name,
        epochs=last.epoch,
        parameters=parameters,
        train_loss=last.epoch_loss,
        test_loss=last.test_loss,
        test_accuracy=last.test_accuracy,
        images_per_second=last.images_seen / last.seconds,
        seconds=last.seconds,
        seed=seed,
    )
