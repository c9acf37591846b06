"""A widget that shows drawings: it asks for one of its own size, paints it, and answers which cell is where."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnsim.app.grid_painter import Pictures
from cnnsim.app.painter import paint
from cnnsim.app.typefaces import GlyphCache
from cnnsim.drawing import Cell, Drawing
from cnnsim.painting import LIGHT, Painted, Theme, lower_grids
from cnnsim.typography import term_at

Primitives = tuple[Painted, ...]
Scene = Callable[[float, float], Drawing]
"""From a width and a height in logical pixels to a drawing of that size."""


class Canvas(QWidget):
    """Shows what its scene draws.

    The scene is asked when a picture is due, so a hundred changes between two frames cost one drawing. A number in a
    formula stands for its cell: to point at one is to point at the other.

    `failed` is emitted with what a scene raised; the picture before it stays, and the scene is not asked again.
    """

    cell_hovered = Signal(object)
    cell_clicked = Signal(object)
    cell_double_clicked = Signal(object)
    released = Signal()
    file_dropped = Signal(object, object)
    scene_changed = Signal()
    failed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._theme = LIGHT
        self._drawing: Drawing | None = None
        self._asked_for: tuple[int, int] | None = None  # the size that the scene was asked for last
        self._primitives: Primitives = ()
        self._painted: Primitives = ()  # the last ones that could be
        self._lowered = False
        self._glyphs = GlyphCache()
        self._pictures = Pictures()
        self._hovered: Cell | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a field leaves the field
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Return the size below which no scene is readable."""
        return QSize(320, 240)

    def set_scene(self, scene: Scene) -> None:
        """Show another scene, or the same one after a change of what it depends on."""
        self._scene = scene
        self._asked_for = None
        self.scene_changed.emit()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Show the same drawing in other colours."""
        self._theme = theme
        self._lowered = False
        self.update()

    def drawing(self) -> Drawing | None:
        """Return what is shown, drawn for the present size if its scene can; None before there is a scene."""
        size = (self.width(), self.height())
        if self._scene is not None and self._asked_for != size:
            self._asked_for = size
            try:
                self._drawing = self._scene(float(size[0]), float(size[1]))
                self._lowered = False
            except Exception as error:  # whatever it is, whoever looks at the picture is not to lose it
                self._scene = None
                self.failed.emit(error)
        return self._drawing

    def cell_box(self, cell: Cell) -> QRectF | None:
        """Where a cell is; None if it is not shown."""
        drawing = self.drawing()
        try:
            matrix = drawing.matrix(cell.matrix) if drawing else None
        except KeyError:
            matrix = None
        if matrix is None:
            return None
        return QRectF(*matrix.box(cell.row, cell.col))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing on the theme's background."""
        drawing = self.drawing()
        try:
            if drawing is not None and not self._lowered:
                self._lowered = True
                self._primitives = lower_grids(drawing, self._theme)
            self._paint(event, self._primitives)
            self._painted = self._primitives
        except Exception as error:  # Qt would not survive one that leaves this method
            self._primitives = self._painted
            self._paint(event, self._painted)
            self.failed.emit(error)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the cell under the pointer when it is another one."""
        self._hover(self._cell_under(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Report that the pointer is over no cell."""
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report the cell that was clicked."""
        cell = self._cell_under(event)
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cell_clicked.emit(cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Report that the button was let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Report the cell that was double-clicked, in a matrix: a number in a formula cannot be edited."""
        drawing, point = self.drawing(), event.position()
        cell = drawing.cell_at(point.x(), point.y()) if drawing else None
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cell_double_clicked.emit(cell)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let files be dropped."""
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Report a file that was dropped, and the cell it was dropped on."""
        event.acceptProposedAction()
        path = Path(event.mimeData().urls()[0].toLocalFile())
        self.file_dropped.emit(path, self._cell_under(event))

    def _paint(self, event: QPaintEvent, primitives: Primitives) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(event.rect(), QColor(*self._theme.background))
            paint(painter, primitives, self._glyphs, self._pictures)
        finally:
            painter.end()  # Qt does not survive one that is left open

    def _cell_under(self, event: QMouseEvent | QDropEvent) -> Cell | None:
        drawing, point = self.drawing(), event.position()
        if drawing is None:
            return None
        return drawing.cell_at(point.x(), point.y()) or term_at(drawing, point.x(), point.y())

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.cell_hovered.emit(cell)
