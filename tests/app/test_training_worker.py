import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sizes import slow_without_jit

from cnnsim.app.training_session import Curve, Session, load_digits
from cnnsim.app.training_state import Pace, Phase, Report, RunOptions
from cnnsim.app.training_worker import TrainingWorker
from cnnsim.data import Dataset
from cnnsim.errors import InputError
from cnnsim.train import Hyperparameters

pytestmark = slow_without_jit

OPTIONS = RunOptions("synthetic", epochs=2, batch_size=32, seed=5)


@pytest.fixture
def worker(quick_training: None) -> Iterator[TrainingWorker]:
    worker = TrainingWorker()
    yield worker
    worker.shut_down()


def wait_for(worker: TrainingWorker, ready: Callable[[Report], bool], seconds: float = 120.0) -> Report:
    """Read reports as the page does until one of them will do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        report = worker.take()
        if report is not None and ready(report):
            return report
        time.sleep(0.005)
    raise AssertionError("no such report")


def in_phase(*phases: Phase) -> Callable[[Report], bool]:
    return lambda report: report.phase in phases


def weights(report: Report) -> np.ndarray:
    assert report.step is not None
    return np.concatenate([values.ravel() for values in report.step.snapshot.parameters.values()])


def test_shows_the_network_before_training(worker: TrainingWorker) -> None:
    worker.open_run(OPTIONS, Pace.PAUSE, may_download=False)
    report = wait_for(worker, in_phase(Phase.READY))
    assert report.step is not None
    assert (report.train_images, report.samples, report.synthetic) == (96, 30, True)
    assert report.step.snapshot.images_seen == 0
    assert report.step.response.probabilities.sum() == pytest.approx(1.0, abs=1e-5)


def test_trains_to_the_end_and_tests_every_epoch(worker: TrainingWorker) -> None:
    worker.open_run(OPTIONS, Pace.RUN, may_download=False)
    report = wait_for(worker, in_phase(Phase.FINISHED))
    assert report.step is not None
    assert report.curves is not None
    assert report.tests is not None
    assert (report.share, report.step.snapshot.images_seen) == (1.0, 192)
    assert report.curves.images_seen.tolist() == [32, 64, 96, 128, 160, 192]
    assert report.tests.images_seen.tolist() == [96, 192]
    assert report.step.evaluation is not None
    assert report.step.evaluation.confusion.sum() == 30


def test_the_same_seed_gives_the_same_run_and_another_one_does_not(worker: TrainingWorker) -> None:
    runs = []
    for seed in (5, 5, 6):
        worker.open_run(RunOptions("synthetic", 1, 32, seed), Pace.RUN, may_download=False)
        runs.append(weights(wait_for(worker, in_phase(Phase.FINISHED))))
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_one_batch_one_epoch_and_on(worker: TrainingWorker) -> None:
    worker.open_run(OPTIONS, Pace.BATCH, may_download=False)
    seen = []
    for pace in (Pace.BATCH, Pace.EPOCH, Pace.RUN):
        report = wait_for(worker, in_phase(Phase.PAUSED))
        assert report.step is not None
        seen.append(report.step.snapshot.images_seen)
        worker.set_pace(pace)
    wait_for(worker, in_phase(Phase.FINISHED))
    assert seen == [32, 64, 96]


def test_resting_between_batches_does_not_change_the_result(worker: TrainingWorker) -> None:
    options = RunOptions("synthetic", 1, 32, 5)
    worker.open_run(options, Pace.RUN, may_download=False)
    straight = weights(wait_for(worker, in_phase(Phase.FINISHED)))
    worker.open_run(options, Pace.BATCH, may_download=False)
    for _ in range(2):
        wait_for(worker, in_phase(Phase.PAUSED))
        worker.set_pace(Pace.BATCH)
    assert np.array_equal(weights(wait_for(worker, in_phase(Phase.FINISHED))), straight)


def test_another_learning_rate_holds_from_the_next_batch_on(worker: TrainingWorker) -> None:
    worker.open_run(OPTIONS, Pace.BATCH, may_download=False)
    wait_for(worker, in_phase(Phase.PAUSED))
    worker.set_hyperparameters(0.001, 0.5)
    worker.set_pace(Pace.BATCH)
    report = wait_for(worker, lambda report: report.step is not None and report.step.snapshot.images_seen == 64)
    assert report.step is not None
    assert (report.step.snapshot.learning_rate, report.step.snapshot.momentum) == (0.001, 0.5)


def test_another_sample_is_shown_while_training_rests(worker: TrainingWorker, few_digits: Dataset) -> None:
    worker.open_run(OPTIONS, Pace.PAUSE, may_download=False)
    wait_for(worker, in_phase(Phase.READY))
    worker.set_sample(7)
    report = wait_for(worker, in_phase(Phase.READY))
    assert report.step is not None
    assert np.array_equal(report.step.sample.image, few_digits.test_images[7])


def test_what_is_said_of_an_older_run_is_dropped(worker: TrainingWorker) -> None:
    worker.open_run(OPTIONS, Pace.PAUSE, may_download=False)
    wait_for(worker, in_phase(Phase.READY))
    worker._publish(Report(worker.wanted.run - 1, Phase.RUNNING, "old"))
    assert worker.take() is None
    run = worker.open_run(OPTIONS, Pace.BATCH, may_download=False)
    assert wait_for(worker, in_phase(Phase.PAUSED)).run == run == 2


def test_only_the_latest_report_is_read(worker: TrainingWorker) -> None:
    for share in (0.1, 0.2, 0.3):
        worker._publish(Report(0, Phase.RUNNING, "", share))
    report = worker.take()
    assert report is not None
    assert report.share == 0.3
    assert worker.take() is None


def test_unusable_data_is_reported_and_the_worker_lives_on(
    worker: TrainingWorker, few_digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> tuple[Dataset, bool]:
        raise InputError("data", "nowhere", "is no folder", "name another")

    with monkeypatch.context() as patch:
        patch.setattr("cnnsim.app.training_session.load_digits", fail)
        worker.open_run(OPTIONS, Pace.RUN, may_download=False)
        assert "nowhere" in wait_for(worker, in_phase(Phase.FAILED)).message
    worker.open_run(OPTIONS, Pace.BATCH, may_download=False)
    wait_for(worker, in_phase(Phase.PAUSED))


def test_shutting_down_ends_the_thread_in_the_middle_of_a_run(quick_training: None) -> None:
    worker = TrainingWorker()
    worker.open_run(RunOptions("synthetic", 50, 8, 0), Pace.RUN, may_download=False)
    wait_for(worker, in_phase(Phase.RUNNING))
    thread = worker._thread
    worker.shut_down()
    assert thread is not None
    assert not thread.is_alive()


def test_a_curve_stays_bounded_and_keeps_its_mean() -> None:
    curve = Curve(most=50)
    values = np.sin(np.arange(1000.0))
    for number, value in enumerate(values, start=1):
        curve.add(number, float(value), 0.5)
        assert len(curve.history().loss) <= 50
    history = curve.history()
    assert history.images_seen[-1] > 960
    assert np.all(np.diff(history.images_seen) > 0)
    covered = values[: int(history.images_seen[-1])]
    assert history.loss.mean() == pytest.approx(covered.mean(), abs=1e-9)


def test_a_finished_session_says_so(few_digits: Dataset) -> None:
    session = Session(few_digits, RunOptions("synthetic", 1, 96, 0), lambda: Hyperparameters(0.05, 0.9))
    assert (session.finished, session.share) == (False, 0.0)
    session.advance()
    assert (session.finished, session.share) == (True, 1.0)


def test_nothing_is_downloaded_without_leave(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("CNNSIM_CACHE", str(tmp_path))
    dataset, complete = load_digits("auto", may_download=False, progress=lambda *_: pytest.fail("downloads"))
    assert not complete
    assert dataset.synthetic
    assert "Start" in dataset.source
