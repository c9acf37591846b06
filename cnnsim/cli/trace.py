"""``cnnsim trace SCENE``: every step of a scene as numbers, without a window."""

import argparse
import json
from functools import partial
from typing import Any

from cnnsim.cli.options import Subparsers
from cnnsim.cli.scenes import SCENES, SceneCommand


def add_parser(subparsers: Subparsers) -> None:
    """Add ``trace`` with a parser for each scene."""
    parser = subparsers.add_parser("trace", help="print every step of a scene as numbers, without a window")
    scenes = parser.add_subparsers(title="scenes", metavar="SCENE", required=True)
    for scene in SCENES:
        scene_parser = scenes.add_parser(scene.name, help=scene.help, description=scene.help.capitalize() + ".")
        scene.add_options(scene_parser)
        scene_parser.set_defaults(grain=scene.finest)
        scene_parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        scene_parser.set_defaults(run=partial(run, scene))


def run(scene: SceneCommand, args: argparse.Namespace) -> int:
    """Print the record of a scene."""
    record = scene.show(args).record()
    print(json.dumps(record, allow_nan=False) if args.json else _as_text(record))
    return 0


def _as_text(record: dict[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in record.items() if name != "steps" and value is not None]
    return "\n".join([*lines, *map(_step_as_text, record["steps"])])


def _step_as_text(step: dict[str, Any]) -> str:
    """Write a step as ``name=value`` words; a contribution as the product of its factors."""
    words = [f"{name}={value}" for name, value in step.items() if name != "contribution" and value is not None]
    contribution = step.get("contribution")
    if contribution:
        factors = (
            f"{factor['operand']}{list(factor['place'] or ())}={factor['value']}" for factor in contribution["factors"]
        )
        words.append(f"contribution={contribution['value']} from {' * '.join(factors)}")
    return " ".join(words).replace(", ", ",")
