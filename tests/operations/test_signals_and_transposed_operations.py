from dataclasses import replace

import numpy as np
import pytest

from cnnsim.errors import InputError
from cnnsim.operations import OPERATIONS, Source, array_of, operation_named, with_array, with_cell
from cnnsim.operations.finite_difference import check_gradient
from cnnsim.operations.mistakes import diagnose, question
from cnnsim.operations.scene_file import Scene, load_scene, save_scene, scene_from
from cnnsim.scenes import View
from cnnsim.trace import ScatterTrace, StagedTrace

SIGNALS, TRANSPOSED = operation_named("convolution-1d"), operation_named("transposed-convolution")
PASSES = ("forward", "kernel-gradient", "bias-gradient", "input-gradient")
RICH = {
    "1d": replace(
        SIGNALS.start, channels=2, filters=2, input=Source("signed"), kernel=Source("signed"), bias=Source("ramp")
    ),
    "transposed": replace(
        TRANSPOSED.start, channels=2, filters=2, input=Source("signed"), kernel=Source("signed"), bias=Source("ramp")
    ),
}
VARIANTS = [
    (SIGNALS, SIGNALS.start),
    *(
        (SIGNALS, replace(RICH["1d"], **change))
        for change in (
            {},
            {"flip": False, "stride": 2, "borders": "valid"},
            {"groups": 2, "borders": "sides", "sides": (0, 2), "dilation": 2},
            {"channels": 4, "filters": 4, "groups": 2, "flip": False, "stride": 3},
            {"channels": 3, "filters": 4, "padding_mode": "replicate"},
            {"padding_mode": "circular", "borders": "same"},
            {"padding_mode": "reflect", "borders": "sides", "sides": (2, 1)},
        )
    ),
    (TRANSPOSED, TRANSPOSED.start),
    *(
        (TRANSPOSED, replace(RICH["transposed"], **change))
        for change in (
            {},
            {"groups": 2, "output_padding": (1, 0)},
            {"stride": (1, 1), "dilation": (2, 2), "padding": (2, 2)},
            {"stride": (1, 3), "dilation": (2, 1), "padding": (0, 2), "output_padding": (1, 2)},
            {"input_size": (2, 5), "kernel_size": (1, 2), "padding": (1, 1), "stride": (3, 3)},
        )
    ),
]


def directions(operation):
    return (*PASSES, "input-gradient-scatter", "input-gradient-full") if operation is SIGNALS else PASSES


def shown(settings, direction):
    """Settings of a pass; a full convolution knows nothing of copies of cells."""
    settings = replace(settings, direction=direction, gradient=Source("signed"))
    return replace(settings, padding_mode="zeros") if direction == "input-gradient-full" else settings


def run(text):
    names = {}
    exec(text, names)
    return np.asarray(names["result"])


@pytest.mark.parametrize(("operation", "settings"), VARIANTS)
def test_the_text_for_numpy_computes_what_is_on_screen(operation, settings):
    for direction in directions(operation):
        for view in ("stamps", "stretched") if operation is TRANSPOSED and direction == "forward" else (None,):
            chosen = shown(settings, direction)
            chosen = chosen if view is None else replace(chosen, view=view)
            found = run(operation.code(chosen).numpy)
            np.testing.assert_allclose(found.ravel(), chosen.trace().output.ravel(), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("operation", "settings"), VARIANTS)
def test_the_text_for_torch_computes_what_is_on_screen(operation, settings):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    for direction in directions(operation):
        chosen = shown(settings, direction)
        found = run(operation.code(chosen).torch.replace("result = y", "result = y.detach()"))
        np.testing.assert_allclose(found.ravel(), chosen.trace().output.ravel(), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("operation", "settings"), VARIANTS)
def test_texts_are_python(operation, settings):
    for direction in directions(operation):
        code = operation.code(replace(settings, direction=direction))
        compile(code.torch, "torch", "exec")
        assert "G" not in code.torch or direction != "forward"


@pytest.mark.parametrize(("operation", "settings"), VARIANTS)
def test_a_nudge_agrees_with_the_gradient(operation, settings):
    for operand in ("input", "kernel", "bias"):
        shape = settings.shape(operand)
        for place in {(0,) * len(shape), tuple(length - 1 for length in shape)}:
            check = check_gradient(operation, replace(settings, gradient=Source("ramp")), operand, place, 0.5)
            assert check is not None
            assert check.error == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("operation", [SIGNALS, TRANSPOSED])
