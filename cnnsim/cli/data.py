"""``cnnsim data``: fetch MNIST into the cache, verify a copy, say where the cache is."""

import argparse
import os
import sys
from pathlib import Path

_BAD = 2


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the three actions."""
    parser.description = "The digits of MNIST on this machine."
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    fetch = actions.add_parser("fetch", help="download what the cache lacks, checked byte by byte")
    fetch.set_defaults(run=run_fetch)
    verify = actions.add_parser("verify", help="compare four files with MNIST, byte by byte after unpacking")
    verify.add_argument("--data", metavar="DIR", type=Path, help="folder to verify (default: the cache)")
    verify.set_defaults(run=run_verify)
    path = actions.add_parser(
        "path", help="print the folder of the downloaded files; the variable CNNSIM_CACHE moves the cache"
    )
    path.set_defaults(run=run_path)


def run_fetch(args: argparse.Namespace) -> int:
    """Download MNIST with a progress bar."""
    from cnnsim.cli.progress import DownloadBar
    from cnnsim.data import fetch

    with DownloadBar() as bar:
        folder = fetch(bar.update)
    print(folder)
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Print one line per file; 2 unless all four are MNIST's own."""
    from cnnsim.data import mnist_folder, verify

    checks = verify(args.data or mnist_folder())
    for check in checks:
        print(f"{check.path or check.name}: {check.problem or 'ok'}")
    wrong = sum(check.problem is not None for check in checks)
    if wrong:
        print(
            f"cnnsim: {wrong} of {len(checks)} files are not MNIST's: cnnsim data fetch downloads them", file=sys.stderr
        )
    return _BAD if wrong else 0


def run_path(args: argparse.Namespace) -> int:
    """Print the folder, whether it is there yet or not."""
    from cnnsim.data import mnist_folder

    print(os.fspath(mnist_folder()))
    return 0
