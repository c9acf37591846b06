import numpy as np
import pytest

from cnnsim import gallery
from cnnsim.errors import InputError
from cnnsim.trace import GRAINS, convolution, turned_first


def emboss(**options):
    return convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), flip=True, **options)


def test_a_true_convolution_turns_its_kernel_first():
    forward = emboss()
    steps = turned_first(forward)
    assert len(steps) == 2 + len(forward)
    assert [step.step.turned for step in (steps[0], steps[1])] == [False, True]
    assert [steps[2 + index].step for index in range(len(forward))] == list(forward)
    np.testing.assert_array_equal(steps.trace_of("turn").output[0, 0], gallery.kernel("emboss")[::-1, ::-1])
    np.testing.assert_array_equal(steps.output[0], [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]])


@pytest.mark.parametrize("grain", GRAINS)
def test_the_turn_is_two_steps_at_every_grain(grain):
    forward = emboss()
    assert len(turned_first(forward).at(grain)) == 2 + len(forward.at(grain))


def test_a_correlation_turns_nothing():
    with pytest.raises(InputError, match="flip=False turns no kernel: use flip=True"):
        turned_first(convolution(np.ones((2, 2)), np.ones((1, 1))))
