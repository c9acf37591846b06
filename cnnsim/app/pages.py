"""The pages of the window, each of which is made when it is first asked for."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.options import TRAINING, pages_of
from cnnsim.app.style import Measure, measure_for
from cnnsim.app.training_page import TrainingPage
from cnnsim.operations import operation_named
from cnnsim.painting import LIGHT, Theme

_CALM_MS = 1000  # after the first picture, when nobody waits for anything


class Pages(QStackedWidget):
    """Makes the pages, dresses them alike, and shows one of them.

    Once the first picture has been there for a while, the engine is loaded, so that training can start at once.

    Parameters
    ----------
    data
        What the training page trains on.
    """

    operation_page_made = Signal(OperationPage)
    failed = Signal(object)

    def __init__(self, data: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._made: dict[str, OperationPage | TrainingPage] = {}
        self._theme, self._measure = LIGHT, measure_for(0)
        self._calm = QTimer(self, interval=_CALM_MS, singleShot=True)
        self._calm.timeout.connect(lambda: self.training.worker.start())

    @property
    def name(self) -> str:
        """Name of the page in view."""
        return next(name for name, page in self._made.items() if page is self.currentWidget())

    @property
    def training(self) -> TrainingPage:
        """The page of the training."""
        if TRAINING not in self._made:
            self._add(TRAINING, TrainingPage(self._data))
        found = self._made[TRAINING]
        assert isinstance(found, TrainingPage)
        return found

    def operation_page(self, name: str) -> OperationPage:
        """Return the page of an operation; InputError if there is none of that name."""
        if name not in self._made:
            operation = operation_named(name)
            page = OperationPage(operation, pages_of(operation.chapter))
            self._add(name, page)
            self.operation_page_made.emit(page)
        found = self._made[name]
        assert isinstance(found, OperationPage)
        return found

    def show_page(self, name: str) -> None:
        """Bring a page to the front; InputError if there is none of that name."""
        self.setCurrentWidget(self.training if name == TRAINING else self.operation_page(name))
        self.setFocus()  # the keys go to the page, not to the first button

    def start(self) -> None:
        """Play, or train, on the page in view."""
        self._made[self.name].start()

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self._theme, self._measure = theme, measure
        for page in self._made.values():
            page.set_look(theme, measure)

    def showEvent(self, event: QShowEvent) -> None:
        """Wait for a calm moment."""
        super().showEvent(event)
        self._calm.start()

    def shut_down(self) -> None:
        """End the training thread, if there is one."""
        self._calm.stop()
        if TRAINING in self._made:
            self.training.shut_down()

    def _add(self, name: str, page: OperationPage | TrainingPage) -> None:
        page.set_look(self._theme, self._measure)
        page.failed.connect(self.failed)
        self.addWidget(page)
        self._made[name] = page
        if self.isVisible():
            _paint_later(page)


def _paint_later(page: QWidget) -> None:
    """Paint a page that was just made in a turn of its own: both at once would hold up the window."""
    page.setUpdatesEnabled(False)
    QTimer.singleShot(1, page, lambda: page.setUpdatesEnabled(True))  # 0 would still be the same turn
