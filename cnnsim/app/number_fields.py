"""Fields for numbers: a whole one between a minus and a plus, and one that may be a decimal or a fraction."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnnsim.app.cell_number import parse_number
from cnnsim.app.field import Field
from cnnsim.app.sign_button import SignButton
from cnnsim.errors import InputError
from cnnsim.typography import format_number

_NARROW = 22  # pixels: four of them fit into the panel beside their name and a scroll bar


class WholeNumber(Field):
    """A whole number in a range: typed, or changed with the arrow keys and the wheel."""

    changed = Signal(int)

    def __init__(self, low: int, high: int, value: int, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_value(value)
        self._range = QIntValidator(low, high, self)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setMinimumWidth(24)
        self.returnPressed.connect(self.clearFocus)
        self.editingFinished.connect(self._on_editing_finished)

    @property
    def value(self) -> int:
        """The number."""
        return self._value

    @property
    def low(self) -> int:
        """The smallest number allowed."""
        return self._range.bottom()

    @property
    def high(self) -> int:
        """The largest number allowed."""
        return self._range.top()

    def set_range(self, low: int, high: int) -> None:
        """Allow other numbers."""
        self._range.setRange(low, high)
        if not low <= self._value <= high:
            self.enter(min(max(self._value, low), high))

    def show_value(self, value: int) -> None:
        """Show another number, without a signal."""
        self._value = value
        self.settle(str(value))

    def enter(self, value: int) -> None:
        """Take over a number as if it was typed; one beyond the range becomes the nearest inside."""
        value = min(max(value, self.low), self.high)
        changed = value != self._value
        self.show_value(value)
        if changed:
            self.changed.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Count up and down with the arrow keys."""
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if steps:
            self.enter(self._value + steps)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Count with the wheel, once the field has the focus: scrolling past it changes nothing."""
        if self.hasFocus() and event.angleDelta().y():
            self.enter(self._value + (1 if event.angleDelta().y() > 0 else -1))
        else:
            event.ignore()

    def _on_editing_finished(self) -> None:
        try:
            self.enter(int(self.text()))
        except ValueError:
            self.show_value(self._value)


class Stepper(QWidget):
    """A whole number between a minus and a plus."""

    changed = Signal(int)

    def __init__(self, low: int, high: int, value: int, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = WholeNumber(low, high, value, tip, self)
        self.less = SignButton("minus", f"Less: {tip}", self)
        self.more = SignButton("plus", f"More: {tip}", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget, stretch in ((self.less, 0), (self.box, 1), (self.more, 0)):
            row.addWidget(widget, stretch)
        for button, step in ((self.less, -1), (self.more, 1)):
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do this in the box
            button.clicked.connect(lambda _checked=False, step=step: self.box.enter(self.box.value + step))
        self.setFocusProxy(self.box)
        self.box.changed.connect(self._on_changed)
        self._show_limits()

    @property
    def value(self) -> int:
        """The number."""
        return self.box.value

    def set_range(self, low: int, high: int) -> None:
        """Allow other numbers."""
        self.box.set_range(low, high)
        self._show_limits()

    def set_value(self, value: int) -> None:
        """Show another number, without a signal."""
        self.box.show_value(value)
        self._show_limits()

    def _on_changed(self, value: int) -> None:
        self._show_limits()
        self.changed.emit(value)

    def _show_limits(self) -> None:
        self.less.setEnabled(self.box.value > self.box.low)
        self.more.setEnabled(self.box.value < self.box.high)


class WholesField(QWidget):
    """Several whole numbers of one kind between a minus and a plus, which change all of them together."""

    changed = Signal(tuple)

    def __init__(
        self, low: int, high: int, names: tuple[str, ...], values: tuple[int, ...], tip: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.boxes = [
            WholeNumber(low, high, value, f"{tip}: {name.lower()}", self)
            for name, value in zip(names, values, strict=True)
        ]
        self.less = SignButton("minus", f"Less: {tip}", self)
        self.more = SignButton("plus", f"More: {tip}", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for widget, stretch in ((self.less, 0), *((box, 1) for box in self.boxes), (self.more, 0)):
            row.addWidget(widget, stretch)
        for button, step in ((self.less, -1), (self.more, 1)):
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do this in the boxes
            button.clicked.connect(lambda _checked=False, step=step: self._count(step))
        for box in self.boxes:
            box.setProperty("narrow", True)
            box.setMinimumWidth(_NARROW)
            box.changed.connect(lambda _value: self._tell())
        self.setFocusProxy(self.boxes[0])
        self._show_limits()

    @property
    def values(self) -> tuple[int, ...]:
        """The numbers."""
        return tuple(box.value for box in self.boxes)

    def set_values(self, values: tuple[int, ...]) -> None:
        """Show other numbers, without a signal."""
        for box, value in zip(self.boxes, values, strict=True):
            box.show_value(value)
        self._show_limits()

    def _count(self, step: int) -> None:
        self.set_values(tuple(min(max(box.value + step, box.low), box.high) for box in self.boxes))
        self._tell()

    def _tell(self) -> None:
        self._show_limits()
        self.changed.emit(self.values)

    def _show_limits(self) -> None:
        self.less.setEnabled(any(box.value > box.low for box in self.boxes))
        self.more.setEnabled(any(box.value < box.high for box in self.boxes))


class NumberField(Field):
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
        self._shown = _written(value)
        self.settle(self._shown)

    def _on_editing_finished(self) -> None:
        if self.text() == self._shown:  # which may be rounded
            return
        try:
            value = parse_number(self.text(), self._argument)
            self._check(value)
        except InputError as error:
            self.set_value(self._value)
            self.refused.emit(f"{error}. {self._shown} was kept.")
            return
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)


def _written(value: float) -> str:
    """Write a number with four decimals, or a power of ten where these would all be 0."""
    text = format_number(value, 4)
    return f"{value:g}" if value and not text.strip("-−0.") else text
