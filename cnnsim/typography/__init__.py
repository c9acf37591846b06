"""How numbers are written and how wide text is: the same answers for every renderer."""

from cnnsim.typography.arithmetic import (
    EQUALS,
    product_of,
    rounds_to,
    same,
    shown,
    sides,
    sum_of,
    value_of,
    with_signs,
)
from cnnsim.typography.equations import LINE_HEIGHT, Run, fitting_size, flow, term_at
from cnnsim.typography.numbers import (
    MINUS,
    decimals_of,
    exact,
    format_compact,
    format_number,
    format_to,
    nice_ceiling,
)
from cnnsim.typography.scale_bars import ScaleBarPlaces, scale_bar_places, written_names
from cnnsim.typography.text import FAMILY, font_path, text_width

__all__ = [
    "EQUALS",
    "FAMILY",
    "LINE_HEIGHT",
    "MINUS",
    "Run",
    "ScaleBarPlaces",
    "decimals_of",
    "exact",
    "fitting_size",
    "flow",
    "font_path",
    "format_compact",
    "format_number",
    "format_to",
    "nice_ceiling",
    "product_of",
    "rounds_to",
    "same",
    "scale_bar_places",
    "shown",
    "sides",
    "sum_of",
    "term_at",
    "text_width",
    "value_of",
    "with_signs",
    "written_names",
]
