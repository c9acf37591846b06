"""Which cell of a picture is looked at: the one that was pinned by a click, or else the one under the pointer."""

from PySide6.QtCore import QObject, Signal

from cnnsim.app.canvas import Canvas
from cnnsim.drawing import Cell


class Pointer(QObject):
    """Follows the mouse over a canvas.

    `looked_at_changed` is emitted when another cell is looked at or pointed at, `pinned_changed` when one was pinned or
    let go, and `dragged` when the pointer went from a cell to another with its button held.
    """

    looked_at_changed = Signal()
    pinned_changed = Signal()
    dragged = Signal(object, object)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._hovered: Cell | None = None
        self._pinned: Cell | None = None
        self._held: Cell | None = None
        canvas.cell_hovered.connect(self._on_hovered)
        canvas.released.connect(self._on_released)

    @property
    def pinned(self) -> Cell | None:
        """The cell that was pinned last and not let go since."""
        return self._pinned

    @property
    def looked_at(self) -> Cell | None:
        """The cell that was pinned, or else the one under the pointer."""
        return self._pinned or self._hovered

    @property
    def pointed_at(self) -> Cell | None:
        """The cell under the pointer while another one is pinned."""
        return self._hovered if self._pinned is not None else None

    def pin(self, cell: Cell) -> None:
        """Keep looking at a cell; let it go if it is the pinned one."""
        self._held = cell
        self._set_pinned(None if cell == self._pinned else cell)

    def let_go(self) -> None:
        """Look at what is under the pointer again."""
        self._set_pinned(None)

    def _set_pinned(self, cell: Cell | None) -> None:
        if cell != self._pinned:
            self._pinned = cell
            self.looked_at_changed.emit()
            self.pinned_changed.emit()

    def _on_hovered(self, cell: Cell | None) -> None:
        self._hovered = cell
        self.looked_at_changed.emit()
        if cell is not None and self._held is not None and cell != self._held:
            start, self._held = self._held, cell
            self.dragged.emit(start, cell)

    def _on_released(self) -> None:
        self._held = None
