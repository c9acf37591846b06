"""An animation with its transport: the canvas above, the bar below, the editor over the cells."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnsim.app.canvas import Canvas
from cnnsim.app.cell_editor import CellEditor
from cnnsim.app.player import Player
from cnnsim.app.style import Measure
from cnnsim.app.transport import Transport
from cnnsim.drawing import Cell, Drawing, Equation, Label
from cnnsim.painting import Theme
from cnnsim.scenes import View, draw
from cnnsim.trace import CellwiseTrace, GrainView, ScatterTrace
from cnnsim.trace.grain import check_grain

CellTrace = CellwiseTrace[Any] | ScatterTrace
_RESULTS = ("output", "kernel gradient", "input gradient")


class Stage(QWidget):
    """Shows a trace through a scene, at the place and the grain that the transport says.

    Parameters
    ----------
    name
        Of the picture, for screen readers.
    can_edit
        Whether a cell of the picture may be changed.
    page
        Where the keys work.
    finest
        Word and tip for the grain of single steps.
    """

    cell_edited = Signal(object, float)

    def __init__(self, name: str, can_edit: Callable[[Cell], bool], page: QWidget, finest: tuple[str, str]) -> None:
        super().__init__(page)
        self._can_edit = can_edit
        self._steps: GrainView[Any] | None = None
        self._trace: CellTrace | None = None
        self.player = Player(self)
        self.canvas = Canvas(name, self)
        self.transport = Transport(self.player, page, finest)
        self.editor = CellEditor(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.transport)
        self.player.position_changed.connect(self._on_position_changed)
        self.player.playing_changed.connect(self._describe)
        self.transport.grain_changed.connect(self._on_grain_changed)
        self.canvas.cell_hovered.connect(self._on_hovered)
        self.canvas.cell_clicked.connect(self._on_clicked)
        self.canvas.cell_double_clicked.connect(self._on_double_clicked)
        self.editor.committed.connect(self.cell_edited)
        self.editor.next_wanted.connect(self._on_next_wanted)

    @property
    def trace(self) -> CellTrace | None:
        """What is shown."""
        return self._trace

    def show_trace(self, trace: CellTrace) -> None:
        """Show another trace, at the same place if it has as many steps, else from its start."""
        steps = trace.at(check_grain(self.transport.grain.key))
        keep = self._trace is not None and _kind(trace) is _kind(self._trace) and len(trace) == len(self._trace)
        self._trace, self._steps = trace, steps
        if keep:
            self._refresh()
        else:
            self.player.set_length(len(steps))

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.canvas.set_theme(theme)
        self.transport.set_measure(measure)

    def _refresh(self) -> None:
        steps, position = self._steps, self.player.position
        if steps is not None:
            self.canvas.set_scene(lambda width, height: draw(steps, position, View(width, height)))
        if not self.player.moving:
            self._describe()

    def _describe(self) -> None:
        """Say in words what the picture says, for screen readers, once it is at rest."""
        drawing = self.canvas.drawing()
        if drawing is not None and not self.player.playing:
            self.canvas.setAccessibleDescription(_in_words(drawing))

    def _on_position_changed(self, _position: float) -> None:
        self._refresh()

    def _on_grain_changed(self, grain: str) -> None:
        if self._trace is None or self._steps is None:
            return
        base = self._steps.base_index(self.player.step_index)
        self._steps = self._trace.at(check_grain(grain))
        self.player.set_length(len(self._steps), self._steps.position_of(base))

    def _on_hovered(self, cell: Cell | None) -> None:
        if cell is None:
            self.canvas.unsetCursor()
            self.canvas.setToolTip("")
        elif self._can_edit(cell):
            self.canvas.setCursor(Qt.CursorShape.IBeamCursor)
            self.canvas.setToolTip("Double-click to change this number")
        elif cell.matrix in _RESULTS and isinstance(self._trace, CellwiseTrace):
            self.canvas.setCursor(Qt.CursorShape.PointingHandCursor)
            self.canvas.setToolTip("Click to see how this number comes about")
        else:
            self._on_hovered(None)

    def _on_clicked(self, cell: Cell) -> None:
        if cell.matrix in _RESULTS and isinstance(self._trace, CellwiseTrace) and self._steps is not None:
            lead = (0,) * (self._trace.rule.output.ndim - 2)
            self.player.seek(self._steps.position_of(self._trace.last_step((*lead, cell.row, cell.col))))

    def _on_double_clicked(self, cell: Cell) -> None:
        if self._can_edit(cell):
            self._open_editor(cell)

    def _on_next_wanted(self, cell: Cell, count: int) -> None:
        drawing = self.canvas.drawing()
        assert drawing is not None
        rows, cols = drawing.matrix(cell.matrix).values.shape
        place = cell.row * cols + cell.col
        for _ in range(rows * cols):
            place = (place + count) % (rows * cols)
            following = Cell(cell.matrix, *divmod(place, cols))
            if self._can_edit(following):
                self._open_editor(following)
                return

    def _open_editor(self, cell: Cell) -> None:
        drawing = self.canvas.drawing()
        assert drawing is not None
        self.player.pause()
        self.editor.open(cell, float(drawing.matrix(cell.matrix).values[cell.row, cell.col]))


def _kind(trace: CellTrace) -> type:
    return type(trace.rule) if isinstance(trace, CellwiseTrace) else type(trace)


def _in_words(drawing: Drawing) -> str:
    sentences = []
    for item in drawing.items:
        if isinstance(item, Equation):
            sentences.append("".join(term.text for term in item.terms))
        elif isinstance(item, Label) and len(item.text) > 1:
            sentences.append(item.text)
    return ". ".join(sentences)
