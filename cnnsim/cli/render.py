"""``cnnsim render SCENE``: a scene as PNG, GIF or SVG, without a window."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cnnsim.cli.options import require_range
from cnnsim.cli.scenes import SCENES, SceneCommand, Show
from cnnsim.cli.window import parse_size
from cnnsim.errors import InputError
from cnnsim.export import film, save_gif, save_png, save_svg
from cnnsim.files import check_writable
from cnnsim.painting import Theme, theme_named
from cnnsim.scenes import View

_SIZE = (960, 640)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add a parser for each scene."""
    scenes = parser.add_subparsers(title="scenes", metavar="SCENE", required=True)
    for scene in SCENES:
        scene_parser = scenes.add_parser(scene.name, help=scene.help, description=scene.help.capitalize() + ".")
        scene.add_options(scene_parser)
        _add_picture_options(scene_parser)
        scene_parser.set_defaults(grain=scene.render_grain)
        scene_parser.set_defaults(run=partial(run, scene))


def _add_picture_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the picture")
    group.add_argument("-o", "--out", metavar="FILE", type=Path, required=True, help="ends in .png, .gif or .svg")
    group.add_argument("--step", metavar="N", type=int, help="step of a PNG or SVG, from 0 (default: the last)")
    group.add_argument("--size", metavar="WxH", type=parse_size, default=_SIZE, help="(default: 960x640)")
    group.add_argument("--theme", choices=("light", "dark"), default="light", help="(default: %(default)s)")
    group.add_argument("--speed", type=float, default=1.0, help="of a GIF (default: %(default)s)")


def run(scene: SceneCommand, args: argparse.Namespace) -> int:
    """Check the options, then draw."""
    save = _saver(args.out)
    check_writable(args.out)
    require_range("--speed", args.speed, 0.1, 20)
    show = scene.show(args)
    save(show, theme_named(args.theme), args)
    print(args.out)
    return 0


def _saver(out: Path) -> Callable[[Show, Theme, argparse.Namespace], None]:
    savers = {".png": _save_png, ".svg": _save_svg, ".gif": _save_gif}
    if out.suffix.lower() not in savers:
        raise InputError("--out", out, "has an ending that is no picture", f"use {', '.join(savers)}")
    return savers[out.suffix.lower()]


def _save_png(show: Show, theme: Theme, args: argparse.Namespace) -> None:
    save_png(show.draw(_position(show, args), View(*args.size)), theme, args.out)


def _save_svg(show: Show, theme: Theme, args: argparse.Namespace) -> None:
    save_svg(show.draw(_position(show, args), View(*args.size)), theme, args.out)


def _save_gif(show: Show, theme: Theme, args: argparse.Namespace) -> None:
    if args.step is not None:
        raise InputError(
            "--step", args.step, "does not fit a GIF, which shows all steps", "leave it out, or save a .png"
        )
    view = View(*args.size)
    frames = film(
        show.length,
        lambda position: show.draw(position, view),
        moving_frames=6 if show.tween else 0,
        resting_ms=max(20, round((360 if show.tween else 120) / args.speed)),
        moving_ms=max(20, round(40 / args.speed)),
    )
    save_gif(list(frames), theme, args.out)


def _position(show: Show, args: argparse.Namespace) -> float:
    if args.step is None:
        return float(show.length - 1)
    require_range("--step", args.step, 0, show.length - 1)
    return float(args.step)
