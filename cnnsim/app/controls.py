"""The controls of the side panels: a choice, a few words side by side, a whole number, and a number."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QToolButton, QWidget

from cnnsim.app.cell_number import parse_number
from cnnsim.app.icons import SignButton, paint_sign, sign
from cnnsim.errors import InputError
from cnnsim.typography import format_number


class KeepsSpace(QObject):
    """Leaves the space bar to a focused button or choice, which would otherwise go to the window's shortcut."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the space bar before the shortcuts see it."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            event.accept()
            return True
        return super().eventFilter(watched, event)


class Choice(QComboBox):
    """One of several names, in a list that drops down."""

    def __init__(self, names: Sequence[tuple[str, str]], tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for key, words in names:
            self.addItem(words, key)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.installEventFilter(KeepsSpace(self))
        self._chevron = sign("down")

    @property
    def key(self) -> str:
        """Key of the chosen name."""
        return str(self.currentData())

    def choose(self, key: str) -> None:
        """Choose a name by its key."""
        self.setCurrentIndex(self.findData(key))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, then its chevron."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setBrush(self.palette().buttonText())
        side = self.fontMetrics().height()
        box = QRectF(self.width() - side * 1.4, (self.height() - side) / 2, side, side)
        paint_sign(painter, self._chevron, box)
        painter.end()


class Segmented(QWidget):
    """One of a few words, all of them in view."""

    changed = Signal(str)

    def __init__(self, names: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """Take (key, words, tip) of each segment; the first one is chosen."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _, _ in names]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        keeps_space = KeepsSpace(self)
        for number, (_, words, tip) in enumerate(names):
            button = QToolButton(self)
            button.setText(words)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.installEventFilter(keeps_space)
            button.setProperty("segment", _end(number, len(names)))
            self._group.addButton(button, number)
            row.addWidget(button, 1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def key(self) -> str:
        """Key of the chosen segment."""
        return self._keys[self._group.checkedId()]

    def choose(self, key: str) -> None:
        """Choose a segment by its key."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def button(self, key: str) -> QToolButton:
        """Button of a segment."""
        found = self._group.button(self._keys.index(key))
        assert isinstance(found, QToolButton)
        return found

    def _on_clicked(self, number: int) -> None:
        self.changed.emit(self._keys[number])


def _end(number: int, count: int) -> str:
    return "first" if number == 0 else "last" if number == count - 1 else "middle"


class Stepper(QWidget):
    """A whole number between a minus and a plus."""

    changed = Signal(int)

    def __init__(self, low: int, high: int, value: int, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QSpinBox(self)
        self.box.setRange(low, high)
        self.box.setValue(value)
        self.box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.setKeyboardTracking(False)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setToolTip(tip)
        self.box.setAccessibleName(tip)
        self.less = SignButton("minus", f"Less: {tip}", self)
        self.more = SignButton("plus", f"More: {tip}", self)
        for button in (self.less, self.more):
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do this in the box
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.less)
        row.addWidget(self.box, 1)
        row.addWidget(self.more)
        self.setFocusProxy(self.box)
        self.less.clicked.connect(self.box.stepDown)
        self.more.clicked.connect(self.box.stepUp)
        self.box.valueChanged.connect(self._on_value_changed)
        self.box.lineEdit().returnPressed.connect(self.box.clearFocus)
        self._show_limits()

    @property
    def value(self) -> int:
        """The number."""
        return self.box.value()

    def set_range(self, low: int, high: int) -> None:
        """Allow other numbers."""
        self.box.setRange(low, high)
        self._show_limits()

    def set_value(self, value: int) -> None:
        """Show another number, without a signal."""
        blocked = self.box.blockSignals(True)
        self.box.setValue(value)
        self.box.blockSignals(blocked)
        self._show_limits()

    def _on_value_changed(self, value: int) -> None:
        self._show_limits()
        self.changed.emit(value)

    def _show_limits(self) -> None:
        self.less.setEnabled(self.box.value() > self.box.minimum())
        self.more.setEnabled(self.box.value() < self.box.maximum())


class NumberField(QLineEdit):
    """A number that may be typed as a decimal or a fraction."""

    changed = Signal(float)
    refused = Signal(str)

    def __init__(
        self,
        argument: str,
        value: float,
        tip: str,
        parent: QWidget | None = None,
        check: Callable[[float], None] = lambda value: None,
    ) -> None:
        """Take a name for messages, and a check that raises `InputError`."""
        super().__init__(parent)
        self._argument = argument
        self._check = check
        self._value = value
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.set_value(value)
        self.returnPressed.connect(self.clearFocus)
        self.editingFinished.connect(self._on_editing_finished)

    @property
    def value(self) -> float:
        """The last number that was accepted."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another number, without a signal."""
        self._value = value
        self.setText(format_number(value, 4))

    def _on_editing_finished(self) -> None:
        try:
            value = parse_number(self.text(), self._argument)
            self._check(value)
        except InputError as error:
            self.set_value(self._value)
            self.refused.emit(str(error))
            return
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)
