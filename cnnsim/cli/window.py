"""``cnnsim`` without a subcommand: open the app, or say plainly why it cannot open here."""

import argparse
import os
from pathlib import Path
from typing import Any

from cnnsim.app.collector import no_collection
from cnnsim.cli.display import display_problem, uses_x11
from cnnsim.cli.qt_libraries import install_line, missing_packages
from cnnsim.errors import InputError

_PREFIX = "app_"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the app's options; those not given stay out of the namespace, so the app's own defaults hold."""
    group = parser.add_argument_group("the app")

    def option(name: str, **settings: Any) -> None:
        group.add_argument(f"--{name}", dest=f"{_PREFIX}{name}", default=argparse.SUPPRESS, **settings)

    option("page", metavar="NAME", help="page to open on: training, or an operation that render knows")
    option("data", metavar="SOURCE", help="auto, mnist, synthetic or a folder that holds the four files of MNIST")
    option("theme", choices=("light", "dark"), help="colours; the system's choice if not given")
    option("size", metavar="WxH", type=parse_size, help="size of the window in pixels, such as 1280x800")
    option("screenshot", metavar="FILE", type=Path, help="save what the page shows to a PNG file, and exit")
    option("after", metavar="SECONDS", type=parse_seconds, help="wait this long before the screenshot")
    option("autostart", action="store_true", help="begin at once: play the animation, or train")
    parser.set_defaults(run=run)


def given(args: argparse.Namespace) -> list[str]:
    """Name the options of the app that are on the command line."""
    return [f"--{name.removeprefix(_PREFIX)}" for name in vars(args) if name.startswith(_PREFIX)]


def run(args: argparse.Namespace) -> int:
    """Open the window, or take the screenshot."""
    options = {name.removeprefix(_PREFIX): value for name, value in vars(args).items() if name.startswith(_PREFIX)}
    if "data" in options:
        from cnnsim.data import check_source

        check_source(options["data"])
    _require_screen(headless="screenshot" in options)
    try:
        with no_collection():
            from cnnsim.app.main import AppOptions, run_app
    except ImportError as error:
        raise _qt_problem(error) from error
    return run_app(AppOptions(**options))


def parse_size(text: str) -> tuple[int, int]:
    """Turn ``"1280x800"`` into (1280, 800).

    Examples
    --------
    >>> parse_size("1280x800")
    (1280, 800)
    """
    width, cross, height = text.lower().replace("×", "x").partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write WIDTHxHEIGHT, such as 1280x800")
    size = int(width), int(height)
    if not all(100 <= side <= 10_000 for side in size):
        raise argparse.ArgumentTypeError(f"{text!r} is no size for a window: each side is 100 to 10000 pixels")
    return size


def parse_seconds(text: str) -> float:
    """Turn ``"1.5"`` into seconds between 0 and 3600.

    Examples
    --------
    >>> parse_seconds("1.5")
    1.5
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: use seconds between 0 and 3600")
    return seconds


def _require_screen(*, headless: bool) -> None:
    problem = display_problem()
    if problem and headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif problem:
        raise InputError(
            "display",
            os.environ.get("DISPLAY", "none"),
            problem,
            "start cnnsim where windows can open, or work without one: cnnsim --screenshot FILE, cnnsim train, "
            "cnnsim tour -o DIR (cnnsim --help lists more)",
        )
    missing = missing_packages(window=uses_x11())
    if missing:
        raise InputError("Qt", qt_version(), f"lacks system libraries ({', '.join(missing)})", install_line(missing))


def _qt_problem(error: ImportError) -> Exception:
    """Only Qt's own failure to load is the person's to mend; any other import error is a defect of the program."""
    if not (error.name or "").startswith(("PySide6", "shiboken6")) and ".so" not in str(error):
        return error
    remedy = "install it again: pip install --force-reinstall PySide6-Essentials"
    return InputError("Qt", qt_version(), f"cannot be loaded ({error})", remedy)


def qt_version() -> str:
    """Installed version of PySide6, ``"none"`` without one."""
    from importlib.metadata import PackageNotFoundError, version  # slow to load, and only errors and the doctor ask

    try:
        return version("PySide6-Essentials")
    except PackageNotFoundError:
        return "none"
