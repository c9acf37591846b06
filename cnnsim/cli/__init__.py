"""The command ``cnnsim``: the app without a subcommand, headless work with one.

Subcommands import what they need when they run, so that ``cnnsim --help`` is immediate and works without Qt.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from cnnsim import __version__
from cnnsim.cli import bench, data, doctor, export_onnx, open_scene, predict, train, window
from cnnsim.cli.late_parser import LateCommand, LateParser
from cnnsim.errors import InputError

_RENDER = LateCommand("render", "draw a scene to a PNG, GIF or SVG file, without a window", "cnnsim.cli.render")
_TRACE = LateCommand("trace", "print every step of a scene as numbers, without a window", "cnnsim.cli.trace")
_TOUR = LateCommand("tour", "make a page of a convolution and a training, without a window", "cnnsim.cli.tour")
_COMMANDS = (open_scene, train, predict, export_onnx, _RENDER, _TRACE, _TOUR, data, bench, doctor)
_BAD_INPUT = 2
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Parameters
    ----------
    argv
        The arguments, without the name of the program; those of this process if None.

    Returns
    -------
    0 when all went well, 2 for input that a person can mend, 130 when interrupted with Ctrl-C.

    Examples
    --------
    >>> main(["--version"])  # doctest: +SKIP
    cnnsim 0.1.0
    0
    """
    parser = _parser()
    try:
        args = parser.parse_args(argv)
        if args.run not in (window.run, open_scene.run) and window.given(args):
            parser.error(f"{', '.join(window.given(args))} belongs to the app, not to a subcommand")
    except SystemExit as leaving:  # how argparse ends after --help and after a usage error
        return leaving.code if isinstance(leaving.code, int) else _BAD_INPUT
    return _run(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cnnsim",
        description="Step through a convolutional network, forwards and backwards; train a LeNet and watch it learn. "
        "Without a command, the app opens.",
    )
    parser.add_argument("--version", action="version", version=f"cnnsim {__version__}")
    window.add_options(parser)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=LateParser)
    for command in _COMMANDS:
        command.add_parser(subparsers)
    return parser


def _run(args: argparse.Namespace) -> int:
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except InputError as error:
        return _complain(str(error))
    except BrokenPipeError:
        # The reader (head, say) has gone; nothing more can be said, not even by the interpreter on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        print("\ncnnsim: interrupted", file=sys.stderr)
        return _INTERRUPTED
    return code


def _complain(message: str) -> int:
    print(f"cnnsim: {message}", file=sys.stderr)
    return _BAD_INPUT
