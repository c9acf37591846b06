"""The scenes that ``cnnsim render`` and ``cnnsim trace`` know: options in, drawings and records out.

A new operation adds one `SceneCommand` to `SCENES`.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cnnsim.cli.matrix_text import parse_matrix
from cnnsim.cli.options import add_data_option, require_range
from cnnsim.drawing import Drawing
from cnnsim.export import trace_record, training_record
from cnnsim.gallery import IMAGES, KERNELS, Grid, image, kernel
from cnnsim.optim import DEFAULT
from cnnsim.scenes import View, draw, training_report
from cnnsim.trace import (
    GRAINS,
    MODES,
    PADDING_MODES,
    CellwiseTrace,
    Convolution,
    GrainView,
    Pooling,
    ScatterTrace,
    check_grain,
    convolution,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
    pooling,
    pooling_gradient,
)

_LARGEST_SIZE = 64


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
        Gives the options, input, kernel, output and steps as plain values.
    tween
        Whether positions between two steps show motion.
    """

    length: int
    draw: Callable[[float, View], Drawing]
    record: Callable[[], dict[str, Any]]
    tween: bool = True


@dataclass(frozen=True, slots=True)
class SceneCommand:
    """A scene by its name: the options it adds to a parser, and the show they make."""

    name: str
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    show: Callable[[argparse.Namespace], Show]


def _add_grid_options(parser: argparse.ArgumentParser, size: int, source: str) -> None:
    parser.add_argument(
        "--input",
        metavar="IMAGE",
        default=source,
        help=f"{', '.join(IMAGES)}, or rows such as '1 0; 0 1' (default: {source})",
    )
    parser.add_argument(
        "--input-size", metavar="N", type=int, default=size, help="rows and columns (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random input (default: %(default)s)")
    parser.add_argument("--grain", choices=GRAINS, default="cell", help="what one step is (default: %(default)s)")


def _input_grid(args: argparse.Namespace) -> Grid | list[list[float]]:
    if args.input in IMAGES:
        require_range("--input-size", args.input_size, 1, _LARGEST_SIZE)
        return image(args.input, args.input_size, args.seed)
    return parse_matrix("--input", args.input, IMAGES)


def _options(args: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(args, name) for name in names}


def _add_convolution_options(parser: argparse.ArgumentParser) -> None:
    _add_grid_options(parser, 5, "lecture")
    parser.add_argument(
        "--kernel", metavar="KERNEL", default="lecture", help=f"{', '.join(KERNELS)}, or rows such as '1 0; 0 1'"
    )
    parser.add_argument(
        "--kernel-size", metavar="K", type=int, default=3, help="rows and columns (default: %(default)s)"
    )
    parser.add_argument("--bias", type=float, default=0.0, help="added to every output cell (default: %(default)s)")
    parser.add_argument("--stride", type=int, default=1, help="cells from window to window (default: %(default)s)")
    parser.add_argument("--padding", type=int, default=0, help="cells around the input (default: %(default)s)")
    parser.add_argument("--padding-mode", choices=PADDING_MODES, default="zeros", help="(default: %(default)s)")
    parser.add_argument("--dilation", type=int, default=1, help="spread of the kernel's cells (default: %(default)s)")
    parser.add_argument("--flip", action="store_true", help="true convolution: turn the kernel by 180° first")
    _add_pass_options(parser, tuple(_CONVOLUTION_PASSES))


def _add_pass_options(parser: argparse.ArgumentParser, passes: tuple[str, ...]) -> None:
    parser.add_argument("--pass", dest="direction", choices=passes, default=passes[0], help="(default: %(default)s)")
    words = "of the loss by the output, for a backward pass: rows such as '1 0; 0 1', or ones (default: ones)"
    parser.add_argument("--gradient", metavar="G", default="ones", help=words)


_CONVOLUTION_PASSES: dict[str, Callable[[CellwiseTrace[Convolution], Any], CellwiseTrace[Any] | ScatterTrace]] = {
    "forward": lambda forward, _: forward,
    "kernel-gradient": kernel_gradient,
    "input-gradient": input_gradient,
    "input-gradient-scatter": input_gradient_scatter,
}
_POOLING_PASSES: dict[str, Callable[[CellwiseTrace[Pooling], Any], CellwiseTrace[Any]]] = {
    "forward": lambda forward, _: forward,
    "input-gradient": pooling_gradient,
}
_PASS_NAMES = ("direction", "gradient", "grain")


def _show_convolution(args: argparse.Namespace) -> Show:
    names = ("input", "input_size", "seed", "kernel", "kernel_size", "bias", "stride", "padding", "padding_mode")
    require_range("--padding", args.padding, 0, _LARGEST_SIZE)
    forward = convolution(
        _input_grid(args),
        _kernel_grid(args),
        args.bias,
        stride=args.stride,
        padding=args.padding,
        padding_mode=args.padding_mode,
        dilation=args.dilation,
        flip=args.flip,
    )
    trace = _CONVOLUTION_PASSES[args.direction](forward, _gradient(args))
    return _show("convolution", trace, args, (*names, "dilation", "flip", *_PASS_NAMES))


def _gradient(args: argparse.Namespace) -> list[list[float]] | None:
    return None if args.gradient == "ones" else parse_matrix("--gradient", args.gradient, ("ones",))


def _show(scene: str, trace: CellwiseTrace[Any] | ScatterTrace, args: argparse.Namespace, names: Sequence[str]) -> Show:
    steps: GrainView[Any] = trace.at(check_grain(args.grain))
    return Show(
        len(steps),
        lambda position, view: draw(steps, position, view),
        lambda: trace_record(scene, _options(args, names), steps),
    )


def _kernel_grid(args: argparse.Namespace) -> Grid | list[list[float]]:
    if args.kernel in KERNELS:
        require_range("--kernel-size", args.kernel_size, 1, _LARGEST_SIZE)
        return kernel(args.kernel, args.kernel_size)
    return parse_matrix("--kernel", args.kernel, tuple(KERNELS))


def _add_pooling_options(parser: argparse.ArgumentParser) -> None:
    _add_grid_options(parser, 4, "pooling")
    parser.add_argument("--mode", choices=MODES, default="max", help="what a window gives (default: %(default)s)")
    parser.add_argument("--window", type=int, default=2, help="side of the window (default: %(default)s)")
    parser.add_argument("--stride", type=int, default=2, help="cells from window to window (default: %(default)s)")
    _add_pass_options(parser, tuple(_POOLING_PASSES))


def _show_pooling(args: argparse.Namespace) -> Show:
    names = ("input", "input_size", "seed", "mode", "window", "stride", *_PASS_NAMES)
    forward = pooling(_input_grid(args), args.window, args.stride, args.mode)
    return _show("pooling", _POOLING_PASSES[args.direction](forward, _gradient(args)), args, names)


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
    SceneCommand("convolution", "a kernel slides over an input", _add_convolution_options, _show_convolution),
    SceneCommand("pooling", "each window gives its largest value or its mean", _add_pooling_options, _show_pooling),
    SceneCommand("training", "a LeNet-5 learns digits", _add_training_options, _show_training),
)
