"""An animation with its transport: the canvas above, the bars below, the editor over the cells."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from cnnsim.app.bookmarks import Bookmarks
from cnnsim.app.canvas import Canvas
from cnnsim.app.cell_editing import CellEditing
from cnnsim.app.cell_hints import CellHints, Hint
from cnnsim.app.cell_keys import CellKeys
from cnnsim.app.cell_moves import is_shown
from cnnsim.app.check_bar import CheckBar
from cnnsim.app.description import Description
from cnnsim.app.player import Player
from cnnsim.app.pointer import Pointer
from cnnsim.app.predict_bar import PredictBar
from cnnsim.app.questions import Name, Questions
from cnnsim.app.style import Measure
from cnnsim.app.transport import Transport
from cnnsim.drawing import Cell, Drawing
from cnnsim.operations import GrainWords
from cnnsim.painting import Theme
from cnnsim.scenes import View, operand_at, operand_words, step_at
from cnnsim.scenes.footer import note_height
from cnnsim.scenes.layout import Scaling
from cnnsim.trace import GrainView, Stepped
from cnnsim.trace.cellwise import Place

Draw = Callable[[GrainView[Any], float, View], Drawing]


class Stage(QWidget):
    """Shows a trace through a scene, at the place and the grain that the transport says.

    A cell that is pointed at lights up with all that belongs to it; a click pins it until Esc, and on a result also
    goes to the step that finishes it.

    Parameters
    ----------
    name
        Of the picture, for screen readers.
    grains
        Sizes of steps to offer.
    page
        Where the keys work.
    result
        Names the cell that is computed at a position.
    """

    cell_edited = Signal(object, float)
    cell_clicked = Signal(object)

    def __init__(self, name: str, grains: Sequence[GrainWords], page: QWidget, result: Name) -> None:
        super().__init__(page)
        self._steps: GrainView[Any] | None = None
        self._trace: Stepped[Any] | None = None
        self._draw: Draw | None = None
        self._scaling: tuple[Scaling, float] = ("matrix", 1.0)
        self.player = Player(self)
        self.canvas = Canvas(name, self)
        self.pointer = Pointer(self.canvas)
        self.editing = CellEditing(self.canvas, self.pointer, self.player)
        self.editor = self.editing.editor
        self.predict, self.check = PredictBar(self), CheckBar(self)  # in the order of the Tab key
        self.check.hide()
        self.transport = Transport(self.player, page, [(grain.key, grain.words, grain.tip) for grain in grains])
        self.bookmarks = Bookmarks(self.player, self.transport)
        self._questions = Questions(self.predict, self.player, result)
        self._lay_out()
        self._can_choose: Callable[[Cell], bool] = lambda _cell: False
        Description(self.canvas)
        CellHints(self.canvas, self._hint_for)
        CellKeys(self.canvas, self.pointer, page, self._on_entered, self._on_clicked)
        self._connect()

    @property
    def trace(self) -> Stepped[Any] | None:
        """What is shown."""
        return self._trace

    def set_editable(self, can_edit: Callable[[Cell], bool], can_choose: Callable[[Cell], bool]) -> None:
        """Say which cells of the picture may be changed, and which mean something to choose."""
        self.editing.can_edit, self._can_choose = can_edit, can_choose

    def show_trace(self, trace: Stepped[Any], draw: Draw) -> None:
        """Show another trace, at the same place if it has as many steps, else from its start."""
        steps = trace.at(self.transport.grain.key)
        keep = self._trace is not None and _kind(trace) is _kind(self._trace) and len(trace) == len(self._trace)
        if not keep:
            self.pointer.forget()  # while its cells are still there
        self._trace, self._steps, self._draw = trace, steps, draw
        self._questions.renew(told_is_told=keep)
        if keep:
            self._questions.ask(steps)
            self._forget_lost_cells(steps, draw)
            self._refresh()
        else:
            self.player.set_length(len(steps))
        self.bookmarks.set_steps(steps, keep)

    def operand_at(self, cell: Cell) -> tuple[str, Place] | None:
        """Return the name of the operand whose number a cell shows, and its place there."""
        return None if self._steps is None else operand_at(self._steps, self.player.position, cell)

    def operand_words(self, cell: Cell) -> str:
        """Return what formulas call that number."""
        return "" if self._steps is None else operand_words(self._steps, self.player.position, cell)

    def step_at(self, cell: Cell) -> int | None:
        """Return the step that finishes a cell, if one does."""
        return None if self._steps is None else step_at(self._steps, self.player.position, cell)

    def go_to(self, cell: Cell) -> None:
        """Go to the step that finishes a cell, if there is one."""
        if (step := self.step_at(cell)) is not None:
            self.player.seek(step)

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.canvas.set_theme(theme)
        for bar in (self.predict, self.check, self.transport):
            bar.set_measure(measure)

    def set_grain(self, grain: str) -> None:
        """Show steps of another size."""
        self.transport.grain.choose(grain)
        self._on_grain_changed(grain)

    def set_scaling(self, scaling: Scaling, limit: float) -> None:
        """Choose which value gets the strongest colour."""
        self._scaling = (scaling, limit)
        self._refresh()

    def set_predicting(self, predicting: bool) -> None:
        """Ask for each result before it is shown, or no longer."""
        self._questions.begin(predicting)
        if predicting and "cell" in self.transport.grain.keys:
            self.set_grain("cell")
        self._questions.ask(self._steps)
        self._refresh()
        if predicting:
            self.predict.take_keys()
        else:
            self.canvas.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let a bar cover the last line of the picture, whose size depends on that of the picture."""
        super().resizeEvent(event)
        for bar in (self.predict, self.check):
            bar.setMinimumHeight(ceil(note_height(View(self.canvas.width(), self.canvas.height()))))

    def _lay_out(self) -> None:
        """Put the bars over the last line of the picture, which is a remark, so that nothing moves when one appears."""
        picture = QGridLayout()
        picture.addWidget(self.canvas, 0, 0)
        for bar in (self.predict, self.check):
            bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            picture.addWidget(bar, 0, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(picture, 1)
        column.addWidget(self.transport)

    def _connect(self) -> None:
        self.player.position_changed.connect(self._on_position_changed)
        self.player.playing_changed.connect(self._on_playing_changed)
        self.predict.answered.connect(self._refresh)
        self.predict.next_wanted.connect(lambda: self.player.step(1))
        self.transport.grain_changed.connect(self._on_grain_changed)
        self.pointer.looked_at_changed.connect(self._on_looked_at_changed)
        self.canvas.cell_clicked.connect(self._on_clicked)
        self.editor.committed.connect(self.cell_edited)

    def _refresh(self) -> None:
        steps, draw, position = self._steps, self._draw, self.player.position
        hidden = self._questions.hiding
        looked_at, pointed_at = self.pointer.looked_at, self.pointer.pointed_at
        scaling = self._scaling
        if steps is not None and draw is not None:
            self.canvas.set_scene(
                lambda width, height: draw(
                    steps, position, View(width, height, looked_at, hidden, *scaling, pointed_at)
                )
            )

    def _forget_lost_cells(self, steps: GrainView[Any], draw: Draw) -> None:
        """Look at no cell that another trace does not have."""
        cells = [cell for cell in (self.pointer.looked_at, self.pointer.pointed_at) if cell is not None]
        if cells:
            self.canvas.set_scene(lambda width, height: draw(steps, self.player.position, View(width, height)))
            bare = self.canvas.drawing()
            if bare is None or not all(is_shown(bare, cell) for cell in cells):
                self.pointer.forget()

    def _on_position_changed(self, _position: float) -> None:
        pointer = self.pointer  # a result that is looked at gives way to the one that is being computed
        if pointer.pinned is not None and self.step_at(pointer.pinned) is not None:
            pointer.let_go()
        if pointer.cursor is not None and self.step_at(pointer.cursor) is not None:
            pointer.stop_pointing()
        self._questions.ask(self._steps)
        self._refresh()

    def _on_playing_changed(self, playing: bool) -> None:
        if playing and self._questions.asking:
            self.player.pause()  # after each step there is a question

    def _on_grain_changed(self, grain: str) -> None:
        if self._trace is None or self._steps is None:
            return
        base = self._steps.base_index(self.player.step_index)
        self._steps = self._trace.at(grain)
        self._questions.renew()
        self.player.set_length(len(self._steps), self._steps.position_of(base))
        self.bookmarks.set_steps(self._steps, keep=True)

    def _on_looked_at_changed(self) -> None:
        if not self.player.moving:  # the next frame shows it
            self._refresh()

    def _hint_for(self, cell: Cell) -> Hint | None:
        if self.editing.can_edit(cell):
            return Qt.CursorShape.IBeamCursor, "Double-click to change this number, click to pin it"
        if self.step_at(cell) is not None:
            return Qt.CursorShape.PointingHandCursor, "Click to see how this number comes about"
        if self._can_choose(cell):
            return Qt.CursorShape.PointingHandCursor, "Click to choose this"
        return None

    def _on_clicked(self, cell: Cell) -> None:
        self.go_to(cell)
        self.pointer.pin(cell)
        self.cell_clicked.emit(cell)

    def _on_entered(self, cell: Cell) -> None:
        """Change a cell by keyboard, or do what a click does."""
        if self.editing.can_edit(cell):
            self.editing.open(cell)
        else:
            self._on_clicked(cell)


def _kind(trace: Stepped[Any]) -> type:
    return type(getattr(trace, "rule", trace))
