"""``cnnsim trace SCENE``: every step of a scene as numbers, without a window."""

import argparse
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from cnnsim.cli.scenes import SCENES, SceneCommand


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add a parser for each scene."""
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
    lines = [f"{name}: {value}" for name, value in _described(record) if value is not None]
    return "\n".join([*lines, *map(_step_as_text, record["steps"])])


def _described(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield all but the steps; each stage on a line of its own."""
    for name, value in record.items():
        if name == "stages":
            yield from ((f"stage {number}, {stage['name']}", stage["output"]) for number, stage in enumerate(value))
        elif name != "steps":
            yield name, value


def _step_as_text(step: dict[str, Any]) -> str:
    """Write a step as ``name=value`` words; a contribution as its factors, and the step of a stage like any other."""
    if isinstance(step.get("step"), dict):
        step = {**step["step"], **{name: value for name, value in step.items() if name != "step"}}
    words = [f"{name}={value}" for name, value in step.items() if name != "contribution" and value is not None]
    contribution = step.get("contribution")
    if contribution:
        words.append(f"contribution={contribution['value']} from {_product_as_text(contribution['factors'])}")
    return " ".join(words).replace(", ", ",")


def _product_as_text(factors: list[dict[str, Any]]) -> str:
    signs = ("", *(" / " if factor["divides"] else " * " for factor in factors[1:]))
    values = (f"{factor['operand']}{list(factor['place'] or ())}={factor['value']}" for factor in factors)
    return "".join(sign + value for sign, value in zip(signs, values, strict=True))
