import pytest
from driving import click, key, type_over
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sizes import slow_without_jit

from cnnsim.app.training_page import TrainingPage
from cnnsim.app.training_state import Phase
from cnnsim.app.training_status import duration
from cnnsim.app.window import Window
from cnnsim.optim import DEFAULT

pytestmark = slow_without_jit

PATIENCE = 120_000


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> TrainingPage:
    window.show_page("training")
    page = window.training
    page.controls.epochs.box.enter(2)
    qtbot.waitUntil(lambda: page.phase == Phase.READY, timeout=PATIENCE)
    return page


def test_before_the_first_start_it_shows_the_kernels_and_what_to_press(page: TrainingPage) -> None:
    drawing = page.canvas.drawing()
    assert drawing is not None
    assert drawing.matrix("conv1[0]").values.shape == (5, 5)
    assert "press Start" in page.status.headline.text()
    assert page.controls.main.text() == "Start"
    assert not page.controls.stop.isEnabled()


def test_synthetic_digits_are_always_called_so(page: TrainingPage) -> None:
    assert page.status.synthetic.isVisible()
    assert "not MNIST" in page.status.synthetic.text()


def test_start_trains_to_the_end(page: TrainingPage, qtbot: QtBot) -> None:
    click(page.controls.main)
    qtbot.waitUntil(lambda: page.phase == Phase.FINISHED, timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.curves.loss.points == 4)
    assert page.status.bar.value() == page.status.bar.maximum()
    assert "images/s" in page.status.numbers.text()
    assert "test" in page.status.numbers.text()
    drawing = page.canvas.drawing()
    assert drawing is not None
    assert drawing.matrix("confusion").values.sum() == 30
    assert page.controls.main.text() == "Start again"


def test_one_batch_one_epoch_and_stop(page: TrainingPage, qtbot: QtBot) -> None:
    click(page.controls.batch)
    qtbot.waitUntil(lambda: page.phase == Phase.PAUSED, timeout=PATIENCE)
    assert "batch 1 of 2" in page.status.numbers.text()
    assert page.controls.main.text() == "Continue"
    assert not page.controls.seed.isEnabled()
    click(page.controls.epoch)
    qtbot.waitUntil(lambda: "batch 2 of 2" in page.status.numbers.text(), timeout=PATIENCE)
    assert page.phase == Phase.PAUSED
    click(page.controls.stop)
    qtbot.waitUntil(lambda: page.phase == Phase.READY, timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.curves.loss.points == 0)
    assert page.controls.seed.isEnabled()


def test_the_space_bar_starts_and_pauses(page: TrainingPage, window: Window, qtbot: QtBot) -> None:
    page.controls.epochs.box.enter(50)
    key(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.phase == Phase.RUNNING, timeout=PATIENCE)
    key(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.phase == Phase.PAUSED, timeout=PATIENCE)


def test_rate_and_momentum_change_while_it_rests_or_runs(page: TrainingPage, qtbot: QtBot) -> None:
    click(page.controls.batch)
    qtbot.waitUntil(lambda: page.phase == Phase.PAUSED, timeout=PATIENCE)
    type_over(page.controls.rate, "1/100")
    key(page.controls.rate, Qt.Key.Key_Return)
    type_over(page.controls.momentum, "0.5")
    key(page.controls.momentum, Qt.Key.Key_Return)
    assert (page.worker.wanted.learning_rate, page.worker.wanted.momentum) == (0.01, 0.5)


@pytest.mark.parametrize("text", ["0", "-1", "abc", "nan"])
def test_an_impossible_rate_is_refused(page: TrainingPage, text: str) -> None:
    type_over(page.controls.rate, text)
    key(page.controls.rate, Qt.Key.Key_Return)
    assert "learning_rate" in page.controls.warning
    assert page.worker.wanted.learning_rate == DEFAULT.lr


def test_another_sample_is_followed(page: TrainingPage, qtbot: QtBot) -> None:
    first = page.canvas.drawing()
    click(page.controls.sample.more)
    qtbot.waitUntil(lambda: page.canvas.drawing() is not first, timeout=PATIENCE)
    assert page.controls.sample.box.high == 29


def test_another_seed_shows_another_start(page: TrainingPage, qtbot: QtBot) -> None:
    drawing = page.canvas.drawing()
    assert drawing is not None
    before = drawing.matrix("conv1[0]").values
    click(page.controls.seed.more)
    qtbot.waitUntil(lambda: page.phase == Phase.READY, timeout=PATIENCE)
    drawing = page.canvas.drawing()
    assert drawing is not None
    assert (drawing.matrix("conv1[0]").values != before).any()


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (59.0, "59 s"), (61.5, "1 min 2 s")])
def test_a_time_is_written_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words
