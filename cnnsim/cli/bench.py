"""``cnnsim bench``: how fast engine and pictures are on this machine, beside PyTorch if asked."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from cnnsim.cli.options import add_data_option, require_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnsim.bench import Job

MEASUREMENTS = {
    "train": "steps of training LeNet-5",
    "inference": "LeNet-5 forward",
    "latency": "LeNet-5 forward for one image",
    "wide": "a network for 3×32×32 images and AlexNet, forward, at batch 1 and 16",
    "accuracy": "seconds until LeNet-5 gets 99 %% of MNIST's test images right",
    "memory": "peak memory of training LeNet-5",
    "scenes": "frames at 64×64 cells, any step of a very long trace, and the start of the program",
}
_WIDE_BATCHES = (1, 16)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what to measure, and how."""
    parser.description = (
        "Measure the engine or the pictures; every side runs in a process of its own, and they take turns."
    )
    listed = "; ".join(f"{name}: {text}" for name, text in MEASUREMENTS.items())
    parser.add_argument("measurement", choices=MEASUREMENTS, metavar="MEASUREMENT", help=listed)
    parser.add_argument("--against", choices=("torch",), help="measure PyTorch beside it, doing the same")
    parser.add_argument("--threads", type=int, metavar="N", help="threads of either side (default: all)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="images per call (default: 64; inference 256)")
    parser.add_argument("--rounds", type=int, metavar="N", default=7, help="turns of each side (default: %(default)s)")
    parser.add_argument(
        "--seconds", type=float, metavar="S", default=0.5, help="length of a turn (default: %(default)s)"
    )
    add_data_option(parser)
    parser.add_argument("--epochs", type=int, metavar="N", help="at most (accuracy: 15) or exactly (memory: 3)")
    parser.add_argument("--limit", type=int, metavar="N", help="accuracy, memory: use the first N training images")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    _check(args)
    if args.measurement == "accuracy":
        return _accuracy(args)
    if args.measurement == "scenes":
        return _scenes(args)
    return _memory(args) if args.measurement == "memory" else _speed(args)


def _check(args: argparse.Namespace) -> None:
    from cnnsim.bench.turns import check_torch

    require_range("--rounds", args.rounds, 1, 1000)
    require_range("--seconds", args.seconds, 0, 3600)
    for option, value, high in (
        ("--threads", args.threads, 256),
        ("--batch-size", args.batch_size, 100_000),
        ("--epochs", args.epochs, 1000),
        ("--limit", args.limit, 10**9),
    ):
        if value is not None:
            require_range(option, value, 1, high)
    if args.against == "torch":
        check_torch()


def _speed(args: argparse.Namespace) -> int:
    from cnnsim.bench import as_record, as_text, compare

    sides = ["cnnsim", *(["torch"] if args.against else []), "product"]
    records = []
    for job in _jobs(args):
        case = compare(job, sides, args.rounds, args.seconds)
        records.append(as_record(case))
        if not args.json:
            print(as_text(case), flush=True)
    if args.json:
        print(json.dumps({"measurement": args.measurement, "cases": records}))
    return 0


def _jobs(args: argparse.Namespace) -> Iterator[Job]:
    from cnnsim.bench import Job

    threads = _threads(args)
    if args.measurement == "wide":
        batches: Sequence[int] = _WIDE_BATCHES if args.batch_size is None else (args.batch_size,)
        for network in ("cifar", "alexnet"):
            for batch_size in batches:
                yield Job("inference", network, batch_size, threads)
    else:
        default = {"train": 64, "inference": 256, "latency": 1}[args.measurement]
        yield Job(args.measurement, "lenet5", args.batch_size or default, threads)


def _threads(args: argparse.Namespace) -> int:
    from cnnsim.train.evaluation import thread_count

    return thread_count(args.threads)


def _accuracy(args: argparse.Namespace) -> int:
    from cnnsim.bench.accuracy import Recipe, times_to_goal

    recipe = Recipe(str(args.data), _threads(args), args.batch_size or 64, args.epochs or 15, args.limit)
    found = times_to_goal(recipe, ["cnnsim", *(["torch"] if args.against else [])])
    return _print(args, found, [f"{side}: {outcome}" for side, outcome in found.items()])


def _memory(args: argparse.Namespace) -> int:
    from cnnsim.bench.memory import training_memory

    usage = training_memory(str(args.data), args.epochs or 3, args.batch_size or 64, _threads(args), args.limit)
    return _print(args, {"cnnsim": usage}, [str(usage)])


def _scenes(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from cnnsim.bench.scenes import as_text, scene_times

    times = scene_times(args.rounds)
    print(json.dumps({"measurement": "scenes", **asdict(times)}) if args.json else f"scenes:\n{as_text(times)}")
    return 0


def _print(args: argparse.Namespace, found: dict[str, Any], lines: list[str]) -> int:
    from dataclasses import asdict

    if args.json:
        sides = {side: asdict(outcome) for side, outcome in found.items()}
        print(json.dumps({"measurement": args.measurement, "sides": sides}))
    else:
        print("\n".join(lines))
    return 0
