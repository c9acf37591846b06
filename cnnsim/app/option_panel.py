"""The options of an operation as a column of controls."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from cnnsim.app.option_controls import Control, control_for
from cnnsim.app.page_head import PageHead
from cnnsim.app.panel import Group, Panel
from cnnsim.app.style import Measure
from cnnsim.errors import InputError
from cnnsim.operations import Option, array_of, options_of
from cnnsim.operations.options import Numbers, Whole, Wholes


class OptionPanel(Panel):
    """Shows settings, group by group, and tells when a person chose others.

    `counted` is emitted instead of `changed`, with the name of the option, when a whole number was counted or typed.

    Parameters
    ----------
    settings
        What is shown at first.
    """

    changed = Signal(object)
    counted = Signal(str, object)

    def __init__(self, settings: Any, head: PageHead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._head = head
        self.controls: dict[str, Control] = {}
        self._labels: dict[str, QLabel] = {}
        self._groups: dict[str, Group] = {}
        self.add(head)
        for name, option in options_of(settings).items():
            self._add_control(name, option)

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        super().set_measure(measure)
        self._head.set_measure(measure)

    def follow(self, settings: Any) -> None:
        """Show other settings; options that mean nothing with them are hidden."""
        self._settings = settings
        options = options_of(settings)
        for name, option in options.items():
            means_something = option.when(settings)
            if means_something:
                self._show_value(name, option)
            self.controls[name].widget.setVisible(means_something)
            if name in self._labels:
                self._labels[name].setVisible(means_something)
        used = {option.group.title for option in options.values() if option.when(settings)}
        for title, group in self._groups.items():
            group.setVisible(title in used)

    def _add_control(self, name: str, option: Option) -> None:
        title = option.group.title
        if title not in self._groups:
            self._groups[title] = self.group(title, option.group.role)
        control = control_for(
            option.flag or name,
            option,
            getattr(self._settings, name),
            lambda value: self._tell(name, option, value),
            self.warn,
            self,
        )
        self.controls[name] = control
        if control.wide:
            self._groups[title].wide(control.widget)
        else:
            self._labels[name] = self._groups[title].row(option.title, control.widget)

    def _tell(self, name: str, option: Option, value: Any) -> None:
        settings = replace(self._settings, **{name: value})
        if isinstance(option.kind, Whole | Wholes):
            self.counted.emit(name, settings)
        else:
            self.changed.emit(settings)

    def _show_value(self, name: str, option: Option) -> None:
        value = getattr(self._settings, name)
        if not isinstance(option.kind, Numbers):
            self.controls[name].show(value)
            return
        try:
            array = array_of(self._settings, option.kind.operand)
        except InputError:  # without a forward pass there is no gradient; the warning comes with the picture
            return
        self.controls[name].show((value, array))
