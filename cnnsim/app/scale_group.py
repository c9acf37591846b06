"""Which value gets the strongest colour: a choice of the reader, not of the operation."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cnnsim.app.controls import Choice
from cnnsim.app.number_fields import NumberField
from cnnsim.app.panel import Group
from cnnsim.errors import InputError
from cnnsim.scenes.layout import Scaling

_SCALES: tuple[tuple[Scaling, str], ...] = (
    ("matrix", "Per matrix"),
    ("layer", "Per layer"),
    ("locked", "Locked"),
)


class ScaleGroup(Group):
    """A list of ranges; the locked one has a limit of its own."""

    changed = Signal(str, float)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Colours", "", parent)
        self.scaling = Choice(_SCALES, "Range of the colours: zero stays in the middle", self)
        self.limit = NumberField("limit", 1.0, "Value with the strongest colour", self, _check_positive)
        self.row("Range", self.scaling)
        self._limit_label = self.row("Limit", self.limit)
        self._follow()
        self.scaling.currentIndexChanged.connect(self._on_chosen)
        self.limit.changed.connect(self._on_chosen)
        self.limit.refused.connect(self.refused)

    def _on_chosen(self) -> None:
        self._follow()
        self.changed.emit(self.scaling.key, self.limit.value)

    def _follow(self) -> None:
        locked = self.scaling.key == "locked"
        self.limit.setVisible(locked)
        self._limit_label.setVisible(locked)


def _check_positive(value: float) -> None:
    if value <= 0:
        raise InputError("limit", value, "is not positive", "use a value above 0")
