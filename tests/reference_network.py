"""The tiny network that learns: by loops, or by the layers and the optimiser of the engine."""

import naive
import numpy as np
from reference_tensors import tensors

from cnnsim import functional, gallery, nn, optim
from cnnsim.operations import array_of
from cnnsim.trace.tiny_network_weights import WEIGHTS


def _shown_to(settings):
    """The images and classes in the order in which passes show them."""
    names, image = settings.classes, array_of(settings, "image")[0]
    drawn = names.index(settings.image.pattern) if settings.image.pattern in names else 0
    target = drawn if settings.target == "as-drawn" else int(settings.target) - 1
    shown = [(image, target)]
    if settings.shows == "in-turn":
        others = [number for number in range(len(names)) if number != target]
        shown += [(gallery.shape(names[number], settings.image_size), number) for number in others]
    return [shown[number % len(shown)] for number in range(settings.passes)]


def _network_weights(settings):
    kernels, biases, dense, dense_biases = tensors(settings, *WEIGHTS)
    arrays = kernels, biases.ravel(), dense.reshape(len(dense), -1), dense_biases.ravel()
    return dict(zip(WEIGHTS, arrays, strict=True))


def _loops_of_network(image, target, weights):
    """Loss and gradients, by loops."""
    kernels, biases, dense, dense_biases = (weights[name] for name in WEIGHTS)
    x = image[None, None]
    a = naive.conv2d(x, kernels, biases)
    y = naive.relu(a)
    p = naive.max_pool2d(y, 2)
    z = naive.linear(p.reshape(1, -1), dense, dense_biases)
    dz = np.array([[share - (c == target) for c, share in enumerate(naive.softmax(z[0].tolist()))]])
    dflat, ddense, ddense_biases = naive.linear_backward(dz, p.reshape(1, -1), dense, dense_biases)
    dy = naive.max_pool2d_backward(dflat.reshape(p.shape), y, 2)
    da = np.where(a > 0, dy, 0.0)
    _, dkernels, dbiases = naive.conv2d_backward(da, x, kernels, biases)
    gradients = dict(zip(WEIGHTS, (dkernels, dbiases, ddense, ddense_biases), strict=True))
    return naive.cross_entropy(z[0].tolist(), target), gradients


def tiny_network(settings, module):
    weights, losses = _network_weights(settings), []
    if module is functional:
        return _network_by_engine(settings, weights)
    velocity = {name: np.zeros(array.shape) for name, array in weights.items()}
    for image, target in _shown_to(settings):
        loss, gradients = _loops_of_network(image, target, weights)
        losses.append(loss)
        for name in WEIGHTS:
            velocity[name] = settings.momentum * velocity[name] + gradients[name]
            weights[name] = weights[name] - settings.lr * velocity[name]
    return np.array(losses)


def _network_by_engine(settings, weights):
    layers = {
        "conv": nn.Conv2d(1, settings.filters, 3),
        "relu": nn.ReLU(),
        "pool": nn.MaxPool2d(2),
        "flatten": nn.Flatten(),
        "dense": nn.Linear(weights["dense weights"].shape[1], len(weights["dense biases"])),
    }
    network = nn.Sequential(layers, dtype=np.float64)
    names = ("conv.weight", "conv.bias", "dense.weight", "dense.bias")
    network.load_state_dict(dict(zip(names, (weights[name].copy() for name in WEIGHTS), strict=True)))
    optimiser = optim.SGD(lr=settings.lr, momentum=settings.momentum)
    state, losses = optimiser.initial_state(network.vector), []
    for image, target in _shown_to(settings):
        result = nn.batch_gradient(network, np.ascontiguousarray(image[None, None]), [target])
        losses.append(result.loss)
        optimiser.step(network.vector, result.gradient, state)
    return np.array(losses)
