"""A gradient beside what a nudge gives, for the cell that is pinned."""

from math import isclose

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from cnnsim.app.controls import KeepsKeys
from cnnsim.app.style import Measure
from cnnsim.operations.finite_difference import Check
from cnnsim.typography import MINUS, format_number

_FINEST, _COARSEST = -60, 0  # tenths of powers of ten
_ROUNDING = 1e-12
_SLIDING = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class CheckBar(QWidget):
    """Shows ΔJ/ε beside the gradient; the slider chooses ε."""

    epsilon_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(_FINEST, _COARSEST)
        self.slider.setValue(-20)
        self.slider.setToolTip("The nudge ε, from 0.000001 to 1")
        self.slider.setAccessibleName("ε")
        self.slider.setMinimumWidth(120)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.installEventFilter(KeepsKeys(self, _SLIDING))
        self._row = row = QHBoxLayout(self)
        row.addWidget(self.slider)
        row.addWidget(self.words, 1)
        self.slider.valueChanged.connect(self.epsilon_changed)

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        self._row.setContentsMargins(measure.unit * 2, measure.unit // 2, measure.unit * 2, measure.unit // 2)
        self._row.setSpacing(measure.unit)

    @property
    def epsilon(self) -> float:
        """The nudge."""
        return float(10.0 ** (self.slider.value() / 10))

    def show_check(self, check: Check | None, words: str) -> None:
        """Show a gradient and its check, or what to do to get one."""
        if check is None:
            self.words.setText("Click a weight or an input in the picture to check its gradient.")
            return
        self.words.setText(
            f"{words}:  ε {_told(check.epsilon)},  ΔJ/ε {_told(check.numeric, bold=True)},  "
            f"gradient {_told(check.analytic, bold=True)},  "
            f"difference {_digits(check.error)} ({_digits(100 * check.relative_error)} %)"
            + (f";  a kink: −ε gives <b>{_digits(check.numeric_back)}</b>" if check.at_kink else "")
        )


def _told(value: float, *, bold: bool = False) -> str:
    """Write that something is a number, or nearly."""
    words = _digits(value)
    sign = "=" if isclose(float(words.replace(MINUS, "-")), value, rel_tol=_ROUNDING) else "≈"
    return f"{sign} <b>{words}</b>" if bold else f"{sign} {words}"


def _digits(value: float) -> str:
    """Write a number with about six significant digits."""
    if value != 0 and abs(value) < 1e-4:
        return f"{value:.2g}".replace("-", MINUS)
    words = format_number(value, 6)
    return words.rstrip("0").rstrip(".") if "." in words else words
