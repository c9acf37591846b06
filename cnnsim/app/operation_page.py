"""The page of an operation: its options on the left, its animation on the right."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnnsim.app.changes import Changes
from cnnsim.app.code_dialog import CodeDialog
from cnnsim.app.option_controls import Control
from cnnsim.app.option_panel import OptionPanel
from cnnsim.app.page_head import PageHead
from cnnsim.app.page_keys import add_page_keys
from cnnsim.app.scale_group import ScaleGroup
from cnnsim.app.stage import Stage
from cnnsim.app.style import Measure, measure_for
from cnnsim.app.tensor_actions import connect_tensor_field, take_picture
from cnnsim.app.tensor_field import TensorField
from cnnsim.app.zoom import Zoom
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.operations import Operation, Settings, options_of, sources_of, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.operations.options import Numbers
from cnnsim.operations.scene_file import Scene
from cnnsim.painting import Theme
from cnnsim.trace import GrainView


class OperationPage(QWidget):
    """Shows the settings of an operation and lets them be changed; every change can be undone.

    Parameters
    ----------
    operation
        What is shown.
    siblings
        Names and titles of the operations of its chapter.
    """

    page_wanted = Signal(str)
    scene_wanted = Signal(object)
    settings_changed = Signal()
    failed = Signal(object)

    def __init__(
        self, operation: Operation[Any], siblings: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.operation = operation
        self.changes = Changes(operation.start, self)
        self.measure = measure_for(0)
        self._is_shown = True  # the picture shows the settings; not where they do not go together
        self.head = PageHead(operation, siblings, self)
        self.panel = OptionPanel(operation.start, self.head, self)
        self.scale = ScaleGroup(self)
        self.panel.add(self.scale)
        self.scale.setVisible(operation.scaled)
        self.stage = Stage(operation.title, operation.grains, self, self._result)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel)
        row.addWidget(self.stage, 1)
        self._connect_head()
        self._connect_stage()
        add_page_keys(self)
        self.zoom = Zoom(self)
        self._follow()

    @property
    def settings(self) -> Any:
        """What the controls say."""
        return self.changes.present

    @property
    def controls(self) -> dict[str, Control]:
        """The controls by the names of their options."""
        return self.panel.controls

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.measure = measure
        self.panel.set_measure(measure)
        self.stage.set_look(theme, measure)

    def start(self) -> None:
        """Play."""
        self.stage.player.play()

    def change(self, settings: Settings) -> None:
        """Go on with other settings; the change can be undone."""
        self.changes.change(settings)

    def scene(self) -> Scene:
        """Return what the page shows, as a file holds it."""
        player, grain = self.stage.player, self.stage.transport.grain.key
        return Scene(self.operation.name, self.settings, grain, player.step_index, self.stage.bookmarks.marks)

    def show_scene(self, scene: Scene) -> None:
        """Show what a file holds; the change can be undone."""
        self.change(scene.settings)
        self.stage.set_grain(scene.grain)
        self.stage.bookmarks.set_marks(scene.bookmarks)
        self.stage.player.seek(scene.step)

    def show_code(self) -> None:
        """Show what the settings compute as text of other libraries."""
        if self.operation.code is not None:
            dialog = CodeDialog(self.measure, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.show_code(self.operation.code(self.settings))
            dialog.open()

    def _connect_head(self) -> None:
        head = self.head
        head.sibling_wanted.connect(self.page_wanted)
        head.preset_chosen.connect(self._on_preset_chosen)
        head.undo.clicked.connect(self.changes.undo)
        head.redo.clicked.connect(self.changes.redo)
        head.predict.toggled.connect(self.stage.set_predicting)
        head.check.toggled.connect(self._on_check_toggled)
        head.code.clicked.connect(self.show_code)
        self.panel.changed.connect(self.change)
        self.panel.counted.connect(self.changes.count)
        self.changes.changed.connect(self._on_changed)
        self.scale.changed.connect(self.stage.set_scaling)
        self.scale.refused.connect(self.panel.warn)
        for name, option in options_of(self.settings).items():
            field = self.controls[name].widget
            if isinstance(option.kind, Numbers) and isinstance(field, TensorField):
                connect_tensor_field(field, self, option.kind.operand)

    def _connect_stage(self) -> None:
        stage = self.stage
        stage.set_editable(lambda cell: self.given_at(cell) is not None, lambda cell: self._chosen(cell) is not None)
        stage.predict.left.connect(self.head.predict.click)
        stage.cell_edited.connect(self._on_cell_edited)
        stage.canvas.file_dropped.connect(self._on_file_dropped)
        stage.canvas.failed.connect(stage.player.pause)
        stage.canvas.failed.connect(self.failed)
        stage.cell_clicked.connect(self._on_cell_clicked)
        stage.pointer.dragged.connect(self._on_dragged)
        stage.bookmarks.changed.connect(self.settings_changed)
        stage.pointer.pinned_changed.connect(self._check)
        stage.check.epsilon_changed.connect(self._check)

    def _on_changed(self) -> None:
        self._follow()
        self.settings_changed.emit()

    def _follow(self) -> None:
        """Let the controls show the settings, and the stage their trace."""
        self.panel.follow(self.settings)
        self.head.follow(self.settings, self.changes.can_undo, self.changes.can_redo)
        self._show()
        self.zoom.follow()

    def _show(self) -> None:
        """Show what the controls say; where that does not go together, say why and leave the picture as it is."""
        settings = self.settings
        try:
            trace = settings.trace()
        except InputError as error:
            self._is_shown = False
            self.panel.warn(f"{error}. The picture still shows what went together before.")
            return
        self._is_shown = True
        self.panel.warn("")
        self.stage.show_trace(trace, lambda steps, position, view: self.operation.draw(settings, steps, position, view))
        self._check()

    def _result(self, steps: GrainView[Any], position: float) -> str:
        return self.operation.result(self.settings, steps, position)

    def given_at(self, cell: Cell) -> str | None:
        """Return the name of the tensor of the settings whose number a cell shows; None if it shows no such number."""
        operand = self.stage.operand_at(cell) if self._is_shown else None
        if operand is None or operand[0] not in {kind.operand for _, kind, _ in sources_of(self.settings)}:
            return None
        return operand[0]

    def _check(self) -> None:
        """Compare the gradient of the pinned cell with what a nudge gives."""
        bar, cell = self.stage.check, self.stage.pointer.pinned
        if bar.isHidden():
            return
        operand = None if cell is None else self.stage.operand_at(cell)
        found = None
        if operand is not None and self._is_shown:
            found = check_gradient(self.operation, self.settings, *operand, bar.epsilon)
        bar.show_check(found, "" if cell is None else self.stage.operand_words(cell))

    def _on_check_toggled(self, checking: bool) -> None:
        self.stage.check.setVisible(checking)
        self._check()

    def _on_cell_edited(self, cell: Cell, value: float) -> None:
        operand = self.stage.operand_at(cell)
        if operand is not None:
            self.change(with_cell(self.settings, *operand, value))

    def _on_cell_clicked(self, cell: Cell) -> None:
        """Look into a result that the click has gone to; else do what a click on the cell means."""
        if self.stage.step_at(cell) is not None and self.zoom.inside is not None:
            self.zoom.enter_at(cell)
        elif self._chosen(cell) is not None:
            self.stage.pointer.let_go()
            self.change(self._chosen(cell))

    def _chosen(self, cell: Cell) -> Any:
        return None if self.operation.clicked is None else self.operation.clicked(self.settings, cell)

    def _on_dragged(self, start: Cell, end: Cell, again: bool) -> None:
        if self.operation.dragged is not None:
            self.changes.drag(self.operation.dragged(self.settings, start, end), again)

    def _on_file_dropped(self, path: Path, cell: Cell | None) -> None:
        """Open a scene; take any other file for a picture of the tensor that it was dropped on, or of the first."""
        if path.suffix.lower() == ".toml":
            self.scene_wanted.emit(path)
            return
        pictures = [kind.operand for _, kind, _ in sources_of(self.settings) if kind.picture]
        found = None if cell is None else self.stage.operand_at(cell)
        if pictures:
            take_picture(self, found[0] if found is not None and found[0] in pictures else pictures[0], path)
        else:
            self.panel.warn("Nothing on this page can be loaded from a picture")

    def _on_preset_chosen(self, settings: Settings) -> None:
        self.change(settings)
        self.stage.player.first()
