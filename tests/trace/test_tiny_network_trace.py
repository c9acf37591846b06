from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnsim import functional, gallery, nn, optim
from cnnsim.errors import InputError
from cnnsim.trace import initial_weights, moment, tiny_network
from cnnsim.trace.tiny_network_pass import BACKWARD, FORWARD, GRADIENTS, STAGES
from cnnsim.trace.tiny_network_trace import NETWORK_GRAINS
from cnnsim.trace.tiny_network_weights import WEIGHTS, features_of

LAYERS = {
    "kernels": "conv.weight",
    "kernel biases": "conv.bias",
    "dense weights": "dense.weight",
    "dense biases": "dense.bias",
}


def example(size=8, kernels=2, classes=2, seed=0, **options):
    weights = initial_weights(size, kernels, classes, seed)
    images = np.stack([gallery.shape(name, size) for name in gallery.SHAPES[:classes]])
    options = {"lr": 0.05, "momentum": 0.5, "passes": 6} | options
    options["classes"] = options.pop("names", ())
    if options.pop("in_turn", False):
        return tiny_network(images, list(range(classes)), weights, **options)
    return tiny_network(images[0], 0, weights, **options)


@st.composite
def networks(draw):
    size, kernels, classes = draw(st.integers(5, 12)), draw(st.integers(1, 3)), draw(st.integers(2, 4))
    seed = draw(st.integers(0, 999))
    weights = initial_weights(size, kernels, classes, seed)
    numbers = np.random.default_rng(seed)
    images = numbers.standard_normal((draw(st.integers(1, 2)), size, size))
    targets = [int(number) for number in numbers.integers(0, classes, len(images))]
    lr, momentum = draw(st.floats(0, 0.2)), draw(st.floats(0, 0.95))
    return tiny_network(images, targets, weights, lr=lr, momentum=momentum, passes=4)


def engine_of(start):
    """The same network of the engine, in float64, with the weights that a pass begins with."""
    size, maps = start.example.image.shape[0], len(start.weights["kernels"])
    classes = len(start.weights["dense biases"])
    network = nn.Sequential(
        {
            "conv": nn.Conv2d(1, maps, 3),
            "relu": nn.ReLU(),
            "pool": nn.MaxPool2d(2),
            "flatten": nn.Flatten(),
            "dense": nn.Linear(features_of(size, maps), classes),
        },
        dtype=np.float64,
    )
    shaped = network.state_dict()
    network.load_state_dict(
        {name: start.weights[ours].reshape(shaped[name].shape).copy() for ours, name in LAYERS.items()}
    )
    return network


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-12)


def by_layer(network, vector):
    """Parts of a vector of all parameters, by the name of the layer's weight."""
    parts, start = {}, 0
    for name, array in network.state_dict().items():
        parts[name] = vector[start : start + array.size].reshape(array.shape)
        start += array.size
    return parts


@settings(max_examples=15, deadline=None)
@given(networks())
def test_every_pass_is_the_engines_network_and_optimiser(trace):
    first = trace.passes[0].operation
    network = engine_of(first)
    optimiser = optim.SGD(lr=first.lr, momentum=first.momentum)
    state = optimiser.initial_state(network.vector)
    for steps in trace.passes:
        start = steps.operation
        images, labels = start.example.image[None, None], [start.example.target]
        result = nn.batch_gradient(network, np.ascontiguousarray(images), labels)
        close(steps.trace_of("loss").output.item(), result.loss)
        gradients = by_layer(network, result.gradient)
        for name, layer in LAYERS.items():
            close(start.weights[name].ravel(), network.state_dict()[layer].ravel())
            close(steps.trace_of(GRADIENTS[name]).output.ravel(), gradients[layer].ravel())
        optimiser.step(network.vector, result.gradient, state)
        for name, layer in LAYERS.items():
            close(steps.trace_of(f"{name} update").output.ravel(), network.state_dict()[layer].ravel())


@settings(max_examples=15, deadline=None)
@given(networks())
def test_what_a_pass_leaves_behind_are_the_results_of_its_steps_to_the_last_bit(trace):
    for here, following in pairwise(range(len(trace.starts))):
        steps, start = trace.passes[here], trace.starts[following]
        assert trace.loss(here) == steps.trace_of("loss").output.item()
        for name in WEIGHTS:
            updated = steps.trace_of(f"{name} update").rule
            np.testing.assert_array_equal(updated.output, start.weights[name])
            np.testing.assert_array_equal(updated.velocity, start.velocities[name])


def test_a_pass_is_set_up_when_it_is_looked_at_and_stays_what_it_is():
    trace = example(passes=200)
    assert trace.passes[150] is trace.passes[150]
    assert trace.passes[150].operation is trace.starts[150]


