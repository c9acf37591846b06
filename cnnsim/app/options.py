"""What the window can be opened with."""

from dataclasses import dataclass
from pathlib import Path

from cnnsim.errors import InputError

PAGES = ("convolution", "pooling", "training")


@dataclass(frozen=True, slots=True)
class AppOptions:
    """Options of the window.

    Parameters
    ----------
    page
        One of `PAGES`.
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
    """

    page: str = "convolution"
    theme: str | None = None
    size: tuple[int, int] | None = None
    screenshot: Path | None = None
    after: float = 0.0
    data: str = "auto"
    autostart: bool = False


def check_page(page: str) -> None:
    """Raise `InputError` unless there is such a page."""
    if page not in PAGES:
        raise InputError("page", page, "does not exist", f"choose one of {', '.join(PAGES)}")
