"""``cnnsim export-onnx``: the network as a file for other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cnnsim.files import check_writable

_SHAPE = (1, 28, 28)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the weights and the file."""
    parser.description = "Write the network and its weights as an ONNX file, which other programs read."
    parser.add_argument(
        "--weights", metavar="FILE", type=Path, help="weights that cnnsim train wrote (default: the LeNet shipped here)"
    )
    parser.add_argument("-o", "--out", metavar="FILE.onnx", type=Path, required=True, help="where to write it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file, and say what goes into the network and comes out of it."""
    from cnnsim.cli.predict import load_network
    from cnnsim.exchange import save_onnx
    from cnnsim.models.preparation import DEVIATION, MEAN

    check_writable(args.out)
    save_onnx(args.out, load_network(args.weights), _SHAPE)
    takes = f"float32 (N, 1, 28, 28), prepared as (pixel/255 - {MEAN}) / {DEVIATION}, white on black"
    print(f"{args.out}: takes {takes}; gives a score for each digit (N, 10)", file=sys.stderr)
    return 0
