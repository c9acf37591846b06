"""The widest settings of pages with many maps: nothing is cut off, and pairs of maps make cells larger."""

from dataclasses import replace

import pytest
from layout_checks import boxes, check_layout

from cnnsim.drawing import Arrow, Label
from cnnsim.operations import Source, operation_named
from cnnsim.scenes import View

STAGE, SMALL, LARGE = View(742, 584), View(640, 440), View(1650, 960)  # the first is that of a window of 1024×700
CONVOLUTION, POOLING = operation_named("convolution"), operation_named("pooling")
WIDE = replace(
    CONVOLUTION.start,
    channels=4,
    filters=4,
    groups=2,
    dilation=2,
    input=Source("random"),
    kernel=Source("signed"),
    bias=Source("ramp"),
    gradient=Source("signed"),
    input_size=(6, 7),
    borders="sides",
    sides=(1, 2, 0, 3),
)
POOLED = replace(POOLING.start, channels=4, input_size=(16, 16), window=(3, 3), stride=(2, 2), padding=(1, 1))
TRANSPOSED = operation_named("transposed-convolution")
STAMPED = replace(
    TRANSPOSED.start,
    channels=4,
    filters=4,
    groups=2,
    input=Source("random"),
    kernel=Source("signed"),
    bias=Source("ramp"),
    stride=(2, 3),
    padding=(0, 1),
    output_padding=(1, 0),
    dilation=(1, 2),
)
PASSES = ("forward", "kernel-gradient", "bias-gradient", "input-gradient", "input-gradient-scatter")


def normalised(name, **options):
    operation = operation_named(name)
    return operation, replace(operation.start, input_size=(6, 6), **options)


CASES = [
    *((CONVOLUTION, replace(WIDE, direction=direction)) for direction in (*PASSES, "input-gradient-full")),
    *((CONVOLUTION, replace(WIDE, padding_mode=mode, flip=True)) for mode in ("replicate", "reflect", "circular")),
    *((CONVOLUTION, replace(WIDE, picture=picture)) for picture in ("toeplitz", "im2col")),
    (CONVOLUTION, replace(WIDE, groups=1)),
    *((TRANSPOSED, replace(STAMPED, view=view)) for view in ("stamps", "stretched")),
    *((TRANSPOSED, replace(STAMPED, direction=direction)) for direction in PASSES[1:4]),
    (TRANSPOSED, replace(STAMPED, groups=1, input_size=(16, 16))),
    *((POOLING, replace(POOLED, mode=mode)) for mode in ("max", "average", "l2", "weighted")),
    *((POOLING, replace(POOLED, mode=mode, direction="input-gradient")) for mode in ("max", "l2", "weighted")),
    (POOLING, replace(POOLED, input_size=(64, 64))),
    normalised("batch-norm", images=6, channels=6),
    normalised("batch-norm", images=6, channels=6, direction="input-gradient"),
    normalised("local-response-norm", channels=8),
    (operation_named("dense"), replace(operation_named("dense").start, inputs=64, outputs=64)),
    *(
        (operation_named(name), replace(operation_named(name).start, channels=4, input_size=(64, 64), direction=way))
        for name in ("activation", "dropout")
        for way in ("forward", "input-gradient")
    ),
]


def drawn(operation, settings, view, share=0.6):
    steps = settings.trace().at("cell")
    return operation.draw(settings, steps, share * (len(steps) - 1), view)


@pytest.mark.parametrize("view", [STAGE, SMALL, LARGE], ids=["1024×700", "small", "1920×1080"])
@pytest.mark.parametrize(("operation", "settings"), CASES)
def test_the_widest_settings_are_shown_whole(operation, settings, view):
    for share in (0.05, 0.6, 1.0):
        drawing = drawn(operation, settings, view, share)
        check_layout(drawing)
        placed = {name: box for name, box in boxes(drawing).items() if "scale" not in name}
        for item in (item for item in drawing.items if isinstance(item, Arrow)):
            crossed = [name for name, box in placed.items() if crosses(item, box)]
            assert not crossed, f"an arrow lies over {crossed}"


def crosses(arrow, box):
    left, top, right, bottom = box
    points = ((share, 1 - share) for share in (number / 100 for number in range(101)))
    return any(
        left + 1 < arrow.x1 * b + arrow.x2 * a < right - 1 and top + 1 < arrow.y1 * b + arrow.y2 * a < bottom - 1
        for a, b in points
    )


def test_maps_stand_in_pairs_where_their_cells_would_be_small_and_else_one_above_the_other():
    large = drawn(POOLING, POOLED, STAGE)
    first, second, third = (large.matrix(f"input[{channel}]") for channel in range(3))
    assert (second.y, third.x) == (first.y, first.x)
    assert second.x > first.x + first.width and third.y > first.y + first.height
    small = drawn(POOLING, replace(POOLED, channels=2, input_size=(4, 4), padding=(0, 0)), LARGE)
    assert small.matrix("input[0]").x == small.matrix("input[1]").x


def test_pairs_make_cells_larger():
    pooled = drawn(POOLING, POOLED, STAGE).matrix("input[0]")
    assert 4 * pooled.height > STAGE.height * 0.6  # more than is left above the formulas
    wide = drawn(CONVOLUTION, WIDE, STAGE)
    assert wide.matrix("input[0]").y == wide.matrix("input[1]").y
    assert wide.matrix("kernel[2, 0]").x == wide.matrix("kernel[2, 1]").x


@pytest.mark.parametrize("direction", ["input-gradient", "input-gradient-full", "input-gradient-scatter"])
def test_numbers_of_three_maps_can_be_read_from_afar(direction):
    settings = replace(CONVOLUTION.start, channels=3, filters=3, groups=3, direction=direction)
    drawing = drawn(CONVOLUTION, settings, STAGE)
    assert drawing.matrix("input gradient[0]").cell >= 1.4 * STAGE.unit


def test_a_single_row_of_numbers_is_readable_beside_many_maps():
    for name in ("mean", "variance"):
        _, settings = normalised("batch-norm", images=6, channels=6)
        drawing = drawn(operation_named("batch-norm"), settings, STAGE)
        assert drawing.matrix(name).cell > 2 * drawing.matrix("input[0, 0]").cell


def test_the_sign_after_what_is_spread_stands_beside_the_map_that_it_is_in():
    settings = replace(CONVOLUTION.start, filters=2, kernel=Source("signed"), direction="input-gradient-scatter")
    for share, name in ((0.1, "gradient[0]"), (0.9, "gradient[1]")):
        drawing = drawn(CONVOLUTION, settings, STAGE, share)
        (times,) = (item for item in drawing.items if isinstance(item, Label) and item.text == "·")
        spread = drawing.matrix(name)
        assert times.y == spread.y + spread.height / 2
