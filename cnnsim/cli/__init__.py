"""The command ``cnnsim``: the app without a subcommand, headless work with one.

A subcommand is imported when it is used, and what it needs when it runs: ``cnnsim --help`` is immediate and works
without Qt, and the app opens without waiting for what only others need.
"""

import argparse
import os
import sys
from collections.abc import Sequence

import cnnsim
from cnnsim.cli import window
from cnnsim.cli.late_parser import LateCommand, LateParser
from cnnsim.errors import InputError

_COMMANDS = (
    LateCommand("open", "open a scene that was saved, in the app", "cnnsim.cli.open_scene"),
    LateCommand("train", "train a network on digits", "cnnsim.cli.train"),
    LateCommand("predict", "tell which digit a picture shows", "cnnsim.cli.predict"),
    LateCommand("export-onnx", "write the network as an ONNX file", "cnnsim.cli.export_onnx"),
    LateCommand("render", "draw a scene to a PNG, GIF or SVG file, without a window", "cnnsim.cli.render"),
    LateCommand("trace", "print every step of a scene as numbers, without a window", "cnnsim.cli.trace"),
    LateCommand("tour", "make a page of a convolution and a training, without a window", "cnnsim.cli.tour"),
    LateCommand("data", "fetch, verify or locate MNIST", "cnnsim.cli.data"),
    LateCommand("bench", "measure how fast the engine and the pictures are", "cnnsim.cli.bench"),
    LateCommand("doctor", "report what this machine has and lacks", "cnnsim.cli.doctor"),
)
_IN_THE_APP = (None, "open")
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
        if args.command not in _IN_THE_APP and window.given(args):
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
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show program's version number and exit")
    window.add_options(parser)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=LateParser)
    for command in _COMMANDS:
        command.add_parser(subparsers)
    return parser


class _ShowVersion(argparse.Action):
    """Looks the version up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_given: object) -> None:
        print(f"{parser.prog} {cnnsim.__version__}")
        parser.exit()


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
