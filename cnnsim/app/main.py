"""Open the window, or save a picture of it."""

import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, QTimer
from PySide6.QtWidgets import QApplication

from cnnsim.app.collector import set_aside
from cnnsim.app.icons import window_icon
from cnnsim.app.interrupt import INTERRUPTED, interruptible
from cnnsim.app.options import PAGES, AppOptions, check_page
from cnnsim.app.recovery import Recovery, recovery_folder
from cnnsim.app.typefaces import interface_font
from cnnsim.app.window import SMALLEST, Window
from cnnsim.errors import InputError
from cnnsim.files import check_writable, replace_file
from cnnsim.operations import OPERATIONS
from cnnsim.operations.scene_file import load_scene
from cnnsim.painting import theme_named

__all__ = ["AppOptions", "run_app"]

SWITCH_SECONDS = 0.0005
_LARGEST_SIDE = 10_000
_SETTLE_MS = 50  # the window has its final size and has painted once


def run_app(options: AppOptions) -> int:
    """Open the window and return when it is closed, or when the screenshot is saved.

    Parameters
    ----------
    options
        What to open.

    Returns
    -------
    int
        Exit code of the program.

    Raises
    ------
    InputError
        If there is no such page or theme, or the screenshot cannot be written.

    Examples
    --------
    >>> run_app(AppOptions(theme="sepia"))
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: theme=sepia is no theme: choose light or dark
    """
    _check(options)
    app = QApplication.instance() or QApplication(["cnnsim"])
    assert isinstance(app, QApplication)
    dress(app)
    patience = sys.getswitchinterval()
    # The training thread hands the interpreter over at once when the window wants it.
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        return _run(app, options)
    finally:
        sys.setswitchinterval(patience)


def dress(app: QApplication) -> None:
    """Give the application its name, icon and family of type, and a style that leaves the look to the stylesheet."""
    app.setApplicationName("cnnsim")
    app.setStyle("Fusion")
    app.setFont(interface_font(13))
    app.setWindowIcon(window_icon())


def _run(app: QApplication, options: AppOptions) -> int:
    settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnnsim", "cnnsim")
    window = open_window(options, settings, Recovery(recovery_folder()) if options.screenshot is None else None)
    failures: list[OSError] = []
    if options.screenshot is not None:
        path = options.screenshot
        delay = max(_SETTLE_MS, round(options.after * 1000))
        QTimer.singleShot(delay, window, lambda: _finish(window, path, failures))
    set_aside()
    with interruptible(lambda: app.exit(INTERRUPTED)):
        code = app.exec()
    window.close()
    if failures:
        raise failures[0]
    return code


def open_window(options: AppOptions, settings: QSettings, recovery: Recovery | None = None) -> Window:
    """Show a window that remembers its colours in `settings`, and what is changed with the help of `recovery`."""
    size = QSize(*options.size) if options.size else _four_fifths_of_the_screen()
    window = Window(settings, options.theme, options.data, recovery, size)
    window.show_page(PAGES[0])
    window.recover()
    if options.scene is not None:
        window.show_opened(options.scene, load_scene(options.scene, OPERATIONS))
    if options.page is not None:
        window.show_page(options.page)
    window.show()
    if options.autostart:
        window.start()
    return window


def save_screenshot(window: Window, path: Path) -> None:
    """Save what the window shows as a PNG, written beside and renamed."""
    picture = window.grab()

    def write(beside: Path) -> None:
        if not picture.save(str(beside), "PNG"):
            raise OSError(f"{path} could not be written")

    replace_file(path, write)


def _check(options: AppOptions) -> None:
    if options.page is not None:
        check_page(options.page)
    if options.theme is not None:
        theme_named(options.theme)
    if options.size is not None:
        _check_size(*options.size)
    if options.scene is not None:
        load_scene(options.scene, OPERATIONS)
    if options.screenshot is not None:
        check_writable(options.screenshot, "--screenshot")


def _check_size(width: int, height: int) -> None:
    least = f"{SMALLEST.width()}x{SMALLEST.height()}"
    if width < SMALLEST.width() or height < SMALLEST.height():
        raise InputError("size", f"{width}x{height}", "is too small for the pages", f"use at least {least}")
    if max(width, height) > _LARGEST_SIDE:
        raise InputError("size", f"{width}x{height}", "is no size of a window", f"use at most {_LARGEST_SIDE} a side")


def _four_fifths_of_the_screen() -> QSize:
    return (QApplication.primaryScreen().availableSize() * 0.8).expandedTo(SMALLEST)


def _finish(window: Window, path: Path, failures: list[OSError]) -> None:
    try:
        save_screenshot(window, path)
    except OSError as error:
        failures.append(error)
    window.close()  # the last window: the application ends with it
