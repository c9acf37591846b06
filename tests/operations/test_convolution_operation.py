from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.drawing import Matrix
from cnnsim.errors import InputError
from cnnsim.operations import Source, array_of, operation_named, with_array
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.scenes import View
from cnnsim.trace import GRAINS, MATRIX_FORMS, PADDING_MODES, StagedTrace

OPERATION = operation_named("convolution")
START = OPERATION.start
VIEW = View(1024, 700)
SPREAD = ("input-gradient-scatter", "input-gradient-full")
DIRECTIONS = ("kernel-gradient", "input-gradient")


def names(settings, position=0.0, grain="cell"):
    steps = settings.trace().at(grain)
    drawing = OPERATION.draw(settings, steps, position, VIEW)
    return {item.name for item in drawing.items if isinstance(item, Matrix)}


def test_channels_kernels_and_groups_shape_the_tensors():
    settings = replace(START, channels=4, filters=6, groups=2, input_size=(5, 6))
    assert settings.trace().output.shape == (6, 3, 4)
    assert [settings.shape(operand) for operand in ("input", "kernel", "bias", "gradient")] == [
        (4, 5, 6),
        (6, 2, 3, 3),
        (6, 1, 1),
        (6, 3, 4),
    ]
    depthwise = replace(START, channels=3, filters=3, groups=3)
    assert depthwise.trace().rule.w.shape == (3, 1, 3, 3)


def test_groups_that_do_not_divide_the_maps_are_refused():
    with pytest.raises(InputError, match="groups=2 does not divide 3 input maps and 1 kernels"):
        replace(START, channels=3, groups=2).trace()
    with pytest.raises(InputError, match="groups=5 does not divide 1 input maps"):
        replace(START, groups=5).trace()


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        ({"borders": "even", "padding": 1, "sides": (3, 3, 3, 3)}, (5, 5)),
        ({"borders": "sides", "padding": 7, "sides": (0, 1, 2, 3)}, (4, 8)),
        ({"borders": "same", "padding": 7}, (5, 5)),
        ({"borders": "valid", "padding": 7}, (3, 3)),
    ],
)
def test_padding_is_even_by_side_same_or_none(change, shape):
    assert replace(START, **change).trace().output.shape == (1, *shape)


def test_same_goes_with_stride_1_only():
    with pytest.raises(InputError, match="padding=same does not go with stride=2"):
        replace(START, borders="same", stride=2).trace()


def test_a_tensor_of_another_shape_brings_its_channels_and_kernels():
    settings = with_array(START, "input", np.ones((3, 4, 6)))
    assert (settings.channels, settings.input_size) == (3, (4, 6))
    settings = with_array(settings, "kernel", np.ones((2, 3, 2, 2)))
    assert (settings.filters, settings.channels, settings.kernel_size) == (2, 3, (2, 2))
    assert settings.trace().output.shape == (2, 3, 5)
    with pytest.raises(InputError, match="does not fit the other tensors"):
        with_array(START, "input", np.ones((9, 4, 4)))
    with pytest.raises(InputError, match="does not fit the other tensors"):
        with_array(replace(START, channels=2, groups=2), "kernel", np.ones((1, 5, 2, 2)))


def test_the_picture_is_the_matrix_where_there_is_one():
    for form in MATRIX_FORMS:
        for direction in ("forward", *DIRECTIONS):
            assert form in names(replace(START, picture=form, direction=direction))
        assert form not in names(replace(START, picture=form, direction="input-gradient-scatter"))
    assert not names(START) & set(MATRIX_FORMS)


def test_a_matrix_too_large_to_draw_is_refused_before_it_is_drawn():
    settings = replace(START, picture="toeplitz", input_size=(16, 16))
    with pytest.raises(InputError, match="picture=toeplitz makes a matrix of 196 × 256"):
        settings.trace()
    replace(settings, picture="im2col").trace()
    replace(settings, direction="input-gradient-scatter").trace()