@settings(max_examples=15, deadline=None)
@given(networks())
def test_activations_and_their_gradients_are_those_of_the_functional_engine(trace):
    steps = trace.passes[1]
    start = steps.operation
    x, w, b = start.example.image[None, None], start.weights["kernels"], start.weights["kernel biases"].ravel()
    c = functional.conv2d(x, w, b)
    a = functional.relu(c)
    m = functional.max_pool2d(a, 2)
    f = m.reshape(1, -1)
    dense = np.ascontiguousarray(start.weights["dense weights"]), start.weights["dense biases"].ravel()
    z = functional.linear(f, *dense)
    for stage, expected in zip(FORWARD[:5], (c, a, m, f, z), strict=True):
        close(steps.trace_of(stage).output.ravel(), expected.ravel())
    target = np.array([start.example.target])
    dz = functional.cross_entropy_backward(1.0, z, target)
    df = functional.linear_backward(dz, f, *dense)[0]
    da = functional.max_pool2d_backward(df.reshape(m.shape), a, 2)
    dc = functional.relu_backward(da, c)
    dx = functional.conv2d_backward(dc, x, w, b)[0]
    found = ("logit gradient", "dense input gradient", "flatten gradient", "pooling gradient", "relu gradient")
    for stage, expected in zip((*found, "image gradient"), (dz, df, df, da, dc, dx), strict=True):
        close(steps.trace_of(stage).output.ravel(), expected.ravel())


def test_gradients_are_finite_differences_of_the_loss():
    trace = example(size=6, seed=5)
    start = trace.passes[0].operation
    numbers = np.random.default_rng(0)
    nudge = 1e-6
    for name in WEIGHTS:
        gradient = trace.passes[0].trace_of(GRADIENTS[name]).output.reshape(start.weights[name].shape)
        for _ in range(5):
            place = tuple(numbers.integers(0, length) for length in gradient.shape)
            losses = []
            for sign in (1, -1):
                weights = {key: array.copy() for key, array in start.weights.items()}
                weights[name][place] += sign * nudge
                losses.append(tiny_network(start.example.image, 0, weights, passes=1).loss(0))
            assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * nudge), abs=1e-7)


def test_passes_are_those_of_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    images = np.random.default_rng(3).standard_normal((4, 9, 9))  # no ties, which rounding would decide
    options = {"lr": 0.05, "momentum": 0.5, "passes": 6}
    trace = tiny_network(images, [0, 1, 2, 3], initial_weights(9, 3, 4, seed=0), **options)
    start = trace.passes[0].operation
    shapes = {"kernels": (3, 1, 3, 3), "kernel biases": (3,), "dense weights": (4, 27), "dense biases": (4,)}
    leaves = {
        name: torch.tensor(start.weights[name].reshape(shape), requires_grad=True) for name, shape in shapes.items()
    }
    sgd = torch.optim.SGD(leaves.values(), lr=start.lr, momentum=start.momentum)
    w, b, dense, bias = (leaves[name] for name in WEIGHTS)
    for steps in trace.passes:
        x = torch.tensor(steps.operation.example.image)[None, None]
        maps = torch.nn.functional.max_pool2d(torch.relu(torch.nn.functional.conv2d(x, w, b)), 2)
        logits = torch.nn.functional.linear(maps.flatten(1), dense, bias)
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([steps.operation.example.target]))
        sgd.zero_grad()
        loss.backward()
        close(steps.trace_of("loss").output.item(), loss.item())
        for name in WEIGHTS:
            close(steps.trace_of(GRADIENTS[name]).output.ravel(), leaves[name].grad.numpy().ravel())
        sgd.step()


@settings(max_examples=5, deadline=None)
@given(networks(), st.data())
def test_any_step_says_where_it_is_and_ends_its_cell_with_the_stages_output(trace, data):
    index = data.draw(st.integers(0, len(trace) - 1))
    step = trace[index]
    assert step.index == index
    number, within = divmod(index, trace.steps_per_pass)
    assert step.number == number
    assert trace.first_step(number, step.stage) <= index
    inner = step.step
    while hasattr(inner, "step"):
        inner = inner.step
    stage = trace.passes[number].trace_of(step.stage)
    assert inner.index == within - (trace.first_step(0, step.stage)) or step.stage in ("loss", "logit gradient")
    if inner.y is not None and step.stage != "loss":
        assert inner.y == stage.output[inner.cell]


