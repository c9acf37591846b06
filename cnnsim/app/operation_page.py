"""The page of an operation: its options on the left, its animation on the right."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from cnnsim.app.code_dialog import CodeDialog
from cnnsim.app.controls import Choice
from cnnsim.app.history import History
from cnnsim.app.icons import SignButton
from cnnsim.app.option_controls import Control, control_for
from cnnsim.app.panel import Group, Panel
from cnnsim.app.stage import Stage
from cnnsim.app.style import Measure, measure_for
from cnnsim.app.tensor_actions import connect_tensor_field
from cnnsim.app.tensor_field import TensorField
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.operations import Operation, Option, Preset, Settings, array_of, options_of, sources_of, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.operations.options import Numbers
from cnnsim.operations.scene_file import Scene
from cnnsim.painting import Theme

_OWN = "own"


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
    settings_changed = Signal()

    def __init__(
        self, operation: Operation[Any], siblings: list[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.operation = operation
        self._history: History[Any] = History(operation.start)
        self._measure = measure_for(0)
        self._presets = operation.presets or (Preset("Example", operation.start),)
        self.panel = Panel(self)
        self.stage = Stage(operation.title, operation.grains, self)
        self.controls: dict[str, Control] = {}
        self._labels: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel)
        row.addWidget(self.stage, 1)
        self._add_head(siblings)
        self._add_controls()
        self._connect()
        self._follow()

    @property
    def settings(self) -> Any:
        """What the controls say."""
        return self._history.present

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self._measure = measure
        self.panel.set_measure(measure)
        self.stage.set_look(theme, measure)

    def start(self) -> None:
        """Play."""
        self.stage.player.play()

    def change(self, settings: Settings) -> None:
        """Go on with other settings."""
        self._go_to(self._history.changed(settings))

    def undo(self) -> None:
        """Take the last change back."""
        self._go_to(self._history.undone())

    def redo(self) -> None:
        """Make the change again that was taken back."""
        self._go_to(self._history.redone())

    def scene(self) -> Scene:
        """Return what the page shows, as a file holds it."""
        player, grain = self.stage.player, self.stage.transport.grain.key
        return Scene(self.operation.name, self.settings, grain, player.step_index, self.stage.bookmarks)

    def show_scene(self, scene: Scene) -> None:
        """Show what a file holds; the change can be undone."""
        self.change(scene.settings)
        self.stage.set_grain(scene.grain)
        self.stage.set_bookmarks(scene.bookmarks)
        self.stage.player.seek(scene.step)

    def _add_head(self, siblings: list[tuple[str, str]]) -> None:
        head = self.panel.group(self.operation.title if len(siblings) < 2 else self.operation.chapter)
        if len(siblings) > 1:
            self.sibling = Choice(siblings, "Operation of this chapter  (Ctrl+Page Up, Ctrl+Page Down)", self)
            self.sibling.choose_silently(self.operation.name)
            self.sibling.currentIndexChanged.connect(self._on_sibling_chosen)
            head.wide(self.sibling)
        self.presets = Choice([(str(n), preset.words) for n, preset in enumerate(self._presets)], "Examples", self)
        self.presets.setPlaceholderText("Own settings")
        self.undo_button = SignButton("undo", "Undo  (Ctrl+Z)", self)
        self.redo_button = SignButton("redo", "Redo  (Ctrl+Shift+Z)", self)
        self.open_button = SignButton("open", "Open a scene  (Ctrl+O)", self)
        self.open_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.open_button.setMenu(QMenu(self))
        self.save_button = SignButton("save", "Save the scene  (Ctrl+S)", self)
        head.wide(self.presets)
        self.predict_button = _switch("predict", "Predict each result before it is shown  (P)", self)
        self.check_button = _switch("check", "Check a gradient by a nudge: click a weight or an input  (G)", self)
        self.code_button = SignButton("code", "The same in code  (C)", self)
        files = (self.undo_button, self.redo_button, self.open_button, self.save_button)
        head.wide(_in_a_row(self, *files, self.predict_button, self.check_button, self.code_button))
        self.check_button.setVisible(bool(self.operation.gradients))
        self.code_button.setVisible(self.operation.code is not None)

    def _add_controls(self) -> None:
        groups: dict[str, Group] = {}
        for name, option in options_of(self.settings).items():
            if option.group.title not in groups:
                groups[option.group.title] = self.panel.group(option.group.title, option.group.role)
            self._add_control(groups[option.group.title], name, option)

    def _add_control(self, group: Group, name: str, option: Option) -> None:
        control = control_for(
            option.flag or name,
            option,
            getattr(self.settings, name),
            lambda value: self.change(replace(self.settings, **{name: value})),
            self.panel.warn,
            self,
        )
        self.controls[name] = control
        if isinstance(option.kind, Numbers) and isinstance(control.widget, TensorField):
            connect_tensor_field(control.widget, self, option.kind.operand)
        if control.wide:
            group.wide(control.widget)
        else:
            self._labels[name] = group.row(option.title, control.widget)

    def _connect(self) -> None:
        self.presets.currentIndexChanged.connect(self._on_preset_chosen)
        self.undo_button.clicked.connect(self.undo)
        self.redo_button.clicked.connect(self.redo)
        self.stage.cell_edited.connect(self._on_cell_edited)
        self.stage.cell_clicked.connect(self._on_cell_clicked)
        self.stage.dragged.connect(self._on_dragged)
        self.stage.bookmarks_changed.connect(self.settings_changed)
        self.stage.set_editable(self._can_edit)
        self.predict_button.toggled.connect(self.stage.set_predicting)
        self.check_button.toggled.connect(self._on_check_toggled)
        self.code_button.clicked.connect(self.show_code)
        self.stage.pinned_changed.connect(self._check)
        self.stage.check.epsilon_changed.connect(self._check)
        self.stage.set_draggable(self.operation.dragged is not None)
        for keys, act in (
            (QKeySequence.StandardKey.Undo, self.undo),
            (QKeySequence("Ctrl+Shift+Z"), self.redo),
            (QKeySequence("Ctrl+Y"), self.redo),
            (QKeySequence("P"), self.predict_button.click),
            (QKeySequence("G"), self.check_button.click),
            (QKeySequence("C"), self.show_code),
        ):
            QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WindowShortcut).activated.connect(act)

    def _go_to(self, history: History[Any]) -> None:
        if history is not self._history:
            self._history = history
            self._follow()
            self.settings_changed.emit()

    def _follow(self) -> None:
        """Let the controls show the settings, and the stage their trace."""
        settings = self.settings
        for name, option in options_of(settings).items():
            means_something = option.when(settings)
            if means_something:
                self._show_value(name, option)
            self.controls[name].widget.setVisible(means_something)
            if name in self._labels:
                self._labels[name].setVisible(means_something)
        known = next((n for n, preset in enumerate(self._presets) if preset.settings == settings), None)
        self.presets.choose_silently(_OWN if known is None else str(known))
        self.undo_button.setEnabled(bool(self._history.past))
        self.redo_button.setEnabled(bool(self._history.future))
        self._show()

    def _show_value(self, name: str, option: Option) -> None:
        value = getattr(self.settings, name)
        if not isinstance(option.kind, Numbers):
            self.controls[name].show(value)
            return
        try:
            array = array_of(self.settings, option.kind.operand)
        except InputError:  # without a forward pass there is no gradient; the warning comes with the picture
            return
        self.controls[name].show((value, array))

    def _show(self) -> None:
        """Show what the controls say; where that does not go together, say why and leave the picture as it is."""
        settings = self.settings
        try:
            trace = settings.trace()
        except InputError as error:
            self.panel.warn(str(error))
            return
        self.panel.warn("")
        self.stage.show_trace(trace, lambda steps, position, view: self.operation.draw(settings, steps, position, view))

    def show_code(self) -> None:
        """Show what the settings compute as text of other libraries."""
        if self.operation.code is not None:
            dialog = CodeDialog(self._measure, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.show_code(self.operation.code(self.settings))
            dialog.open()

    def _on_check_toggled(self, checking: bool) -> None:
        self.stage.check.setVisible(checking)
        self._check()

    def _check(self) -> None:
        """Compare the gradient of the pinned cell with what a nudge gives."""
        bar, cell = self.stage.check, self.stage.pinned
        if bar.isHidden():
            return
        operand = None if cell is None else self.stage.operand_at(cell)
        found = None
        if operand is not None and not self.panel.warning:
            found = check_gradient(self.operation, self.settings, *operand, bar.epsilon)
        bar.show_check(found, "" if found is None else f"{found.operand}[{', '.join(map(str, found.place))}]")

    def _can_edit(self, cell: Cell) -> bool:
        operand = self.stage.operand_at(cell)
        if operand is None or self.panel.warning:
            return False
        return operand[0] in {kind.operand for _, kind, _ in sources_of(self.settings)}

    def _on_cell_edited(self, cell: Cell, value: float) -> None:
        operand = self.stage.operand_at(cell)
        if operand is not None:
            self.change(with_cell(self.settings, *operand, value))

    def _on_cell_clicked(self, cell: Cell) -> None:
        if self.operation.clicked is not None:
            settings = self.operation.clicked(self.settings, cell)
            if settings is not None:
                self.change(settings)

    def _on_dragged(self, start: Cell, end: Cell) -> None:
        if self.operation.dragged is not None:
            self.change(self.operation.dragged(self.settings, start, end))

    def _on_preset_chosen(self, index: int) -> None:
        if index >= 0:
            self.change(self._presets[index].settings)
            self.stage.player.first()

    def _on_sibling_chosen(self) -> None:
        wanted = self.sibling.key
        self.sibling.choose_silently(self.operation.name)  # this page stays what it is
        self.page_wanted.emit(wanted)


def _switch(name: str, tip: str, parent: QWidget) -> SignButton:
    button = SignButton(name, tip, parent)
    button.setCheckable(True)
    return button


def _in_a_row(parent: QWidget, *buttons: QWidget) -> QWidget:
    line = QWidget(parent)
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return line
