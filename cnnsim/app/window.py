"""The window: a header over the pages, in one look."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from cnnsim.app.background import aside
from cnnsim.app.header import Header
from cnnsim.app.help_dialog import HelpDialog
from cnnsim.app.notice import Notice
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.options import CHAPTERS, PAGES, TRAINING, chapter_of, check_page, pages_of
from cnnsim.app.pages import Pages
from cnnsim.app.recovery import Recovery
from cnnsim.app.scene_files import ask_what_to_open, ask_where_to_save, fill_menu, remember
from cnnsim.app.style import measure_for, palette, stylesheet
from cnnsim.app.theme_choice import preferred_theme, remember_theme
from cnnsim.app.training_page import TrainingPage
from cnnsim.operations import OPERATIONS
from cnnsim.operations.scene_file import Scene, load_scene, save_scene
from cnnsim.painting import DARK, LIGHT, Theme, theme_named

SMALLEST = QSize(1024, 700)


class Window(QMainWindow):
    """Shows a page, and keeps what is changed on the pages.

    Parameters
    ----------
    settings
        Where the choice of colours is remembered.
    theme
        Name of the colours, or None: those remembered, else those the system prefers.
    data
        What the training page trains on.
    recovery
        Keeps what is changed, in case the program ends without being asked to; None keeps nothing.
    size
        In logical pixels: what the first page is laid out for, once.
    """

    def __init__(
        self,
        settings: QSettings,
        theme: str | None = None,
        data: str = "auto",
        recovery: Recovery | None = None,
        size: QSize = SMALLEST,
    ) -> None:
        super().__init__()
        self.setWindowTitle("cnnsim")
        self.setMinimumSize(SMALLEST)
        self.resize(size)
        self._settings = settings
        self._recovery = recovery
        self._files: dict[str, Path] = {}  # where the scene of each page was saved or opened
        self._theme = theme_named(theme) if theme else preferred_theme(settings)
        self._measure = measure_for(self.height())
        self.header = Header(self)
        self._last_of: dict[str, str] = {}  # page of each chapter that was in view last
        self.pages = Pages(data, self)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.pages, 1)
        self.notice = Notice(inside)
        column.addWidget(self.notice)
        self.setCentralWidget(inside)
        self._connect()
        self._apply_look()

    @property
    def theme(self) -> Theme:
        """Colours of the window."""
        return self._theme

    @property
    def page_name(self) -> str:
        """Name of the page in view."""
        return self.pages.name

    @property
    def training(self) -> TrainingPage:
        """The page of the training."""
        return self.pages.training

    def page(self, name: str) -> OperationPage:
        """Return the page of an operation; InputError if there is none of that name."""
        return self.pages.operation_page(name)

    def show_page(self, name: str) -> None:
        """Bring a page to the front; InputError if there is none of that name."""
        check_page(name)
        self.pages.show_page(name)
        self._last_of[chapter_of(name)] = name
        self.header.chapters.choose(chapter_of(name))

    def show_chapter(self, chapter: str) -> None:
        """Bring the page of a chapter to the front that was in view last, or its first."""
        self.show_page(self._last_of.get(chapter, pages_of(chapter)[0][0]))

    def show_neighbour(self, count: int) -> None:
        """Go on by so many pages, or back."""
        self.show_page(PAGES[(PAGES.index(self.page_name) + count) % len(PAGES)])

    def start(self) -> None:
        """Play, or train, on the page in view."""
        self.pages.start()

    def open_scene(self, path: Path) -> None:
        """Read a scene aside and show it; where that cannot be, say why and leave the page as it is."""
        show = partial(self.show_opened, path)
        aside(self, lambda: load_scene(path, OPERATIONS), show, lambda e: self.say(f"{e}. What is on screen was kept."))

    def show_opened(self, path: Path, scene: Scene) -> None:
        """Show the scene of a file."""
        self.show_scenes([scene])
        self._files[scene.operation] = path
        remember(self._settings, path)

    def show_scenes(self, scenes: Sequence[Scene]) -> None:
        """Put scenes on their pages, and the last one in view."""
        for scene in scenes:
            self.page(scene.operation).show_scene(scene)
            self.show_page(scene.operation)

    def ask_and_open(self) -> None:
        """Ask for a scene and show it."""
        if (path := ask_what_to_open(self)) is not None:
            self.open_scene(path)

    def save(self) -> None:
        """Save the scene of the page in view where it came from, or ask where."""
        if self.page_name != TRAINING:
            self.save_scene_as(self._files.get(self.page_name) or ask_where_to_save(self, self.page_name))

    def save_as(self) -> None:
        """Ask for a file and save the scene of the page in view there."""
        if self.page_name != TRAINING:
            self.save_scene_as(ask_where_to_save(self, self.page_name))

    def save_scene_as(self, path: Path | None) -> None:
        """Save the scene of the page in view, unless nobody named a file; say so, or why it cannot be."""
        if path is None:
            return
        try:
            save_scene(self.page(self.page_name).scene(), path)
        except OSError as error:
            self.say(f"{path} cannot be written: {error.strerror}. Choose another folder.")
            return
        self._files[self.page_name] = path
        remember(self._settings, path)
        self.say(f"Saved as {path.name}")

    def say(self, words: str) -> None:
        """Say something at the lower edge until it has been read."""
        self.notice.say(words)

    def recover(self) -> None:
        """Show what an earlier run left behind, if it ended without being asked to."""
        scenes = [] if self._recovery is None else self._recovery.left_behind()
        if scenes:
            self.show_scenes(scenes)
            for scene in scenes:
                self._keep(self.page(scene.operation))
            self.say("What was on screen when cnnsim ended unexpectedly is back.")

    def _keep(self, page: OperationPage) -> None:
        if self._recovery is not None:
            self._recovery.keep(page.scene())

    def toggle_theme(self) -> None:
        """Change between light and dark, and remember it."""
        self._theme = DARK if self._theme is LIGHT else LIGHT
        remember_theme(self._settings, self._theme)
        self._apply_look()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or return to a window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_help(self) -> None:
        """List the keys."""
        dialog = HelpDialog(self._measure, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let type and spacing grow with the window."""
        super().resizeEvent(event)
        measure = measure_for(self.height())
        if measure != self._measure:
            self._measure = measure
            self._apply_look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the full screen with Esc, unless somebody else has a use for it."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.toggle_full_screen()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is still running."""
        self.shut_down()
        super().closeEvent(event)

    def shut_down(self) -> None:
        """End the training thread; what was kept for recovery is not needed."""
        self.pages.shut_down()
        if self._recovery is not None:
            self._recovery.end()

    def _connect(self) -> None:
        self.pages.operation_page_made.connect(self._connect_page)
        self.pages.failed.connect(self.notice.say_defect, Qt.ConnectionType.QueuedConnection)
        self.header.chapter_chosen.connect(self.show_chapter)
        self.header.theme_toggled.connect(self.toggle_theme)
        self.header.full_screen_toggled.connect(self.toggle_full_screen)
        self.header.help_wanted.connect(self.show_help)
        keys = [("Ctrl+T", self.toggle_theme), ("F11", self.toggle_full_screen), ("F1", self.show_help)]
        keys.append(("?", self.show_help))
        keys += [("Ctrl+O", self.ask_and_open), ("Ctrl+S", self.save), ("Ctrl+Shift+S", self.save_as)]
        for key, act in keys:
            QShortcut(QKeySequence(key), self).activated.connect(act)
        for number, name in enumerate(CHAPTERS, start=1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self).activated.connect(lambda name=name: self.show_chapter(name))
        for key, count in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(QKeySequence(key), self).activated.connect(lambda count=count: self.show_neighbour(count))

    def _connect_page(self, page: OperationPage) -> None:
        page.page_wanted.connect(self.show_page)
        page.scene_wanted.connect(self.open_scene)
        page.settings_changed.connect(lambda: self._keep(page))
        page.head.save.clicked.connect(self.save)
        menu = page.head.open.menu()
        menu.aboutToShow.connect(lambda: fill_menu(menu, self._settings, self.ask_and_open, self.open_scene))

    def _apply_look(self) -> None:
        QApplication.setPalette(palette(self._theme))  # the lists of choices are windows of their own
        self.setStyleSheet(stylesheet(self._theme, self._measure))
        self.header.set_look(self._theme, self._measure)
        self.pages.set_look(self._theme, self._measure)
