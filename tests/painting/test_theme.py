import numpy as np
import pytest

from cnnsim.drawing import Role, Scale
from cnnsim.errors import InputError
from cnnsim.painting import DARK, LIGHT, theme_named

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def luminance(colour):
    """Relative luminance of WCAG 2.1."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour[:3])]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@THEMES
@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_read_on_the_background(theme, role):
    assert contrast(theme.role(role), theme.background) >= 4.5


@THEMES
def test_numbers_can_be_read_on_every_soft_colour(theme):
    values = np.linspace(-1, 1, 201)[None]
    for rgb in theme.cell_colours(values, Scale(1.0))[0]:
        assert contrast(theme.text_on(rgb), tuple(int(part) for part in rgb)) >= 4.5


@THEMES
def test_the_roles_have_colours_of_their_own(theme):
    roles = [theme.role(role) for role in (Role.INPUT, Role.KERNEL, Role.OUTPUT, Role.GRADIENT)]
    assert len(set(roles)) == 4


@THEMES
@pytest.mark.parametrize("soft", [True, False])
def test_zero_is_neutral_and_the_signs_have_different_hues(theme, soft):
    low, zero, high = (
        colour.astype(int) for colour in theme.cell_colours(np.array([[-1.0, 0, 1]]), Scale(1.0, soft=soft))[0]
    )
    assert np.ptp(zero) <= 12
    assert low[2] > low[0] + 20
    assert high[0] > high[2] + 20


@THEMES
def test_unsigned_colours_grow_from_nothing(theme):
    colours = theme.cell_colours(np.array([[0.0, 0.5, 1]]), Scale(1.0, signed=False, soft=False))[0].astype(int)
    distance = [abs(int(colour.sum()) - sum(theme.background[:3])) for colour in colours]
    assert distance == sorted(distance)


def test_a_matrix_of_zeros_has_a_colour():
    assert LIGHT.cell_colours(np.zeros((2, 2)), Scale(0.0)).shape == (2, 2, 3)


def test_unknown_theme_is_refused():
    assert theme_named("dark") is DARK
    with pytest.raises(InputError, match="theme=sepia is no theme: choose light or dark"):
        theme_named("sepia")
