"""``cnnsim tour -o DIR``: the main job without a window, as a page with pictures."""

import argparse
import sys
from datetime import date
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from cnnsim import gallery
from cnnsim.assets_path import asset
from cnnsim.cli.options import add_data_option
from cnnsim.errors import InputError
from cnnsim.export import film, save_gif, save_png
from cnnsim.files import check_writable, replace_file
from cnnsim.painting import LIGHT
from cnnsim.scenes import View, convolution_scene, training_curves, training_scene
from cnnsim.trace import convolution

if TYPE_CHECKING:
    from cnnsim.data import Dataset
    from cnnsim.trace.training import TrainingTrace

_IMAGES, _EPOCHS, _MOMENTS, _SEED = 10_000, 2, 40, 1
_STEPS_VIEW, _FILTERS_VIEW, _CURVES_VIEW = View(800, 560), View(960, 500), View(960, 220)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the folder and the digits."""
    parser.add_argument(
        "-o", "--out", metavar="DIR", type=Path, default=Path("tour"), help="folder to fill (default: %(default)s)"
    )
    add_data_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fill the folder and print the page's path."""
    from cnnsim.data import load
    from cnnsim.trace.training import training

    folder = _made(args.out)
    _say("drawing the convolution")
    _save_convolution(folder / "convolution.gif")
    dataset = load(args.data, seed=_SEED)
    _say(f"training on {dataset.source}")
    trace = training(dataset.limited(_IMAGES), epochs=_EPOCHS, seed=_SEED, moments=_MOMENTS)
    _say("drawing the kernels as they learn")
    _save_filters(trace, folder / "filters.gif")
    curves = training_curves(trace, len(trace) - 1, f"LeNet-5 learns: {dataset.source}", _CURVES_VIEW)
    save_png(curves, LIGHT, folder / "curves.png", scale=2)
    page = _page(trace, dataset)
    replace_file(folder / "index.html", lambda path: path.write_text(page, encoding="utf-8"))
    print(folder / "index.html")
    return 0


def _made(folder: Path) -> Path:
    """Make the folder if need be; raise `InputError` before any work if nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("--out", folder, f"cannot be made ({error.strerror})", "choose another folder") from error
    check_writable(folder / "index.html")
    return folder


def _save_convolution(path: Path) -> None:
    steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    save_gif(list(film(len(steps), lambda position: convolution_scene(steps, position, _STEPS_VIEW))), LIGHT, path)


def _save_filters(trace: "TrainingTrace", path: Path) -> None:
    frames = film(
        len(trace), lambda place: training_scene(trace[int(place)], _FILTERS_VIEW), moving_frames=0, resting_ms=150
    )
    save_gif(list(frames), LIGHT, path)


def _page(trace: "TrainingTrace", dataset: "Dataset") -> str:
    snapshot = trace[-1].snapshot
    accuracy = 0.0 if snapshot.test_accuracy is None else snapshot.test_accuracy
    return Template(asset("tour.html").read_text(encoding="utf-8")).substitute(
        date=date.today().isoformat(),
        source=escape(dataset.source),
        images=f"{snapshot.images_seen:,}",
        seconds=f"{snapshot.seconds:.1f}",
        accuracy=f"{100 * accuracy:.1f} %",
    )


def _say(words: str) -> None:
    print(f"cnnsim: {words} …", file=sys.stderr)
