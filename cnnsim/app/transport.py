"""The bar under an animation: first, back, play, forward, last, the scrubber, the speed and the grain."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QVBoxLayout, QWidget

from cnnsim.app.controls import Choice, Segmented
from cnnsim.app.player import FASTEST, SPEEDS, Player
from cnnsim.app.sign_button import SignButton
from cnnsim.app.style import Measure


class Transport(QWidget):
    """Steers a `Player` and shows where it is; the keys work anywhere in the page.

    Parameters
    ----------
    grains
        Key, word and tip of the sizes of steps to offer.
    """

    grain_changed = Signal(str)
    bookmark_toggled = Signal()
    bookmark_wanted = Signal(int)

    def __init__(self, player: Player, page: QWidget, grains: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(page)
        self._player = player
        self.setObjectName("transport")
        self.scrubber = _scrubber(self)
        self.counter = QLabel(self)
        self.counter.setObjectName("counter")
        self.first = _button("first", "First step  (Home)", self)
        self.back = _button("back", "One step back  (←)", self)
        self.play = _button("play", "Play  (Space)", self)
        self.forward = _button("forward", "One step forward  (→)", self)
        self.last = _button("last", "Last step  (End)", self)
        self.loop = _button("loop", "Start over at the end  (L)", self)
        self.loop.setCheckable(True)
        self.bookmark = _button("bookmark", "Set or take away a bookmark here  (B)", self)
        self.bookmark.setCheckable(True)
        self.play.setProperty("main", True)
        words = [(str(speed), "Fastest" if speed == FASTEST else f"{speed:g}×") for speed in SPEEDS]
        self.grain = Segmented(grains, self)
        self.speed = Choice(words, "Speed", self)
        self.speed.choose("1.0")
        self._lay_out()
        self._connect()
        self._add_keys(page)
        self._on_length_changed(player.length)
        self._on_position_changed(player.position)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.first, self.back, self.play, self.forward, self.last, self.loop, self.bookmark):
            buttons.addWidget(button)
        scrub = QHBoxLayout()
        scrub.addWidget(self.scrubber, 1)
        scrub.addWidget(self.counter)
        below = QHBoxLayout()
        below.addLayout(buttons)
        below.addStretch(1)
        below.addWidget(self.grain)
        below.addWidget(self.speed)
        rows = QVBoxLayout(self)
        rows.addLayout(scrub)
        rows.addLayout(below)
        self._rows, self._wide, self._tight = rows, (scrub, below), buttons

    def show_bookmarks(self, steps: Sequence[int]) -> None:
        """Mark steps on the scrubber."""
        self.scrubber.set_marks(steps)
        self.bookmark.setChecked(self._player.step_index in steps)

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        unit = measure.unit
        self._rows.setContentsMargins(unit * 2, unit // 2, unit * 2, round(unit * 1.5))
        self._rows.setSpacing(unit // 2)
        self._tight.setSpacing(unit // 2)
        for row in self._wide:
            row.setSpacing(unit * 2)

    def _connect(self) -> None:
        player = self._player
        self.first.clicked.connect(player.first)
        self.back.clicked.connect(lambda: player.step(-1))
        self.play.clicked.connect(player.toggle)
        self.forward.clicked.connect(lambda: player.step(1))
        self.last.clicked.connect(player.last)
        self.loop.toggled.connect(player.set_loop)
        self.bookmark.clicked.connect(self.bookmark_toggled)
        self.speed.currentIndexChanged.connect(lambda: player.set_speed(float(self.speed.key)))
        self.scrubber.valueChanged.connect(self._on_scrubbed)
        self.grain.changed.connect(self.grain_changed)
        player.position_changed.connect(self._on_position_changed)
        player.playing_changed.connect(self._on_playing_changed)
        player.length_changed.connect(self._on_length_changed)

    def _add_keys(self, page: QWidget) -> None:
        player = self._player
        keys = (
            (Qt.Key.Key_Space, player.toggle),
            (Qt.Key.Key_Left, lambda: player.step(-1)),
            (Qt.Key.Key_Right, lambda: player.step(1)),
            (Qt.Key.Key_Home, player.first),
            (Qt.Key.Key_End, player.last),
            (Qt.Key.Key_L, self.loop.toggle),
            (Qt.Key.Key_B, self.bookmark_toggled.emit),
            ("Ctrl+Left", lambda: self.bookmark_wanted.emit(-1)),
            ("Ctrl+Right", lambda: self.bookmark_wanted.emit(1)),
        )
        for key, act in keys:
            # Disabled with the page: only the page in view answers.
            shortcut = QShortcut(QKeySequence(key), page, context=Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(act)

    def _on_scrubbed(self, value: int) -> None:
        self._player.seek(value)

    def _on_position_changed(self, position: float) -> None:
        blocked = self.scrubber.blockSignals(True)
        self.scrubber.setValue(int(position))
        self.scrubber.blockSignals(blocked)
        self.bookmark.setChecked(int(position) in self.scrubber.marks)
        self.counter.setText(f"step {int(position) + 1:,} of {self._player.length:,}")

    def _on_playing_changed(self, playing: bool) -> None:
        if playing:
            self.play.set_sign("pause", "Pause  (Space)")
        else:
            self.play.set_sign("play", "Play  (Space)")

    def _on_length_changed(self, length: int) -> None:
        blocked = self.scrubber.blockSignals(True)
        self.scrubber.setRange(0, length - 1)
        self.scrubber.setPageStep(max(1, length // 10))
        self.scrubber.blockSignals(blocked)
        widest = f"step {length:,} of {length:,}"
        self.counter.setMinimumWidth(self.counter.fontMetrics().horizontalAdvance(widest))


def _button(name: str, tip: str, parent: QWidget) -> SignButton:
    return SignButton(name, tip, parent, lines=1.75)  # pressed more often than any other


def _scrubber(parent: QWidget) -> "Scrubber":
    slider = Scrubber(parent)
    slider.setToolTip("Drag to any step")
    slider.setAccessibleName("Step")
    slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return slider


class Scrubber(QSlider):
    """A slider whose handle comes to where it is clicked, with marks at some of its values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.marks: tuple[int, ...] = ()

    def set_marks(self, marks: Sequence[int]) -> None:
        """Show marks at other values."""
        self.marks = tuple(marks)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the handle under the pointer, from where it can be dragged."""
        at = round(event.position().x() - self._handle_width() / 2)
        room = max(1, self.width() - self._handle_width())
        self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room))
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the slider, then a line above the groove for each mark."""
        super().paintEvent(event)
        if not self.marks:
            return
        painter = QPainter(self)
        room, half = max(1, self.width() - self._handle_width()), self._handle_width() / 2
        for mark in self.marks:
            x = half + QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), mark, room)
            painter.fillRect(QRectF(x - 1.5, 0.0, 3.0, self.height() * 0.3), self.palette().text())
        painter.end()

    def _handle_width(self) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        return handle.width()