def test_every_preset_can_be_drawn_in_every_pass_and_grain(operation):
    for preset in operation.presets:
        for direction in directions(operation):
            settings = shown(preset.settings, direction)
            for grain in operation.grains:
                steps = settings.trace().at(grain.key)
                assert operation.draw(settings, steps, (len(steps) - 1) / 2, View(1024, 700)).items


def test_a_true_convolution_begins_with_the_flip_and_a_correlation_does_not():
    assert isinstance(SIGNALS.start.trace(), StagedTrace)
    assert len(SIGNALS.start.trace().at("cell")) == len(replace(SIGNALS.start, flip=False).trace().at("cell")) + 2


def test_a_pulse_answers_with_the_kernel():
    settings = replace(SIGNALS.start, input=Source("pulse"), length=4)
    assert settings.trace().output[0, 0].tolist() == [0, 3, 2, 1, 0, 0]
    turned = replace(settings, flip=False).trace().output[0, 0].tolist()
    assert turned == [0, 1, 2, 3, 0, 0]


@pytest.mark.parametrize(("borders", "length"), [("full", 10), ("same", 8), ("valid", 6), ("sides", 9)])
def test_the_extent_says_where_the_kernel_may_stand(borders, length):
    settings = replace(SIGNALS.start, borders=borders, sides=(1, 2))
    assert settings.trace().output.shape == (1, 1, length)


def test_a_pasted_signal_has_its_length():
    settings = with_array(SIGNALS.start, "input", np.array([1.0, 2, 3]))
    assert (settings.length, array_of(settings, "input").tolist()) == (3, [[[1, 2, 3]]])
    settings = with_array(settings, "kernel", np.array([1.0, 0, -1, 4]))
    assert (settings.kernel_size, settings.trace().output.shape) == (4, (1, 1, 6))
    with pytest.raises(InputError, match="does not fit"):
        with_array(settings, "input", np.ones((2, 3)))
    settings = with_array(settings, "input", np.ones((3, 1, 5)))
    assert (settings.channels, settings.length, settings.shape("kernel")) == (3, 5, (1, 3, 1, 4))
    settings = with_array(replace(settings, groups=2), "kernel", np.ones((4, 2, 1, 3)))
    assert (settings.channels, settings.filters, settings.kernel_size) == (4, 4, 3)
    with pytest.raises(InputError, match="does not fit"):
        with_array(settings, "input", np.ones((5, 1, 5)))


def test_a_cell_of_a_signal_can_be_changed():
    settings = with_cell(SIGNALS.start, "kernel", (0, 0, 0, 1), 7.0)
    assert settings.forward().rule.rule.w[0, 0, 0].tolist() == [3, 7, 1]


def test_both_views_end_in_the_same_numbers():
    stamps, convolved = (replace(RICH["transposed"], view=view).trace() for view in ("stamps", "stretched"))
    assert isinstance(stamps, ScatterTrace)
    np.testing.assert_array_equal(stamps.output, convolved.output)


def test_maps_and_groups_shape_the_tensors():
    settings = replace(TRANSPOSED.start, channels=4, filters=2, groups=2)
    assert [settings.shape(operand) for operand in ("input", "kernel", "bias", "gradient")] == [
        (4, 3, 3),
        (4, 1, 3, 3),
        (2, 1, 1),
        (2, 5, 5),
    ]
    with pytest.raises(InputError, match="groups=2 does not divide 3 output maps"):
        replace(settings, filters=3).trace()
    pasted = with_array(TRANSPOSED.start, "kernel", np.ones((2, 3, 2, 2)))
    assert (pasted.channels, pasted.filters, pasted.kernel_size) == (2, 3, (2, 2))
    with pytest.raises(InputError, match="does not fit"):
        with_array(TRANSPOSED.start, "input", np.ones((17, 3)))


def test_too_much_padding_says_what_would_do():
    with pytest.raises(InputError, match="padding=8 cuts everything off an output of 7 columns: use at most 3"):
        replace(TRANSPOSED.start, padding=(3, 8)).trace()
    with pytest.raises(InputError, match="output_padding=2 is not less than stride=1 or dilation=2 of the rows"):
        replace(TRANSPOSED.start, stride=(1, 8), dilation=(2, 1), output_padding=(2, 3)).trace()


