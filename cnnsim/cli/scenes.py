"""The scenes that ``cnnsim render`` and ``cnnsim trace`` know: every operation, and the training."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cnnsim.cli.operation_options import add_operation_options, plain_options, settings_from
from cnnsim.cli.options import add_data_option, require_range
from cnnsim.drawing import Drawing
from cnnsim.errors import InputError
from cnnsim.export import trace_record, training_record
from cnnsim.operations import OPERATIONS, Operation, array_of, sources_of
from cnnsim.optim import DEFAULT
from cnnsim.scenes import View, training_report
from cnnsim.trace import GrainView


@dataclass(frozen=True, slots=True)
class Show:
    """A scene with its options filled in.

    Parameters
    ----------
    length
        Number of steps.
    draw
        Draws a position in a view.
    record
        Gives the options, operands, output and steps as plain values.
    tween
        Whether positions between two steps show motion.
    """

    length: int
    draw: Callable[[float, View], Drawing]
    record: Callable[[], dict[str, Any]]
    tween: bool = True


@dataclass(frozen=True, slots=True)
class SceneCommand:
    """A scene by its name: the options it adds to a parser, and the show they make.

    `render_grain` is the grain of pictures, `finest` that of numbers; both are empty for a scene without grains.
    """

    name: str
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    show: Callable[[argparse.Namespace], Show]
    render_grain: str = ""
    finest: str = ""


def _of_operation(operation: Operation[Any]) -> SceneCommand:
    keys = [grain.key for grain in operation.grains]
    return SceneCommand(
        operation.name,
        operation.words,
        partial(_add_options, operation),
        partial(_show, operation),
        operation.picture_grain if operation.picture_grain in keys else keys[0],
        keys[0],
    )


def _add_options(operation: Operation[Any], parser: argparse.ArgumentParser) -> None:
    add_operation_options(parser, operation)
    keys = ", ".join(grain.key for grain in operation.grains)
    parser.add_argument("--grain", metavar="NAME", help=f"what one step is: {keys} (default: %(default)s)")


def _show(operation: Operation[Any], args: argparse.Namespace) -> Show:
    keys = [grain.key for grain in operation.grains]
    if args.grain not in keys:
        raise InputError("--grain", args.grain, "is unknown", f"choose one of {', '.join(keys)}")
    settings = settings_from(operation, args)
    trace = settings.trace()
    steps: GrainView[Any] = trace.at(args.grain)
    operands = {kind.operand: array_of(settings, kind.operand) for _, kind, _ in sources_of(settings)}
    return Show(
        len(steps),
        lambda position, view: operation.draw(settings, steps, position, view),
        lambda: trace_record(
            operation.name, plain_options(settings) | {"grain": args.grain}, operands, trace.output, steps
        ),
    )


def _options(args: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(args, name) for name in names}


def _add_training_options(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)
    parser.add_argument("--epochs", type=int, default=1, help="passes over the data (default: %(default)s)")
    parser.add_argument("--limit", type=int, default=10_000, help="training images at most (default: %(default)s)")
    parser.add_argument("--batch-size", type=int, default=64, help="images per step of SGD (default: %(default)s)")
    parser.add_argument("--lr", type=float, default=DEFAULT.lr, help="learning rate (default: %(default)s)")
    parser.add_argument("--momentum", type=float, default=DEFAULT.momentum, help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of weights and order (default: %(default)s)")
    parser.add_argument("--moments", type=int, default=40, help="how many steps to keep (default: %(default)s)")


def _show_training(args: argparse.Namespace) -> Show:
    from cnnsim.data import load
    from cnnsim.trace.training import training
    from cnnsim.train import Hyperparameters

    names = ("data", "epochs", "limit", "batch_size", "lr", "momentum", "seed", "moments")
    for option, low, high in (("epochs", 1, 1000), ("limit", 1, 10**9), ("moments", 1, 1000)):
        require_range(f"--{option}", getattr(args, option), low, high)
    dataset = load(args.data, seed=args.seed)
    trace = training(
        dataset.limited(args.limit),
        epochs=args.epochs,
        batch_size=args.batch_size,
        seed=args.seed,
        hyperparameters=Hyperparameters(args.lr, args.momentum),
        moments=args.moments,
    )
    title = f"LeNet-5 learns: {dataset.source}"
    return Show(
        len(trace),
        lambda position, view: training_report(trace, position, title, view),
        lambda: training_record(_options(args, names) | {"source": dataset.source}, trace),
        tween=False,
    )


SCENES = (
    *map(_of_operation, OPERATIONS),
    SceneCommand("training", "a LeNet-5 learns digits", _add_training_options, _show_training),
)
