"""PyTorch does the same as the engine, where it is installed."""

import numpy as np
import pytest

from cnnsim.bench import Job, ours
from cnnsim.bench.networks import build, example

pytest.importorskip("torch", reason="PyTorch is not installed")

from cnnsim.bench import pytorch


@pytest.mark.parametrize("name", ["lenet5", "cifar"])
def test_the_translated_network_computes_the_same(name):
    import torch

    network, (images, _) = build(name), example(name, 3)
    with torch.inference_mode():
        theirs = pytorch.translate(network)(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(network(images), theirs, rtol=1e-4, atol=1e-5)


def test_both_sides_train_alike():
    job = Job("train", "lenet5", 8, 1)
    own, theirs = ours.prepare(job), pytorch.prepare(job)
    assert [own() for _ in range(5)] == pytest.approx([theirs() for _ in range(5)], rel=1e-4)
