from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.operations import Source, operation_named

SHIFT = operation_named("shift")


@st.composite
def any_settings(draw):
    window = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return replace(
        SHIFT.start,
        shift=draw(st.tuples(st.integers(-5, 5), st.integers(-5, 5))),
        entering=draw(st.sampled_from(["zeros", "circular"])),
        input=Source("signed"),
        input_size=tuple(draw(st.integers(cells, cells + 3)) for cells in window),
        seed=draw(st.integers(0, 99)),
        convolve=draw(st.booleans()),
        kernel=Source("signed"),
        kernel_size=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        mode=draw(st.sampled_from(["max", "average", "l2"])),
        window=window,
        stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        padding=tuple(draw(st.integers(0, cells // 2)) for cells in window),
    )


def run(text):
    names = {}
    exec(text, names)
    return names["result"]


@given(any_settings())
def test_the_numpy_text_computes_what_is_on_screen(settings):
    np.testing.assert_allclose(run(SHIFT.code(settings).numpy), settings.trace().output, rtol=1e-11, atol=1e-11)


@given(any_settings())
def test_the_pytorch_text_computes_what_is_on_screen(settings):
    text = SHIFT.code(settings).torch
    compile(text, "torch", "exec")
    pytest.importorskip("torch", reason="PyTorch is not installed")
    np.testing.assert_allclose(run(text).numpy(), settings.trace().output, rtol=1e-11, atol=1e-11)
