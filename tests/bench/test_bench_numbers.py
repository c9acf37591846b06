"""The arithmetic of a benchmark: operations, medians, spreads, ratios."""

import numpy as np
import pytest
from sizes import slow_without_jit

from cnnsim.bench import Case, Job, as_record, as_text, ours
from cnnsim.bench.accuracy import Outcome
from cnnsim.bench.memory import Usage, in_use
from cnnsim.bench.networks import build, example, operations
from cnnsim.bench.report import Samples
from cnnsim.bench.worker import measure
from cnnsim.errors import InputError

# Sums over (output numbers) × (weights of one map), from the shapes of the lectures' tables.
LENET = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10
CIFAR = 1024 * 32 * (27 + 288) + 256 * 64 * (288 + 576) + 4096 * 256 + 2560
ALEXNET_MAPS = 55 * 55 * 96 * 363 + 27 * 27 * 256 * 1200 + 169 * (384 * 2304 + 384 * 1728 + 256 * 1728)
ALEXNET = ALEXNET_MAPS + 9216 * 4096 + 4096 * 4096 + 4096 * 1000


@pytest.mark.parametrize(("name", "expected"), [("lenet5", LENET), ("cifar", CIFAR)])
def test_operations_of_a_forward_pass_are_two_per_multiplication(name, expected):
    assert operations(name, training=False) == 2 * expected


def test_alexnet_is_the_network_of_the_lectures():
    network = build("alexnet")
    assert network.n_parameters == 60_965_224
    assert operations("alexnet", training=False) == 2 * ALEXNET


def test_training_multiplies_three_times_but_for_the_first_input():
    assert operations("lenet5", training=True) == 2 * (3 * LENET - 28 * 28 * 6 * 25)


def test_an_unknown_network_is_refused():
    with pytest.raises(InputError, match=r"network=vgg is unknown: choose one of lenet5, cifar, alexnet"):
        build("vgg")


def test_examples_are_always_the_same():
    (first, labels), (second, _) = example("cifar", 12), example("cifar", 12)
    assert first.shape == (12, 3, 32, 32)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, second)
    assert labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def case(**seconds: tuple[float, ...]) -> Case:
    samples = {side: Samples(times, 0.25) for side, times in seconds.items()}
    return Case(Job("inference", "lenet5", 10, 2), samples, 10**9)


def test_ratios_compare_the_sides_round_by_round():
    """The second round met a busy machine, which slowed both sides: no ratio of medians may tell otherwise."""
    measured = case(cnnsim=(1.0, 10.0, 1.0), torch=(3.0, 40.0, 5.0), product=(0.5, 5.0, 0.5))
    assert measured.ratio == 4.0
    assert measured.ratio_of_fastest == 3.0
    assert measured.samples["cnnsim"].median == 1.0
    assert measured.samples["cnnsim"].spread == (1.0, 10.0)
    assert measured.gflops("cnnsim") == pytest.approx(10 * 2 * LENET / 1e9)
    assert measured.gflops("product") == 2.0
    assert measured.share == pytest.approx(10 * 2 * LENET / 1e9 / 2)


def test_without_other_sides_there_is_nothing_to_compare_with():
    alone = case(cnnsim=(1.0,))
    assert alone.ratio is None
    assert alone.ratio_of_fastest is None
    assert alone.share is None
    assert "times as fast" not in as_text(alone)
    assert as_record(alone)["ratio"] is None


def test_the_report_shows_units_that_fit():
    text = as_text(case(cnnsim=(0.002, 0.001, 0.004), torch=(4e-6, 8e-6, 6e-6), product=(2.5, 2.5, 2.5)))
    assert text.splitlines()[0] == "inference: lenet5, float32, batch 10, 2 threads"
    assert "2 ms (1 ms to 4 ms)" in text
    assert "6 µs (4 µs to 8 µs)" in text
    assert "2.5 s" in text
    assert "  0.00 times as fast as PyTorch; 0.00 times in the fastest rounds\n" in text
    assert "5,000 images/s" in text


def test_the_record_holds_every_round():
    record = as_record(case(cnnsim=(0.5, 0.25, 1.0), product=(1.0, 1.0, 1.0)))
    assert record["sides"]["cnnsim"]["rounds"] == [0.5, 0.25, 1.0]
    assert record["sides"]["cnnsim"]["images_per_second"] == 20
    assert "images_per_second" not in record["sides"]["product"]
    assert (record["work"], record["network"], record["batch_size"], record["threads"]) == (
        "inference", "lenet5", 10, 2,
    )  # fmt: skip


def test_a_turn_calls_at_least_once_and_counts():
    calls = []
    answer = measure(lambda: calls.append(0) or 0.0, 0.01)
    assert answer["calls"] == len(calls)
    assert answer["seconds"] >= 0.01
    assert 0 < answer["median"] <= answer["seconds"]


@slow_without_jit
@pytest.mark.parametrize("threads", [1, 2])
def test_the_engine_trains_and_the_loss_falls(threads):
    step = ours.prepare(Job("train", "lenet5", 20, threads))
    losses = [step() for _ in range(10)]
    assert losses[-1] < losses[0]


def test_inference_is_the_same_whatever_the_threads():
    alone, *shared = [ours.prepare(Job("inference", "lenet5", 33, threads))() for threads in (1, 2, 3)]
    for outputs in shared:
        np.testing.assert_allclose(outputs, alone, rtol=1e-5, atol=1e-6)


def test_time_to_the_goal_ends_with_the_epoch_that_reaches_it():
    found = Outcome((0.98, 0.985, 0.991), (1.0, 2.0, 3.0), 0.99)
    assert found.reached == 3.0
    assert str(found) == "99% after 3 epochs and 3.0 s of training"
    missed = Outcome((0.98, 0.97), (1.0, 2.0), 0.99)
    assert missed.reached is None
    assert str(missed) == "98.00% at best in 2 epochs and 2.0 s of training"


def test_memory_is_read_as_linux_writes_it():
    assert in_use("Name:\tpython\nVmHWM:\t  300000 kB\nVmRSS:\t  250000 kB\nThreads:\t2\n") == (256.0, 307.2)
    usage = Usage((250.0, 251.0, 252.5), 300.0)
    assert usage.growth == 2.5
    assert str(usage) == "memory: peak 300 MB; after each epoch 250, 251, 252 MB (+2.5 MB)"
