import numpy as np
import pytest

from cnnsim.data import load
from cnnsim.errors import InputError
from cnnsim.models import lenet5, prepare
from cnnsim.trace.training import respond, training


@pytest.fixture(scope="module")
def dataset():
    return load("synthetic").limited(320)


@pytest.fixture(scope="module")
def trace(dataset):
    return training(dataset, epochs=2, batch_size=32, seed=3, moments=7)


def test_the_moments_are_bounded_ordered_and_end_with_the_last_batch(trace, dataset):
    seen = [step.snapshot.images_seen for step in trace.steps]
    assert 1 < len(trace) <= 7 + 1
    assert seen == sorted(set(seen))
    assert (trace[-1].snapshot.epoch, trace[-1].snapshot.batch) == (2, 10)
    assert trace[-1].evaluation is not None
    assert trace[-1].evaluation.confusion.sum() == len(dataset.test_images)


def test_the_history_has_every_batch_and_can_be_cut_at_a_moment(trace):
    assert len(trace.history.loss) == 20
    part = trace.history.until(trace[0].snapshot.images_seen)
    assert part.images_seen[-1] == trace[0].snapshot.images_seen
    np.testing.assert_array_equal(part.loss, trace.history.loss[: len(part.loss)])


def test_a_response_belongs_to_the_weights_of_its_moment(trace, dataset):
    step = trace[-1]
    network = lenet5()
    network.load_state_dict(step.snapshot.parameters)
    logits = network(prepare(dataset.test_images[:1]))[0].astype(np.float64)
    expected = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    np.testing.assert_allclose(step.response.probabilities, expected, rtol=1e-5)
    assert step.response.answer == int(expected.argmax())


def test_the_response_shows_every_map(dataset):
    response = respond(lenet5(seed=1), dataset.test_images[0])
    assert {name: maps.shape for name, maps in response.maps.items()} == {
        "conv1": (6, 28, 28),
        "relu1": (6, 28, 28),
        "pool1": (6, 14, 14),
        "conv2": (16, 10, 10),
        "relu2": (16, 10, 10),
        "pool2": (16, 5, 5),
    }
    assert response.probabilities.sum() == pytest.approx(1)


def test_the_initial_weights_are_those_of_the_seed(trace):
    for name, array in lenet5(3).state_dict().items():
        np.testing.assert_array_equal(trace[0].initial[name], array)


def test_a_sample_that_does_not_exist_is_refused(dataset):
    with pytest.raises(InputError, match="sample=100000 is no test image"):
        training(dataset, sample=100_000)
    with pytest.raises(InputError, match="moments=0 is not positive"):
        training(dataset, moments=0)