@pytest.mark.parametrize("picture", ["grids", "toeplitz"])
@pytest.mark.parametrize("grain", GRAINS)
def test_a_true_convolution_turns_its_kernel_first(picture, grain):
    settings = replace(START, kernel=Source("emboss"), flip=True, picture=picture)
    assert isinstance(settings.trace(), StagedTrace)
    np.testing.assert_array_equal(settings.trace().output[0], [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]])
    assert "turning kernel 0 0" in names(settings, 0.5, grain)
    assert "output" in names(settings, len(settings.trace().at(grain)) - 1, grain)
    assert ("toeplitz" in names(settings, 2, grain)) == (picture == "toeplitz")


@pytest.mark.parametrize("preset", OPERATION.presets, ids=lambda preset: preset.words)
def test_presets_can_be_stepped_through(preset):
    steps = preset.settings.trace().at("cell")
    for position in (0.0, 0.5, len(steps) / 2, len(steps) - 1.0):
        OPERATION.draw(preset.settings, steps, position, VIEW)


def test_channels_start_from_patterns_that_differ():
    image = array_of(replace(START, channels=3), "input")
    assert not np.array_equal(image[0], image[1])


@pytest.mark.parametrize("operand", ["input", "kernel", "bias"])
@pytest.mark.parametrize("flip", [False, True])
def test_a_nudge_agrees_with_every_gradient(operand, flip):
    settings = replace(
        START, channels=2, filters=2, input=Source("random"), kernel=Source("signed"), flip=flip, borders="same"
    )
    place = {"input": (1, 2, 3), "kernel": (1, 0, 0, 1), "bias": (1, 0, 0)}[operand]
    check = check_gradient(OPERATION, settings, operand, place, 0.5)
    assert check is not None
    assert check.error < 1e-9


@st.composite
def any_settings(draw):
    groups = draw(st.integers(1, 2))
    settings = replace(
        START,
        direction=draw(st.sampled_from(["forward", *DIRECTIONS, "bias-gradient", *SPREAD])),
        picture=draw(st.sampled_from(["grids", *MATRIX_FORMS])),
        gradient=Source("signed"),
        input=Source("random"),
        kernel=Source("signed"),
        bias=Source("ramp"),
        channels=groups * draw(st.integers(1, 2)),
        filters=groups * draw(st.integers(1, 2)),
        groups=groups,
        input_size=draw(st.tuples(st.integers(3, 5), st.integers(3, 5))),
        kernel_size=draw(st.tuples(st.integers(1, 2), st.integers(1, 2))),
        borders=draw(st.sampled_from(["even", "sides", "same", "valid"])),
        padding=draw(st.integers(0, 1)),
        sides=tuple(draw(st.integers(0, 2)) for _ in range(4)),
        padding_mode=draw(st.sampled_from(PADDING_MODES)),
        stride=draw(st.integers(1, 2)),
        dilation=draw(st.integers(1, 2)),
        flip=draw(st.booleans()),
        seed=draw(st.integers(0, 99)),
    )
    if settings.direction == "input-gradient-full":  # which copies of cells have no part in
        settings = replace(settings, padding_mode="zeros")
    settings = settings if settings.borders != "same" else replace(settings, stride=1)
    try:
        settings.trace()
    except InputError:  # a matrix too large to draw
        return replace(settings, picture="grids")
    return settings


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-11)


def run(text):
    names = {}
    exec(text, names)
    return names["result"]


@given(any_settings())
def test_the_numpy_text_computes_what_is_on_screen(settings):
    close(run(OPERATION.code(settings).numpy), settings.trace().output)


@given(any_settings())
def test_the_pytorch_text_computes_what_is_on_screen(settings):
    text = OPERATION.code(settings).torch
    compile(text, "torch", "exec")
    pytest.importorskip("torch", reason="PyTorch is not installed")
    close(run(text).detach().numpy(), settings.trace().output)


def test_the_text_shows_the_matrix_where_it_is_on_screen():
    assert "T @ x.ravel()" in OPERATION.code(replace(START, picture="toeplitz")).numpy
    assert "T.T @ G.ravel()" in OPERATION.code(replace(START, picture="toeplitz", direction="input-gradient")).numpy
    assert ".T @ G[o].ravel()" in OPERATION.code(replace(START, picture="im2col", direction="kernel-gradient")).numpy
