"""The control for an option of an operation: it shows what the settings say and tells what a person chose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

from PySide6.QtWidgets import QWidget

from cnnsim.app.controls import Choice, Segmented
from cnnsim.app.number_fields import NumberField, Stepper, WholesField
from cnnsim.app.tensor_field import TensorField
from cnnsim.errors import InputError
from cnnsim.operations import Option
from cnnsim.operations.options import Number, Numbers, OneOf, Switch, Whole, Wholes

_MOST_IN_VIEW = 3  # the width of the panel
_OFF, _ON = ("off", "Off"), ("on", "On")


@dataclass(frozen=True, slots=True)
class Control:
    """A widget, and how it is made to show a value without telling: a tensor as its source and its numbers."""

    widget: QWidget
    show: Callable[[Any], None]
    wide: bool = False


def control_for(
    name: str,
    option: Option,
    value: Any,
    on_change: Callable[[Any], None],
    on_refused: Callable[[str], None],
    parent: QWidget,
) -> Control:
    """Make the control for an option.

    Parameters
    ----------
    name
        Of the field, for messages.
    option
        What it offers.
    value
        What it shows at first.
    on_change
        Called with a value that a person chose.
    on_refused
        Called with the reason for a value that cannot be.
    parent
        The panel.
    """
    match option.kind:
        case Whole(low=low, high=high):
            stepper = Stepper(low, high, value, option.tip, parent)
            stepper.changed.connect(on_change)
            return Control(stepper, stepper.set_value)
        case Wholes() as kind:
            fields = WholesField(kind.low, kind.high, kind.names, value, option.tip, parent)
            fields.changed.connect(on_change)
            return Control(fields, fields.set_values)
        case Number() as kind:
            return _number(name, option.tip, kind, value, on_change, on_refused, parent)
        case Switch():
            return _switch(option.tip, value, on_change, parent)
        case OneOf() as kind:
            return _one_of(option.tip, kind, value, on_change, parent)
        case Numbers() as kind:
            tensor = TensorField(name, kind, option.tip, parent)
            tensor.changed.connect(on_change)
            tensor.refused.connect(on_refused)
            return Control(tensor, lambda source_and_array: tensor.show_tensor(*source_and_array))
        case _:
            assert_never(option.kind)


def _number(
    name: str,
    tip: str,
    kind: Number,
    value: float,
    on_change: Callable[[Any], None],
    on_refused: Callable[[str], None],
    parent: QWidget,
) -> Control:
    def check(number: float) -> None:
        if not kind.low <= number <= kind.high:
            raise InputError(name, number, "is out of range", f"use a number from {kind.low:g} to {kind.high:g}")

    field = NumberField(name, value, tip, parent, check)
    field.changed.connect(on_change)
    field.refused.connect(on_refused)
    return Control(field, field.set_value)


def _switch(tip: str, value: bool, on_change: Callable[[Any], None], parent: QWidget) -> Control:
    switch = Segmented(tuple((key, words, f"{tip}: {words.lower()}") for key, words in (_OFF, _ON)), parent)
    switch.choose("on" if value else "off")
    switch.changed.connect(lambda key: on_change(key == "on"))
    return Control(switch, lambda on: switch.choose("on" if on else "off"))


def _one_of(tip: str, kind: OneOf, value: str, on_change: Callable[[Any], None], parent: QWidget) -> Control:
    if kind.in_view and len(kind.names) <= _MOST_IN_VIEW:
        segments = Segmented(tuple((name.key, name.words, name.tip) for name in kind.names), parent)
        segments.choose(value)
        segments.changed.connect(on_change)
        return Control(segments, segments.choose, wide=True)
    choice = Choice([(name.key, name.words) for name in kind.names], tip, parent)
    choice.choose_silently(value)
    choice.currentIndexChanged.connect(lambda: on_change(choice.key))
    return Control(choice, choice.choose_silently, wide=kind.in_view)
