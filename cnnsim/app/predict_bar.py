"""Predict, then reveal: the next cell is asked for before it is shown."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from cnnsim.app.cell_number import parse_number
from cnnsim.app.controls import KeepsKeys
from cnnsim.app.style import Measure
from cnnsim.errors import InputError
from cnnsim.operations.mistakes import Question, diagnose
from cnnsim.typography import decimals_of, format_number


class PredictBar(QWidget):
    """Asks for a cell, says what was wrong with an answer, and keeps the score.

    `answered` is emitted when the cell may be shown, `next_wanted` for the next question, and `left` on Esc.
    """

    answered = Signal()
    next_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._question: Question | None = None
        self._tried = False
        self._asked, self._right = 0, 0
        self.prompt = QLabel(self)
        self.field = _Answer(self)
        self.field.setObjectName("answer")
        self.field.setToolTip("Your prediction: a decimal or a fraction; Enter to compare")
        self.field.setAccessibleName("Prediction")
        self.verdict = QLabel(self)
        self.verdict.setObjectName("verdict")
        self.score = QLabel("0 of 0 right", self)
        self.score.setObjectName("quiet")
        self.reveal = QPushButton("Show", self)
        self.reveal.setToolTip("Show the cell without an answer")
        self.reveal.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reveal.installEventFilter(KeepsKeys(self))
        self._row = row = QHBoxLayout(self)
        for widget, stretch in (
            (self.prompt, 0),
            (self.field, 0),
            (self.verdict, 1),
            (self.score, 0),
            (self.reveal, 0),
        ):
            row.addWidget(widget, stretch)
        self.verdict.setWordWrap(True)
        self.field.returnPressed.connect(self._on_entered)
        self.reveal.clicked.connect(self._on_revealed)

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        self._row.setContentsMargins(measure.unit * 2, measure.unit // 2, measure.unit * 2, measure.unit // 2)
        self._row.setSpacing(measure.unit)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from whoever else has a use for it while the keys are here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc; on Enter do what the button says, if the keys are there."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.reveal.hasFocus():
            self.reveal.click()
        else:
            super().keyPressEvent(event)

    def take_keys(self) -> None:
        """Let the keys go to the field, or to the button where there is nothing to answer."""
        (self.reveal if self._question is None else self.field).setFocus()

    @property
    def open(self) -> bool:
        """Whether an answer is still wanted, so that the cell stays hidden."""
        return self._question is not None

    def ask(self, question: Question | None, words: str) -> None:
        """Ask for a cell; None where there is nothing to ask."""
        had_keys = self.field.hasFocus() or self.reveal.hasFocus()
        self._question = question
        self._tried = False
        self.prompt.setText(f"{words} = ?" if question else "Nothing to predict: no step here finishes a single cell")
        self.field.clear()
        self.field.setEnabled(question is not None)
        self.reveal.setText("Show" if question else "Next")
        self._say("", "")
        if had_keys:
            self.take_keys()

    def _on_entered(self) -> None:
        if self._question is None:
            self.next_wanted.emit()
            return
        try:
            value = parse_number(self.field.text(), "prediction")
        except InputError as error:
            self._say(f"{error.value} {error.rule}: {error.remedy}", "wrong")
            return
        right = self._question.answered_by(value)
        if not self._tried:  # only the first try counts
            self._asked += 1
            self._right += right
            self.score.setText(f"{self._right} of {self._asked} right")
        self._tried = True
        if right:
            self._settle("Right.  Enter goes on.", "right")
        else:
            found = diagnose(self._question, value)
            self._say(found or "Not that. Try again, or have it shown.", "wrong")
            self.field.selectAll()

    def _on_revealed(self) -> None:
        if self._question is None:
            self.next_wanted.emit()
            return
        if not self._tried:
            self._asked += 1
            self.score.setText(f"{self._right} of {self._asked} right")
        answer = self._question.answer
        self._settle(f"It is {format_number(answer, decimals_of(answer, 4))}.  Enter goes on.", "")

    def _settle(self, words: str, kind: str) -> None:
        self._question = None
        self.reveal.setText("Next")
        self._say(words, kind)
        self.answered.emit()

    def _say(self, words: str, kind: str) -> None:
        self.verdict.setProperty("kind", kind)
        self.verdict.setText(words)
        self.verdict.style().unpolish(self.verdict)  # the stylesheet looks at properties only when it is asked to
        self.verdict.style().polish(self.verdict)


class _Answer(QLineEdit):
    """A field that leaves Esc to the bar."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give Esc away."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
