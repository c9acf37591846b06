"""Training: snapshots, determinism, hyperparameters that change, and learning at all."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from cnnsim import models, nn
from cnnsim.errors import InputError
from cnnsim.schedules import Constant
from cnnsim.train import Hyperparameters, Position, evaluate, train


def bars(n, seed):
    """Images of 8×8 with a bright column (class 0) or row (class 1)."""
    random = np.random.default_rng(seed)
    images, labels = random.integers(0, 60, (n, 8, 8)).astype(np.uint8), random.integers(0, 2, n).astype(np.uint8)
    for image, label, place in zip(images, labels, random.integers(0, 8, n), strict=True):
        (image if label else image.T)[place] = 255
    return images, labels


def dataset(n_train=100, n_test=40):
    (train_images, train_labels), (test_images, test_labels) = bars(n_train, 1), bars(n_test, 2)
    return SimpleNamespace(
        train_images=train_images, train_labels=train_labels, test_images=test_images, test_labels=test_labels
    )


def small(seed=0):
    layers = {
        "conv1": nn.Conv2d(1, 4, 3),
        "relu1": nn.ReLU(),
        "pool1": nn.MaxPool2d(2),
        "flatten": nn.Flatten(),
        "fc1": nn.Linear(36, 2),
    }
    return nn.Sequential(layers, seed=seed)


def test_it_learns():
    *_, last = train(small(), dataset(), epochs=8, batch_size=16, threads=1, hyperparameters=Hyperparameters(0.05, 0.9))
    assert last.test_accuracy >= 0.95
    assert last.epoch_loss < 0.2
    assert last.confusion.sum() == 40


def test_snapshots_count_and_carry_what_they_say():
    network, data = small(), dataset()
    snapshots = list(train(network, data, epochs=2, batch_size=32, threads=1))
    assert [(s.epoch, s.batch) for s in snapshots] == [(e, b) for e in (1, 2) for b in (1, 2, 3, 4)]
    assert [s.images_seen for s in snapshots] == [32, 64, 96, 100, 132, 164, 196, 200]
    assert [s.evaluation is not None for s in snapshots] == [False, False, False, True] * 2
    assert all(s.batches_per_epoch == 4 and s.epochs == 2 for s in snapshots)
    assert all(s.images_per_second > 0 for s in snapshots)
    assert all(a.seconds < b.seconds for a, b in pairwise(snapshots))
    weighted = sum(s.loss * n for s, n in zip(snapshots[:4], (32, 32, 32, 4), strict=True)) / 100
    assert snapshots[3].epoch_loss == pytest.approx(weighted)
    assert snapshots[4].epoch_loss == snapshots[4].loss
    last = snapshots[-1]
    assert last.evaluation == pytest.approx(last.evaluation)
    result = evaluate(network, data.test_images, data.test_labels, threads=1)
    assert (last.test_loss, last.test_accuracy) == (result.loss, result.accuracy)
    np.testing.assert_array_equal(last.confusion, result.confusion)
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(last.parameters[name], value)


def test_snapshots_are_immutable_and_keep_their_parameters():
    first, second, *_ = train(small(), dataset(), epochs=1, batch_size=32, threads=1)
    assert not np.array_equal(first.parameters["fc1.weight"], second.parameters["fc1.weight"])
    with pytest.raises(ValueError, match="read-only"):
        first.parameters["fc1.weight"][...] = 0
    with pytest.raises(TypeError):
        first.parameters["fc1.weight"] = None
    with pytest.raises(AttributeError):
        first.loss = 0.0


@pytest.mark.parametrize("threads", [2, 3])
def test_the_same_seed_gives_the_same_bits_whatever_the_number_of_threads(threads):
    one, other, different = small(1), small(1), small(1)
    losses = [
        [s.loss for s in train(network, dataset(), epochs=2, batch_size=70, seed=seed, threads=count)]
        for network, seed, count in ((one, 5, 1), (other, 5, threads), (different, 6, 1))
    ]
    assert losses[0] == losses[1] != losses[2]
    assert one.vector.tobytes() == other.vector.tobytes() != different.vector.tobytes()


def test_every_epoch_sees_every_image_once_in_an_order_of_its_own():
    from cnnsim.train.plan import Plan, optimisers

    plan = Plan(small(), dataset(), 2, 32, 3, 1, *optimisers(None, None), Constant(), "cross_entropy", 1, None)
    batches = list(plan.batches(Position()))
    assert [(batch.number, batch.step) for batch in batches] == [(i % 4 + 1, i) for i in range(8)]
    orders = [np.concatenate([batch.chosen for batch in batches[start : start + 4]]) for start in (0, 4)]
    assert all(sorted(order) == list(range(100)) for order in orders)
    assert (orders[0] != orders[1]).any()


def test_hyperparameters_are_asked_for_before_every_batch():
    rates = iter([0.1, 0.0, 0.0, 0.2])
    run = train(
        small(),
        dataset(),
        epochs=1,
        batch_size=25,
        threads=1,
        hyperparameters=lambda: Hyperparameters(next(rates), 0.0),
    )
    a, b, c, d = run
    assert [s.learning_rate for s in (a, b, c, d)] == [0.1, 0.0, 0.0, 0.2]
    np.testing.assert_array_equal(a.parameters["fc1.weight"], c.parameters["fc1.weight"])
    assert (c.parameters["fc1.weight"] != d.parameters["fc1.weight"]).any()


def test_fewer_snapshots_on_request():
    batches = [s.batch for s in train(small(), dataset(), epochs=1, batch_size=10, threads=1, every=4)]
    assert batches == [4, 8, 10]


def test_a_run_can_be_dropped_halfway():
    run = train(small(), dataset(), epochs=5, batch_size=10, threads=2)
    next(run)
    run.close()


@pytest.mark.parametrize("argument", ["epochs", "batch_size", "threads", "every"])
def test_numbers_below_one_are_refused_at_once(argument):
    with pytest.raises(InputError, match=f"{argument}=0 is less than 1"):
        train(small(), dataset(), **({"epochs": 1} | {argument: 0}))


def test_nothing_to_train_on_is_refused():
    with pytest.raises(InputError, match="no images to train on"):
        train(small(), dataset(0, 5), epochs=1)
    with pytest.raises(InputError, match="holds no image"):
        evaluate(small(), *bars(0, 1))


def test_evaluation_counts_by_label_and_guess():
    network = small()
    network.load_state_dict({k: v * 0 for k, v in network.state_dict().items()} | {"fc1.bias": np.float32([0, 1])})
    images, labels = bars(300, 3)
    result = evaluate(network, images, labels)
    assert result.confusion[:, 0].sum() == 0
    assert result.confusion[:, 1].tolist() == np.bincount(labels, minlength=2).tolist()
    assert result.accuracy == pytest.approx((labels == 1).mean())


def test_lenet_learns_mnist(mnist):
    data = SimpleNamespace(
        train_images=mnist.train_images[:12_000], train_labels=mnist.train_labels[:12_000],
        test_images=mnist.test_images[:2_000], test_labels=mnist.test_labels[:2_000],
    )  # fmt: skip
    *_, last = train(models.lenet5(1), data, epochs=1, seed=1, every=1000)
    assert last.test_accuracy > 0.85
