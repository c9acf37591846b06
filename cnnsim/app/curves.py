"""Loss and accuracy while training, side by side."""

from math import log
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnnsim.app.style import Measure
from cnnsim.drawing import Role
from cnnsim.painting import LIGHT, Theme

if TYPE_CHECKING:  # the training thread loads these, not the window
    from cnnsim.app.curve_plot import CurvePlot
    from cnnsim.trace.training import History

_CHANCE = log(10)  # loss of a guess among ten digits
_PLOTS = (("Loss", Role.KERNEL, 1.1 * _CHANCE), ("Accuracy", Role.OUTPUT, 1.0))


class Curves(QWidget):
    """Loss on the left, accuracy on the right; empty until `prepare` has made both."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots: list[CurvePlot] = []
        self._theme, self._measure = LIGHT, Measure(13, 8)
        self._row = QHBoxLayout(self)

    @property
    def loss(self) -> "CurvePlot":
        """The plot on the left."""
        return self.plots[0]

    @property
    def accuracy(self) -> "CurvePlot":
        """The plot on the right."""
        return self.plots[1]

    def prepare(self) -> bool:
        """Make a plot if one is missing; one at a time, because each takes a few hundredths of a second."""
        if len(self.plots) == len(_PLOTS):
            return False
        from cnnsim.app.curve_plot import CurvePlot  # loaded by the training thread

        plot = CurvePlot(*_PLOTS[len(self.plots)], self)
        plot.set_look(self._theme, self._measure)
        self.plots.append(plot)
        self._row.addWidget(plot, 1)
        return True

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self._theme, self._measure = theme, measure
        self._row.setContentsMargins(measure.unit, 0, measure.unit * 2, measure.unit)
        self._row.setSpacing(measure.unit * 2)
        for plot in self.plots:
            plot.set_look(theme, measure)

    def show_run(self, curves: "History", tests: "History", last: float) -> None:
        """Draw a run of `last` images in all."""
        self.loss.show_points(curves.images_seen, curves.loss, tests.images_seen, tests.loss, last)
        self.accuracy.show_points(curves.images_seen, curves.accuracy, tests.images_seen, tests.accuracy, last)
