"""The column of controls beside a picture: titled groups of labelled rows, and a place for what went wrong."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from cnnsim.app.style import Measure


class Panel(QScrollArea):
    """Groups of controls; scrolls if the window is too low for all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelScroll")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(self)
        inside.setObjectName("panel")
        self._column = QVBoxLayout(inside)
        self._warning = _words("warning", inside)
        self._column.addWidget(self._warning)
        self._column.addStretch(1)
        self.setWidget(inside)

    def group(self, title: str, role: str = "") -> "Group":
        """Add a group under a title in the colour of a role."""
        group = Group(title, role, self.widget())
        self._column.insertWidget(self._column.count() - 2, group)
        return group

    def add(self, widget: QWidget) -> None:
        """Add a widget of the panel's full width."""
        self._column.insertWidget(self._column.count() - 2, widget)

    def warn(self, message: str) -> None:
        """Say what went wrong, or nothing."""
        self._warning.setText(message)
        self._warning.setVisible(bool(message))
        if message:  # it stands below the last control; the layout makes room for it first
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self._warning))

    @property
    def warning(self) -> str:
        """What is being said."""
        return self._warning.text()

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        self.setFixedWidth(measure.panel)
        self._column.setContentsMargins(measure.unit * 2, round(measure.unit * 1.5), measure.unit * 2, measure.unit * 2)
        self._column.setSpacing(round(measure.unit * 1.5))
        groups = self.findChildren(Group)
        for group in groups:
            group.set_measure(measure)
        names = max((group.width_of_names for group in groups), default=0)
        for group in groups:
            group.set_width_of_names(names)


class Group(QWidget):
    """Labelled rows under a title."""

    def __init__(self, title: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelGroup")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        heading = QLabel(title, self)
        heading.setObjectName("group")
        heading.setProperty("role", role)
        self._grid.addWidget(heading, 0, 0, 1, 2)

    def row(self, label: str, control: QWidget) -> QLabel:
        """Add a control with its name to the left; return the name."""
        words = QLabel(label, self)
        words.setBuddy(control)
        number = self._grid.rowCount()
        self._grid.addWidget(words, number, 0)
        self._grid.addWidget(control, number, 1)
        return words

    def wide(self, control: QWidget) -> None:
        """Add a control of the full width."""
        self._grid.addWidget(control, self._grid.rowCount(), 0, 1, 2)

    def note(self, text: str = "") -> QLabel:
        """Add a quiet line of text."""
        label = _words("note", self)
        label.setText(text)
        label.setVisible(True)
        self.wide(label)
        return label

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        self._grid.setHorizontalSpacing(measure.unit)
        self._grid.setVerticalSpacing(round(measure.unit * 0.6))

    @property
    def width_of_names(self) -> int:
        """How wide the widest name beside a control is."""
        names = (self._grid.itemAtPosition(row, 0) for row in range(1, self._grid.rowCount()))
        labels = [name.widget() for name in names if name is not None]
        return max((label.sizeHint().width() for label in labels if isinstance(label, QLabel)), default=0)

    def set_width_of_names(self, width: int) -> None:
        """Begin the controls as far to the right as those of the other groups."""
        self._grid.setColumnMinimumWidth(0, width)


def _words(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setVisible(False)
    return label
