from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.errors import InputError
from cnnsim.operations import array_of, operation_named, with_array
from cnnsim.operations.matrix_text import format_matrix, parse_matrix


def test_the_largest_tensor_can_be_copied_and_pasted():
    array = np.random.default_rng(0).standard_normal((8, 64, 64))
    np.testing.assert_array_equal(parse_matrix("input", format_matrix(array)), array)


@pytest.mark.parametrize("filters", [1, 2, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_kernels_that_are_pasted_back_stay_as_many_as_they_were(filters, channels):
    settings = replace(operation_named("convolution").start, filters=filters, channels=channels)
    kernels = np.random.default_rng(0).integers(-9, 9, settings.shape("kernel")).astype(float)
    pasted = with_array(settings, "kernel", parse_matrix("kernel", format_matrix(kernels)))
    assert (pasted.filters, pasted.channels) == (filters, channels)
    np.testing.assert_array_equal(array_of(pasted, "kernel"), kernels)


@given(st.floats(-1e6, 1e6) | st.decimals(-1000, 1000, allow_nan=False, places=4) | st.fractions(-9, 9))
def test_a_number_is_the_nearest_to_what_is_written(value):
    assert parse_matrix("input", str(value)).item() == float(Fraction(str(value)))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("nan", "input=nan is not finite"),
        ("-inf", "input=-inf is not finite"),
        ("1e400", "input='1e400' has '1e400', which is no number"),
        ("1/0", "input='1/0' has '1/0', which is no number"),
        ("2000000", "input=2000000 is too large to show"),
        ("7" * 700_001, "input=700,001 characters are too many: give at most 700,000"),
    ],
)
def test_what_is_no_number_is_refused(word, message):
    with pytest.raises(InputError, match=message):
        parse_matrix("input", word)
