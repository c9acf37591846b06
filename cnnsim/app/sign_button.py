"""A button with a drawn sign."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from cnnsim.app.icons import paint_sign, sign


class SignButton(QToolButton):
    """A button with a drawn sign, and with text beside it if it has some.

    It takes the focus from the Tab key only: after a click the space bar still plays, but with the focus it presses.

    Parameters
    ----------
    name, tip
        Its sign, and what it does.
    lines
        Its side in lines of text.
    """

    def __init__(self, name: str, tip: str, parent: QWidget | None = None, lines: float = 1.55) -> None:
        super().__init__(parent)
        self._lines = lines
        self._name = name
        self._outline = sign(name)
        self.setToolTip(tip)
        self.setAccessibleName(tip.partition("  ")[0])
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def sign_name(self) -> str:
        """Which sign is shown."""
        return self._name

    def set_sign(self, name: str, tip: str) -> None:
        """Show another sign, and say what it does now."""
        self._name = name
        self._outline = sign(name)
        self.setToolTip(tip)
        self.setAccessibleName(tip.partition("  ")[0])
        self.update()

    def event(self, event: QEvent) -> bool:
        """Claim the space bar before the shortcuts see it."""
        is_space = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.modifiers()
        if is_space and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        """Return a square that grows with the font."""
        side = self._side()
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: a sign does not shrink."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then the sign."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setBrush(self.palette().buttonText())
        side = self._side() * 0.62
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        paint_sign(painter, self._outline, box)
        painter.end()

    def _side(self) -> int:
        return round(self.fontMetrics().height() * self._lines)
