"""One of several names: in a list that drops down, or side by side."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from cnnsim.app.icons import paint_sign, sign

_SPACE = (Qt.Key.Key_Space,)
_BEFORE, _AFTER = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)


class KeepsKeys(QObject):
    """Leaves keys to the control that has the focus, which would otherwise go to shortcuts of the window.

    Parameters
    ----------
    parent
        Whose life it shares.
    keys
        The space bar, unless others are given.
    """

    def __init__(self, parent: QObject, keys: Sequence[Qt.Key] = _SPACE) -> None:
        super().__init__(parent)
        self._keys = keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the keys before the shortcuts see them."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in self._keys
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
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
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.installEventFilter(KeepsKeys(self))
        self._chevron = sign("down")

    @property
    def key(self) -> str:
        """Key of the chosen name."""
        return str(self.currentData())

    def choose(self, key: str) -> None:
        """Choose a name by its key."""
        self.setCurrentIndex(self.findData(key))

    def choose_silently(self, key: str) -> None:
        """Choose without a signal: what is shown follows what already is so."""
        blocked = self.blockSignals(True)
        self.choose(key)
        self.blockSignals(blocked)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose with the wheel once it has the focus: scrolling past it changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Shorten words that find no room."""
        super().initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        option.currentText = text

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
    """One of a few words, all of them in view; the arrow keys choose another one while it has the focus."""

    changed = Signal(str)

    def __init__(self, names: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """Take (key, words, tip) of each segment; the first one is chosen."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _, _ in names]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        keeps_keys = KeepsKeys(self, (*_SPACE, *_BEFORE, *_AFTER))
        for number, (_, words, tip) in enumerate(names):
            button = QToolButton(self)
            button.setText(words)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.installEventFilter(keeps_keys)
            button.installEventFilter(self)
            button.setProperty("segment", _end(number, len(names)))
            self._group.addButton(button, number)
            row.addWidget(button, 1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def key(self) -> str:
        """Key of the chosen segment."""
        return self._keys[self._group.checkedId()]

    @property
    def keys(self) -> list[str]:
        """Keys of all segments."""
        return self._keys

    def choose(self, key: str) -> None:
        """Choose a segment by its key."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def button(self, key: str) -> QToolButton:
        """Button of a segment."""
        found = self._group.button(self._keys.index(key))
        assert isinstance(found, QToolButton)
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Choose the segment beside the present one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            count = (event.key() in _AFTER) - (event.key() in _BEFORE)
            if count:
                button = self._group.button(min(max(self._group.checkedId() + count, 0), len(self._keys) - 1))
                button.setFocus(Qt.FocusReason.TabFocusReason)
                button.click()
                return True
        return super().eventFilter(watched, event)

    def _on_clicked(self, number: int) -> None:
        self.changed.emit(self._keys[number])


def _end(number: int, count: int) -> str:
    return "first" if number == 0 else "last" if number == count - 1 else "middle"
