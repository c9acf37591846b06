from dataclasses import replace

import numpy as np
import pytest

from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.operations import operation_named, with_array, with_cell
from cnnsim.operations.counts import CountsSettings
from cnnsim.operations.equivariance import EquivarianceSettings
from cnnsim.operations.field_of_view import FieldOfViewSettings
from cnnsim.trace import FieldOfView

NAMES = ("equivariance", "counts", "field-of-view")


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_has_steps_at_every_grain(name):
    operation = operation_named(name)
    for preset in operation.presets:
        trace = preset.settings.trace()
        assert all(len(trace.at(grain.key)) > 0 for grain in operation.grains)


def test_presets_keep_what_they_say():
    for preset in operation_named("equivariance").presets:
        differs = bool(preset.settings.trace().rule.differs.any())
        assert differs != ("equal" in preset.words), preset.words


def test_dragging_the_image_shifts_it():
    operation = operation_named("equivariance")
    once = operation.dragged(operation.start, Cell("input", 2, 2), Cell("input", 3, 2))
    assert once.shift == (1, 1)
    assert operation.dragged(once, Cell("g(x)", 0, 0), Cell("g(x)", 0, 1)).shift == (1, 2)
    assert operation.dragged(once, Cell("kernel", 0, 0), Cell("kernel", 0, 1)) == once
    assert operation.dragged(once, Cell("input", 0, 0), Cell("g(x)", 0, 1)) == once
    far = operation.dragged(once, Cell("input", 0, 31), Cell("input", 31, 0))
    assert far.shift == (31, -30)
    assert operation.dragged(far, Cell("input", 0, 0), Cell("input", 5, 0)).shift == (31, -30)


def test_image_and_kernel_of_the_bench_can_be_given():
    start = operation_named("equivariance").start
    settings = with_array(with_array(start, "input", [[1, 2, 3]] * 4), "kernel", [[1, 0]])
    rule = settings.trace().rule
    assert (rule.of_image.convolution.x.shape, rule.of_image.convolution.w.shape) == ((1, 4, 3), (1, 1, 1, 2))
    with pytest.raises(InputError, match="input=40 × 1"):
        with_array(start, "input", [[1]] * 40)


def test_layers_can_be_edited_and_given():
    start = operation_named("field-of-view").start
    assert with_cell(start, "layers", (0, 1), 2.0).trace().output.tolist() == [3, 7, 11]
    given = with_array(start, "layers", [[3, 2], [3, 1]])
    assert given.depth == 2
    assert given.trace().output.tolist() == [3, 7]
    with pytest.raises(InputError, match="layers=11 × 2"):
        with_array(start, "layers", [[3, 1]] * 11)


def test_a_click_on_the_input_chooses_the_unit_that_looks_there():
    operation = operation_named("field-of-view")
    assert operation.start.trace()[-1].unit == (2, 2)
    chosen = operation.clicked(operation.start, Cell("input", 3, 6))
    assert chosen.trace()[-1].unit == (0, 3)
    assert operation.clicked(chosen, Cell("gradient", 9, 0)).trace()[-1].unit == (4, 0)
    assert operation.clicked(chosen, Cell("layers", 0, 0)) is None


def test_the_prior_is_an_option_of_the_counts():
    start = operation_named("counts").start
    assert start.trace().output[-1].tolist()[:5] == [784, 4608, 200, 8, 208]
    with pytest.raises(InputError, match="input"):
        start.resized("input", (3, 3))


def run(text):
    names = {}
    exec(text, names)
    return names["result"]


def more_settings(start):
    """Settings that bring out every part of the text."""
    match start:
        case EquivarianceSettings():
            kinds = (("zeros", "replicate", "max"), ("circular", "reflect", "average"), ("zeros", "zeros", "none"))
            for entering, mode, pooled in kinds:
                options = {"entering": entering, "padding_mode": mode, "pooled": pooled}
                yield replace(start, shift=(-2, 9), stride=2, padding=2, **options)
            yield replace(start, movement="scaling", padding=0)
        case CountsSettings():
            yield replace(start, prior="local", stride=2, padding=3, input_size=(9, 7))
        case FieldOfViewSettings():
            yield replace(start, weights="random", seed=3, unit=(0, 100))
            yield replace(start, layers=start.layers.with_cell((1, 3), 1.0).with_cell((0, 2), 2.0), unit=(0, 0))


def settings_of(name):
    """The presets but the largest, and more."""
    operation = operation_named(name)
    presets = [preset.settings for preset in operation.presets]
    return [*(settings for settings in presets if settings.input_size != 227), *more_settings(operation.start)]


def shown(settings):
    """What the text computes: the output, or what counts of the field of view."""
    trace = settings.trace()
    return trace.gradient(-1) if isinstance(trace, FieldOfView) else trace.output


@pytest.mark.parametrize("settings", [settings for name in NAMES for settings in settings_of(name)])
def test_the_text_for_numpy_computes_what_is_on_screen(settings):
    result = run(operation_of(settings).code(settings).numpy)
    np.testing.assert_allclose(result, shown(settings), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("settings", [settings for name in NAMES for settings in settings_of(name)])
def test_the_text_for_pytorch_computes_what_is_on_screen(settings):
    pytest.importorskip("torch", reason="runs the text for PyTorch")
    result = run(operation_of(settings).code(settings).torch)
    np.testing.assert_allclose(np.asarray(result), shown(settings), rtol=1e-12, atol=1e-12)


def operation_of(settings):
    return next(operation_named(name) for name in NAMES if type(operation_named(name).start) is type(settings))
