"""Every pass of every operation, with any options and any numbers: trace, loops, engine, and the texts in code."""

import naive
import numpy as np
import pytest
from any_settings import CASES, NAMES, any_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from references import reference
from sizes import share

from cnnsim import functional
from cnnsim.trace import FieldOfView

SEEDS = st.integers(0, 2**32 - 1)
SLOW = {"tiny-network": 2, "counts": 4}
every_pass = pytest.mark.parametrize(("operation", "direction"), CASES, ids=NAMES)


def close(left, right):
    assert left.shape == right.shape
    np.testing.assert_allclose(left, right, rtol=1e-10, atol=1e-10 * max(1.0, float(np.abs(right).max())))


def over_seeds(check, operation, examples):
    """Run a check of settings and their trace on random seeds."""
    bounded = settings(max_examples=share(min(examples, SLOW.get(operation.name, examples))))
    bounded(given(SEEDS)(check))()


@every_pass
def test_a_trace_ends_as_loops_and_engine_do(operation, direction):
    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        for module in (naive, functional):
            expected = reference(operation, chosen, module)
            if expected is not None:
                close(trace.output, expected)

    over_seeds(check, operation, 10)


def check_text(text, trace, first=None):
    """Run a text, which leaves out axes of length 1, and compare all numbers or the first ones."""
    names = {}
    exec(text, names)
    result = names["result"]
    result = result.detach().numpy() if hasattr(result, "detach") else np.asarray(result)
    if isinstance(trace, FieldOfView):
        np.testing.assert_array_equal(result, trace.gradient(-1))
    else:
        assert result.squeeze().shape == trace.output.squeeze().shape
        close(result.astype(np.float64).reshape(trace.output.shape)[:first], trace.output[:first])


@every_pass
def test_the_numpy_text_computes_it_too(operation, direction):
    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        check_text(operation.code(chosen).numpy, trace)

    over_seeds(check, operation, 4)


@every_pass
def test_the_pytorch_text_computes_it_too(operation, direction):
    pytest.importorskip("torch", reason="PyTorch is not installed")

    # In PyTorch rounding decides which of equal cells wins a window of the network, and so all passes but the first.
    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        check_text(operation.code(chosen).torch, trace, 1 if operation.name == "tiny-network" else None)

    over_seeds(check, operation, 4)


@pytest.mark.parametrize(
    ("operation", "preset"),
    [
        pytest.param(operation, preset, id=f"{operation.name}: {preset.words}")
        for operation, direction in dict(CASES).items()
        for preset in operation.presets
    ],
)
def test_presets_are_what_loops_and_texts_say(operation, preset):
    trace = preset.settings.trace()
    check_text(operation.code(preset.settings).numpy, trace)
    if len(trace) < 50_000 and operation.name != "counts":  # which the loops count one by one
        close(trace.output, reference(operation, preset.settings, naive))
