"""Which cell of a picture is looked at: the one that was pinned, or else the one that mouse or keys point at."""

from PySide6.QtCore import QObject, Signal

from cnnsim.app.canvas import Canvas
from cnnsim.drawing import Cell


class Pointer(QObject):
    """Follows the mouse over a canvas, and the keys.

    `looked_at_changed` is emitted when another cell is looked at or pointed at, `pinned_changed` when one was pinned or
    let go, and `dragged` when the pointer went from a cell to another with its button held; its third argument is
    whether that drag has begun before.
    """

    looked_at_changed = Signal()
    pinned_changed = Signal()
    dragged = Signal(object, object, bool)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._pointed: Cell | None = None
        self._by_key = False
        self._last: Cell | None = None
        self._pinned: Cell | None = None
        self._held: Cell | None = None
        self._dragging = False
        canvas.cell_hovered.connect(self._on_hovered)
        canvas.cell_clicked.connect(self._on_pressed)
        canvas.released.connect(self._on_released)

    @property
    def pinned(self) -> Cell | None:
        """The cell that was pinned last and not let go since."""
        return self._pinned

    @property
    def looked_at(self) -> Cell | None:
        """The cell that was pinned, or else the one that is pointed at."""
        return self._pinned or self._pointed

    @property
    def pointed_at(self) -> Cell | None:
        """The cell that is pointed at while another one is pinned."""
        return self._pointed if self._pinned is not None else None

    @property
    def cursor(self) -> Cell | None:
        """The cell that the keys point at."""
        return self._pointed if self._by_key else None

    @property
    def last(self) -> Cell | None:
        """The cell that was pointed at or pinned last, now or before."""
        return self._last

    def pin(self, cell: Cell) -> None:
        """Keep looking at a cell; let it go if it is the pinned one."""
        self._last = cell
        self._set_pinned(None if cell == self._pinned else cell)

    def let_go(self) -> None:
        """Look at what is pointed at again."""
        self._set_pinned(None)

    def point_at(self, cell: Cell) -> None:
        """Point at a cell by keyboard."""
        self._by_key = True
        self._point(cell)

    def stop_pointing(self) -> None:
        """Point at no cell by keyboard any longer."""
        if self.cursor is not None:
            self._point(None)

    def forget(self) -> None:
        """Look at no cell until the pointer moves."""
        if self.looked_at is None:
            return
        pinned, self._pinned = self._pinned, None
        self._point(None)
        if pinned is not None:
            self.pinned_changed.emit()

    def _point(self, cell: Cell | None) -> None:
        self._pointed = cell
        self._last = cell or self._last
        self.looked_at_changed.emit()

    def _set_pinned(self, cell: Cell | None) -> None:
        if cell != self._pinned:
            self._pinned = cell
            self.looked_at_changed.emit()
            self.pinned_changed.emit()

    def _on_hovered(self, cell: Cell | None) -> None:
        self._by_key = False
        self._point(cell)
        if cell is not None and self._held is not None and cell != self._held:
            start, self._held = self._held, cell
            again, self._dragging = self._dragging, True
            self.dragged.emit(start, cell, again)

    def _on_pressed(self, cell: Cell) -> None:
        self._held, self._dragging = cell, False

    def _on_released(self) -> None:
        self._held = None