def test_a_scene_of_one_number_for_rows_and_columns_still_opens(tmp_path):
    path = tmp_path / "scene.toml"
    pairs = {"stride": (3, 3), "padding": (2, 2), "output_padding": (1, 1), "dilation": (2, 2)}
    scene = Scene("transposed-convolution", replace(TRANSPOSED.start, **pairs), "cell")
    save_scene(scene, path)
    assert load_scene(path, OPERATIONS) == scene
    written = path.read_text(encoding="utf-8")
    for name, (number, _) in pairs.items():
        before = f"{name} = [\n    {number},\n    {number},\n]"
        assert before in written
        written = written.replace(before, f"{name} = {number}")
    assert scene_from(written, OPERATIONS) == scene


def test_numbers_for_rows_and_for_columns_are_kept_apart(tmp_path):
    path = tmp_path / "scene.toml"
    settings = replace(TRANSPOSED.start, stride=(1, 3), padding=(0, 2), output_padding=(0, 2), dilation=(2, 1))
    save_scene(Scene("transposed-convolution", settings, "cell"), path)
    assert load_scene(path, OPERATIONS).settings == settings
    assert settings.trace().output.shape == (1, 7, 7)


def test_mistakes_are_recognised():
    steps = replace(SIGNALS.start, input=Source("ramp"), bias=Source("ones")).forward().at("cell")
    asked = question(steps, 3.0)  # 1·4 + 2·3 + 3·2 would be a correlation; turned it is 3·4 + 2·3 + 1·2
    assert asked.answer == 21
    assert diagnose(asked, 17.0).startswith("The kernel was not turned")
    assert diagnose(asked, 20.0) == "The bias was forgotten."
    asked = question(replace(TRANSPOSED.start, view="stretched", bias=Source("ones")).forward().at("cell"), 0.0)
    assert asked.answer == 2
    assert diagnose(asked, 1.0) == "The bias was forgotten."
    asked = question(replace(TRANSPOSED.start, view="stretched").forward().at("cell"), 1.0)
    assert diagnose(asked, 1.0) == "The kernel was not turned: here it is turned by 180°."
    assert diagnose(asked, 99.0) == ""


def test_numbers_of_rows_and_columns_that_were_exchanged_are_recognised():
    wide = replace(TRANSPOSED.start, view="stretched", stride=(1, 2))
    tall = replace(wide, stride=(2, 1))
    asked = question(wide.forward().at("cell"), 2.0)
    assert diagnose(asked, tall.trace().output[0, 0, 2]) == (
        "The two numbers of the stride were exchanged: the first is for the rows."
    )
    asked = question(wide.forward().at("cell"), 0.0)
    assert diagnose(asked, replace(wide, padding=(0, 0)).trace().output[0, 0, 0]) == (
        "The padding was not cut off: the output begins further inside."
    )


def test_mistakes_in_gradients_are_recognised():
    back = replace(TRANSPOSED.start, direction="input-gradient", gradient=Source("ramp"), padding=(0, 0))
    asked = question(back.trace().at("cell"), 0.0)
    window = array_of(back, "gradient")[0, :3, :3]
    turned = array_of(back, "kernel")[0, 0, ::-1, ::-1]
    assert diagnose(asked, (window * turned).sum()).startswith("The kernel was turned")
    assert diagnose(asked, window.sum()) == "The gradients were added without their weights."


def test_a_forgotten_channel_is_recognised():
    numbers = np.arange(24.0).reshape(4, 1, 6) ** 2
    settings = replace(SIGNALS.start, channels=4, borders="valid", flip=False, bias=Source("ones"))
    settings = with_array(replace(settings, length=6), "input", numbers)
    asked = question(settings.trace().at("cell"), 1.0)
    of_each = (numbers[:, 0, 1:4] * array_of(settings, "kernel")[0, :, 0]).sum(axis=1)
    assert asked.answer == of_each.sum() + 1
    words = diagnose(asked, of_each[2] + 1)
    assert words == "That is channel 2 alone: the sums of all channels are added up."
    words = diagnose(asked, of_each[:3].sum() + 1)
    assert words == "Channel 3 was forgotten: the sums of all channels are added up."
    words = diagnose(asked, of_each.sum() + 4)
    assert words == "The bias was added once for every channel: it is added once."
