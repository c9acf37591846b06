"""A picture in words, for screen readers."""

from PySide6.QtCore import QObject, QTimer

from cnnsim.app.canvas import Canvas
from cnnsim.drawing import Drawing, Equation, Label

_REST_MS = 100  # longer than between two frames


class Description(QObject):
    """Describes what a canvas shows once its picture has come to rest: by then it is painted, and need not be drawn."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._describe)
        canvas.scene_changed.connect(self._rest.start)

    def _describe(self) -> None:
        drawing = self._canvas.drawing()
        if drawing is not None:
            self._canvas.setAccessibleDescription(in_words(drawing))


def in_words(drawing: Drawing) -> str:
    """Return the formulas and sentences of a drawing."""
    sentences = []
    for item in drawing.items:
        if isinstance(item, Equation):
            sentences.append("".join(f"^{term.text}" if term.script == "super" else term.text for term in item.terms))
        elif isinstance(item, Label) and len(item.text) > 1:
            sentences.append(item.text)
    return ". ".join(sentences)