def test_every_pass_has_as_many_steps_whoever_wins_the_windows():
    trace = example(in_turn=True, classes=4, size=8)
    assert {len(steps) for steps in trace.passes} == {trace.steps_per_pass}
    for grain in NETWORK_GRAINS:
        view = trace.at(grain)
        ends = [view.base_index(unit) for unit in range(len(view))]
        assert all(a < b for a, b in pairwise(ends))
        assert ends[-1] == len(trace) - 1
        for unit in range(0, len(view), max(1, len(view) // 50)):
            assert view.position_of(ends[unit]) == unit


def test_a_layer_at_a_time_shows_all_stages_in_order():
    view = example(passes=2).at("layer")
    stages = list(dict.fromkeys(view[unit].stage for unit in range(len(view))))
    assert stages == list(STAGES)
    assert STAGES[: len(FORWARD)] == FORWARD and STAGES[len(FORWARD) :][: len(BACKWARD)] == BACKWARD
    assert [view[unit].number for unit in (0, len(view) - 1)] == [0, 1]


def test_moments_do_not_move_from_one_pass_into_the_next():
    trace = example()
    view = trace.at("cell")
    last = len(view) // len(trace.passes) - 1
    found = moment(view, last + 0.5)
    assert (found.number, found.at.stage) == (0, len(STAGES) - 1)
    assert found.at.position == int(found.at.position)
    assert moment(trace.at("pass"), 2.5).number == 2


@pytest.mark.parametrize("in_turn", [False, True])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_loss_falls(classes, in_turn):
    trace = example(classes=classes, seed=1, in_turn=in_turn, passes=40)
    assert trace.output[-classes:].max() < 0.2 * trace.output[:classes].mean()
    after = [trace.loss_after(number) for number in range(len(trace.passes))]
    if not in_turn:
        assert after[:-1] == trace.output[1:].tolist()
        assert all(a < b for a, b in zip(after, trace.output, strict=True))


@pytest.mark.parametrize("in_turn", [False, True])
def test_a_loss_after_an_update_is_that_of_the_same_image_to_the_last_bit(in_turn):
    trace = example(in_turn=in_turn, classes=3, passes=8)
    longer = example(in_turn=in_turn, classes=3, passes=9)
    for here, following in pairwise(range(9)):
        image, weights = longer.starts[here].example, longer.starts[following].weights
        assert trace.loss_after(here) == tiny_network(image.image, image.target, weights, passes=1).loss(0)


def test_a_pass_depends_on_its_start_alone():
    whole = example(passes=5)
    start = whole.passes[3].operation
    assert np.any(start.velocities["kernels"])
    close(whole.passes[3].trace_of("kernels update").rule.v, start.velocities["kernels"])
    again = tiny_network(start.example.image, 0, start.weights, lr=start.lr, momentum=start.momentum, passes=1)
    np.testing.assert_array_equal(
        again.passes[0].trace_of("kernel gradient").output, whole.passes[3].trace_of("kernel gradient").output
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"passes": 0}, "passes=0 is out of range: use 1 to 200"),
        ({"passes": 201}, "passes=201 is out of range"),
        ({"momentum": 1}, "momentum=1.0 is not in 0 ≤ momentum < 1"),
        ({"lr": -0.1}, "lr=-0.1 is negative"),
        ({"names": ("a", "b", "c")}, "classes=a, b, c are not 2"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        example(**options)


def test_bad_images_and_targets_are_refused():
    weights = initial_weights(8, 2, 2, seed=0)
    for image, target, message in (
        (np.ones((8, 9)), 0, "image=8 × 9 gives another number of features than the 18"),
        (np.ones((12, 12)), 0, "image=12 × 12 gives another number of features"),
        (np.ones((8, 8)), 2, "target=2 is no class: use 0 to 1"),
        (np.ones((2, 8, 8)), [0], "target=.* does not name the class of 2 images"),
        (np.full((8, 8), np.nan), 0, "image=.* has a cell that is not finite"),
    ):
        with pytest.raises(InputError, match=message):
            tiny_network(image, target, weights)
    with pytest.raises(InputError, match="input_size=3 leaves nothing to pool"):
        initial_weights(3, 2, 2, seed=0)
    with pytest.raises(InputError, match="classes=1 is less than 2"):
        initial_weights(8, 2, 1, seed=0)


def test_weights_that_grow_out_of_bounds_are_said_to_do_so():
    weights = initial_weights(8, 2, 2, seed=6)
    images = np.stack([gallery.shape("cross"), gallery.shape("cross")]) * 1e40
    with pytest.raises(InputError, match=r"lr=1e\+70 makes numbers grow out of bounds by pass"):
        tiny_network(images, [0, 1], weights, lr=1e70, momentum=0.9, passes=20)
    with pytest.raises(InputError, match="by pass 1:"):  # only the loss after the update does
        tiny_network(images[0] / 1e40, 0, weights, lr=1e99, passes=1)
