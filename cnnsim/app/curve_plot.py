"""A quantity while training, drawn by pyqtgraph in the colours of the window."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from cnnsim.app.style import Measure
from cnnsim.app.typefaces import interface_font
from cnnsim.drawing import Role
from cnnsim.painting import Theme


class ImagesAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with thousands set apart."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write the ticks."""
        return [f"{value * scale:,.0f}" if spacing * scale >= 1 else "" for value in values]


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]
    """One quantity over images seen: a line for the training batches, a line with marks for the tests."""

    def __init__(self, title: str, role: Role, top: float, parent: QWidget) -> None:
        super().__init__(parent, axisItems={"bottom": ImagesAxis("bottom")})
        self._title = title
        self._role = role
        self._top = top
        self._batches = self.plot(antialias=True)
        self._tests = self.plot(antialias=True, symbol="o")
        self.setAccessibleName(f"{title} while training")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.getPlotItem().getAxis("bottom").enableAutoSIPrefix(False)
        self._range(1.0, top)

    @property
    def points(self) -> int:
        """How many points the training line has."""
        xs = self._batches.getData()[0]
        return 0 if xs is None else len(xs)

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.setBackground(QColor(*theme.background))
        font = interface_font(max(11, round(measure.text * 0.85)))
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(QColor(*theme.outline))
            axis.setTextPen(QColor(*theme.muted))
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4)
        self.getPlotItem().getAxis("left").setWidth(measure.text * 3)
        self.getPlotItem().getAxis("bottom").setHeight(round(measure.text * 1.8))
        colour = QColor(*theme.role(self._role))
        self._batches.setPen(pg.mkPen(colour, width=max(1.5, measure.text / 8)))
        self._tests.setPen(pg.mkPen(QColor(*theme.text), width=1))
        self._tests.setSymbolBrush(QColor(*theme.text))
        self._tests.setSymbolPen(QColor(*theme.background))
        self._tests.setSymbolSize(round(measure.text * 0.6))
        words = (
            f'<span style="color:{colour.name()}"><b>{self._title}</b>, training</span>'
            f'<span style="color:{QColor(*theme.muted).name()}"> · dots: test · over images seen</span>'
        )
        self.getPlotItem().setTitle(words, size=f"{measure.text}px")
        self.getPlotItem().titleLabel.item.setFont(interface_font(measure.text))

    def show_points(self, xs: Any, ys: Any, test_xs: Any, test_ys: Any, last: float) -> None:
        """Draw both lines on an axis from 0 to `last` images."""
        self._batches.setData(xs, ys)
        self._tests.setData(test_xs, test_ys)
        finite = ys[np.isfinite(ys)]
        highest = float(finite.max()) * 1.05 if len(finite) and self._top > 1 else self._top
        self._range(max(last, 1.0), max(self._top, highest))

    def _range(self, last: float, top: float) -> None:
        self.setXRange(0.0, last, padding=0.01)
        self.setYRange(0.0, top, padding=0.02)
