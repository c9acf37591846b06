"""Training with any optimiser, schedule, loss and network; and going on after a break as if there had been none."""

from itertools import islice

import numpy as np
import pytest
from test_training import dataset, small

from cnnsim import nn
from cnnsim.engine.compile import compiled
from cnnsim.errors import InputError
from cnnsim.optim import SGD, Adam, RMSprop
from cnnsim.schedules import Cosine, InTurn, Stepwise, Warmup
from cnnsim.train import Hyperparameters, evaluate, train

BRANCHED = {
    "conv1": nn.Conv2d(1, 4, 3, padding=1),
    "bn1": nn.BatchNorm(4),
    "relu1": nn.ReLU(),
    "conv2": nn.Conv2d(4, 4, 3, padding=1),
    "add": nn.Node(nn.Add(), ("conv2", "relu1")),
    "cat": nn.Node(nn.Concatenate(), ("add", "input")),
    "pool": nn.MaxPool2d(2),
    "flatten": nn.Flatten(),
    "drop": nn.Dropout(0.3),
    "fc": nn.Linear(80, 2),
}
OPTIMISERS = [SGD(0.05, 0.9, nesterov=True, weight_decay=1e-3), RMSprop(0.003, momentum=0.5), Adam(0.005)]
BATCHES = 5  # an epoch
STOPS = [1, 4, 5, 6, 14] if compiled() else [6]
learning = pytest.mark.skipif(not compiled(), reason="learning takes minutes where kernels are not compiled")
SCHEDULE = InTurn(Warmup(3), 3, Cosine(12))


def branched():
    return nn.Network(BRANCHED, seed=1)


def run(network, **options):
    given = {"epochs": 3, "batch_size": 24, "seed": 4, "threads": 2} | options
    return train(network, dataset(), **given)


@learning
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=lambda o: type(o).__name__)
def test_all_of_them_learn(optimiser, loss):
    *_, last = train(small(), dataset(300), epochs=12, batch_size=16, threads=1, optimiser=optimiser, loss=loss)
    assert last.test_accuracy >= 0.9
    assert last.momentum == optimiser.momentum


@learning
def test_a_branched_network_learns():
    network = branched()
    *_, last = train(network, dataset(300), epochs=8, batch_size=16, threads=2, optimiser=Adam(0.005))
    assert last.test_accuracy >= 0.95
    assert (network.buffers["bn1.running_var"] != 1).all()
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(last.parameters[name], value)


def test_the_loss_is_the_one_that_is_tested_with():
    network, data = small(), dataset()
    *_, last = train(network, data, epochs=1, threads=1, loss="mse")
    assert last.test_loss == evaluate(network, data.test_images, data.test_labels, loss="mse").loss
    outputs = network(((data.test_images[:, None] / 255 - 0.1307) / 0.3081).astype(np.float32))
    expected = ((outputs - np.eye(2)[data.test_labels]) ** 2).mean()
    assert last.test_loss == pytest.approx(expected, rel=1e-5)


def test_the_schedule_is_followed_step_by_step():
    rates = [s.learning_rate for s in run(small(), optimiser=SGD(0.1), schedule=Stepwise(4, 0.5))]
    assert rates == pytest.approx([0.1 * 0.5 ** (step // 4) for step in range(3 * BATCHES)])
    rates = [s.learning_rate for s in run(small(), hyperparameters=Hyperparameters(0.2), schedule=Warmup(10, 0.0))]
    assert rates == pytest.approx([0.2 * min(step / 10, 1) for step in range(3 * BATCHES)])


def test_threads_change_nothing_whatever_the_network():
    networks = [branched() for _ in range(3)]
    for network, threads in zip(networks, (1, 2, 5), strict=True):
        list(run(network, optimiser=Adam(0.01), threads=threads))
    states = [network.state_dict() for network in networks]
    for name, array in states[0].items():
        assert array.tobytes() == states[1][name].tobytes() == states[2][name].tobytes(), name


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=lambda o: type(o).__name__)
def test_a_break_changes_nothing(optimiser, stop):
    options = {"optimiser": optimiser, "schedule": SCHEDULE}
    whole = list(run(branched(), threads=1, **options))
    *_, broken_off = islice(run(branched(), threads=2, **options), stop)
    network = nn.Network(BRANCHED, seed=99)  # whatever it was
    rest = list(run(network, threads=3, resume=broken_off, **options))
    assert [(s.epoch, s.batch, s.images_seen) for s in rest] == [
        (s.epoch, s.batch, s.images_seen) for s in whole[stop:]
    ]
    for one, other in zip(whole[stop:], rest, strict=True):
        assert (one.loss, one.epoch_loss, one.epoch_accuracy) == (other.loss, other.epoch_loss, other.epoch_accuracy)
        assert (one.learning_rate, one.test_loss) == (other.learning_rate, other.test_loss)
    for name, array in whole[-1].parameters.items():
        assert array.tobytes() == rest[-1].parameters[name].tobytes() == network.state_dict()[name].tobytes(), name
    for name, array in whole[-1].optimiser_state.items():
        assert array.tobytes() == rest[-1].optimiser_state[name].tobytes(), name


def test_a_snapshot_can_be_gone_on_from_twice():
    first, *_ = run(branched(), optimiser=Adam(0.01))
    ends = []
    for _ in range(2):
        *_, last = run(branched(), optimiser=Adam(0.01), resume=first)
        ends.append(last.parameters["fc.weight"].tobytes())
    assert ends[0] == ends[1]
    with pytest.raises(ValueError, match="read-only"):
        first.optimiser_state["mean"][...] = 0


def test_more_epochs_can_be_added():
    *_, last = run(small(), epochs=1)
    *_, more = run(small(), epochs=2, resume=last)
    *_, whole = run(small(), epochs=2)
    assert more.parameters["fc1.weight"].tobytes() == whole.parameters["fc1.weight"].tobytes()


def test_a_training_that_has_ended_says_again_how():
    *_, last = run(branched())
    (again,) = run(branched(), resume=last)
    assert (again.test_loss, again.epoch_loss, again.learning_rate) == (last.test_loss, last.epoch_loss, 0.02)
    assert again.parameters["fc.weight"].tobytes() == last.parameters["fc.weight"].tobytes()


def test_what_does_not_fit_is_refused():
    *_, last = run(small(), optimiser=Adam(0.01))
    for call, message in (
        (lambda: run(small(), epochs=2, optimiser=Adam(), resume=last), "resume.epoch=3 lies behind the last one, 2"),
        (lambda: run(small(), epochs=9, resume=last), r"is not the state of this optimiser and network \(velocity\)"),
        (lambda: run(branched(), epochs=9, optimiser=Adam(), resume=last), "resume.optimiser_state"),
        (lambda: run(small(), epochs=9, optimiser=Adam(), batch_size=99, resume=last), "resume.batch=5 is no batch"),
        (lambda: run(small(), optimiser=Adam(), hyperparameters=Hyperparameters()), "stands beside hyperparameters"),
        (lambda: run(small(), loss="hinge"), "loss=hinge is unknown"),
    ):
        with pytest.raises(InputError, match=message):
            call()
