"""The control for a tensor: which pattern it starts from."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnnsim.app.controls import Choice
from cnnsim.operations import Source
from cnnsim.operations.options import Numbers


class TensorField(QWidget):
    """A list of patterns; choosing one drops the cells that were changed by hand."""

    changed = Signal(object)

    def __init__(self, kind: Numbers, source: Source, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = [(pattern.key, pattern.words) for pattern in kind.patterns]
        self.pattern = Choice(names, f"{tip}; a double click in the picture changes a cell", self)
        self.pattern.choose_silently(source.pattern)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.pattern, 1)
        self.setFocusProxy(self.pattern)
        self.pattern.currentIndexChanged.connect(lambda: self.changed.emit(Source(self.pattern.key)))

    def set_source(self, source: Source) -> None:
        """Show where the numbers come from, without a signal."""
        self.pattern.choose_silently(source.pattern)
