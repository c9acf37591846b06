import pytest

from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.operations import operation_named, with_array, with_cell

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
