"""Threads that stay awake between batches change no bit, pass errors on, and go away."""

import threading
import time

import numpy as np
import pytest

from cnnsim import models, nn
from cnnsim.engine.compile import compiled

pytestmark = pytest.mark.skipif(not compiled(), reason="NUMBA_DISABLE_JIT: a crew is an ordinary pool")


def example(n, dtype=np.float32):
    random = np.random.default_rng(n)
    return random.standard_normal((n, 1, 28, 28)).astype(dtype), random.integers(0, 10, n)


def assert_same(one, other):
    assert (one.loss, one.correct) == (other.loss, other.correct)
    np.testing.assert_array_equal(one.gradient, other.gradient)


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_batches_of_every_size_one_after_the_other(threads):
    network = models.lenet5(seed=3)
    with nn.Crew(threads) as crew:
        for n in [64, 16, 37, 1, 100, 64, 33]:
            x, labels = example(n)
            shared = nn.batch_gradient(network, x, labels, threads=threads, executor=crew)
            assert_same(shared, nn.batch_gradient(network, x, labels))


def test_more_shares_than_threads():
    network, (x, labels) = models.lenet5(), example(100)
    with nn.Crew(1) as crew:
        assert_same(
            nn.batch_gradient(network, x, labels, threads=5, executor=crew), nn.batch_gradient(network, x, labels)
        )


def test_networks_dtypes_and_losses_in_turn():
    networks = {dtype: models.lenet5(seed=1, dtype=dtype) for dtype in (np.float32, np.float64)}
    with nn.Crew(2) as crew:
        for dtype in (np.float32, np.float64, np.float32):
            x, labels = example(40, dtype)
            for loss in ("cross_entropy", "mse"):
                shared = nn.batch_gradient(networks[dtype], x, labels, threads=2, executor=crew, loss=loss)
                assert_same(shared, nn.batch_gradient(networks[dtype], x, labels, loss=loss))


def test_images_that_are_read_only_or_lie_apart():
    network, (x, labels) = models.lenet5(), example(64)
    x.setflags(write=False)
    with nn.Crew(2) as crew:
        for images, classes in ((x, labels), (x[::2], labels[::2])):
            shared = nn.batch_gradient(network, images, classes, threads=2, executor=crew)
            assert_same(shared, nn.batch_gradient(network, images.copy(), classes))


def test_after_a_pause_the_thread_is_called_from_the_pool():
    network, (x, labels) = models.lenet5(), example(33)
    alone = nn.batch_gradient(network, x, labels)
    with nn.Crew(2) as crew:
        for seconds in [0, 0.0001, 0.01, 0, 0.0002]:
            time.sleep(seconds)
            assert_same(nn.batch_gradient(network, x, labels, threads=2, executor=crew), alone)


def test_no_thread_is_left_behind():
    network, (x, labels), before = models.lenet5(), example(33), threading.active_count()
    with nn.Crew(3) as crew:
        nn.batch_gradient(network, x, labels, threads=3, executor=crew)
        assert threading.active_count() > before
    assert threading.active_count() == before


class Failing:
    """A program that fails here, or where another thread follows it."""

    def __init__(self, program, *, here):
        self.program, self.here = program, here

    def __call__(self, *arguments):
        self.program(*arguments)
        if self.here:
            raise KeyboardInterrupt

    def follow(self, *arguments):
        if not self.here:
            raise MemoryError("there")
        self.program.follow(*arguments)


@pytest.mark.parametrize(("here", "error"), [(True, KeyboardInterrupt), (False, MemoryError)])
def test_errors_are_passed_on_and_the_crew_works_on(here, error):
    network, (x, labels) = models.lenet5(), example(64)
    alone, program = nn.batch_gradient(network, x, labels), network.training_program(x.shape[1:])
    with nn.Crew(2) as crew:
        for _ in range(3):
            network._training_programs[x.shape[1:]] = Failing(program, here=here)
            with pytest.raises(error):
                nn.batch_gradient(network, x, labels, threads=2, executor=crew)
            network._training_programs[x.shape[1:]] = program
            assert_same(nn.batch_gradient(network, x, labels, threads=2, executor=crew), alone)
