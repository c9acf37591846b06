"""``cnnsim open FILE``: a saved scene in the app."""

import argparse
from pathlib import Path

from cnnsim.cli import window


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the file, and the options of the app."""
    parser.add_argument("app_scene", metavar="FILE", type=Path, help="scene file (.toml)")
    window.add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the file, then open the window with it."""
    from cnnsim.operations import OPERATIONS
    from cnnsim.operations.scene_file import load_scene

    load_scene(args.app_scene, OPERATIONS)
    return window.run(args)
