"""What the window can be opened with."""

from dataclasses import dataclass
from pathlib import Path

from cnnsim.errors import InputError
from cnnsim.operations import OPERATIONS

TRAINING = "training"
PAGES = (*(operation.name for operation in OPERATIONS), TRAINING)
CHAPTERS = tuple(dict.fromkeys([*(operation.chapter for operation in OPERATIONS), "Training"]))


@dataclass(frozen=True, slots=True)
class AppOptions:
    """Options of the window.

    Parameters
    ----------
    page
        One of `PAGES`; None opens on what is recovered or opened, else on the first.
    theme
        ``"light"``, ``"dark"`` or None: what was used last, else what the system prefers.
    size
        Width and height of the window in logical pixels; None leaves it to the screen.
    screenshot
        PNG file to save the window to; the program then ends.
    after
        Seconds to wait before that.
    data
        What to train on: ``"auto"``, ``"mnist"``, ``"synthetic"`` or a folder.
    autostart
        Whether the page starts playing, or training, by itself.
    scene
        File to open.
    """

    page: str | None = None
    theme: str | None = None
    size: tuple[int, int] | None = None
    screenshot: Path | None = None
    after: float = 0.0
    data: str = "auto"
    autostart: bool = False
    scene: Path | None = None


def check_page(page: str) -> None:
    """Raise `InputError` unless there is such a page."""
    if page not in PAGES:
        raise InputError("page", page, "does not exist", f"choose one of {', '.join(PAGES)}")


def chapter_of(page: str) -> str:
    """Return the heading under which a page is offered.

    Examples
    --------
    >>> chapter_of("convolution")
    'Convolution'
    """
    return next((operation.chapter for operation in OPERATIONS if operation.name == page), "Training")


def pages_of(chapter: str) -> list[tuple[str, str]]:
    """Return the names and titles of the pages of a chapter."""
    pages = [(operation.name, operation.title) for operation in OPERATIONS if operation.chapter == chapter]
    return pages or [(TRAINING, "Training")]
