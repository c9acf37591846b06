import pytest
from layout_checks import check_layout

from cnnsim.operations import operation_named
from cnnsim.scenes import View

VIEWS = (View(640, 440), View(1024, 700), View(1920, 1080))


@pytest.mark.parametrize("name", ["activation", "dense", "flatten", "dropout"])
def test_every_preset_draws_at_every_size_and_grain(name):
    operation = operation_named(name)
    for preset in operation.presets:
        trace = preset.settings.trace()
        for grain in operation.grains:
            steps = trace.at(grain.key)
            for view in VIEWS:
                for position in (0, len(steps) / 2 - 0.5, len(steps) - 1):
                    check_layout(operation.draw(preset.settings, steps, position, view))
