"""Write a drawing as SVG: text stays text, edges stay sharp at any size."""

from pathlib import Path
from typing import assert_never
from xml.sax.saxutils import escape

import numpy as np

from cnnsim.drawing import Drawing
from cnnsim.files import replace_file
from cnnsim.painting import Colour, Pixels, Polygon, Polyline, Primitive, Rect, Text, Theme, lower

_FAMILY = "cnnsim Sans, IBM Plex Sans, Helvetica, Arial, sans-serif"


def to_svg(drawing: Drawing, theme: Theme) -> str:
    """Say a drawing in SVG.

    Parameters
    ----------
    drawing
        What is shown.
    theme
        Colours.

    Returns
    -------
    str
        The document.

    References
    ----------
    https://www.w3.org/TR/SVG11

    Examples
    --------
    >>> from cnnsim.painting import LIGHT
    >>> to_svg(Drawing(40, 30, ()), LIGHT).splitlines()[1]
    '<rect x="0" y="0" width="40" height="30" fill="#ffffff"/>'
    """
    width, height = _number(drawing.width), _number(drawing.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{_FAMILY}">'
    )
    ground = f'<rect x="0" y="0" width="{width}" height="{height}" {_paint("fill", theme.background)}/>'
    return "\n".join([head, ground, *(_element(primitive) for primitive in lower(drawing, theme)), "</svg>"]) + "\n"


def save_svg(drawing: Drawing, theme: Theme, path: Path) -> None:
    """Write a drawing as an SVG file.

    Parameters
    ----------
    drawing
        What is shown.
    theme
        Colours.
    path
        File to write.

    Examples
    --------
    >>> import tempfile
    >>> from cnnsim.painting import LIGHT
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_svg(Drawing(40, 30, ()), LIGHT, Path(folder, "a.svg"))
    ...     Path(folder, "a.svg").read_text().split()[0]
    '<svg'
    """
    text = to_svg(drawing, theme)
    replace_file(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _element(primitive: Primitive) -> str:
    match primitive:
        case Rect():
            return _rect(primitive)
        case Polyline():
            return (
                f'<polyline points="{_points(primitive.points)}" fill="none" {_paint("stroke", primitive.colour)} '
                f'stroke-width="{_number(primitive.thickness)}"/>'
            )
        case Polygon():
            return f'<polygon points="{_points(primitive.points)}" {_paint("fill", primitive.fill)}/>'
        case Text():
            return _text(primitive)
        case Pixels():
            return _pixels(primitive)
        case _:
            assert_never(primitive)


def _rect(rect: Rect) -> str:
    fill = _paint("fill", rect.fill) if rect.fill else 'fill="none"'
    stroke = f' {_paint("stroke", rect.stroke)} stroke-width="{_number(rect.thickness)}"' if rect.stroke else ""
    radius = f' rx="{_number(rect.radius)}"' if rect.radius else ""
    dash = f' stroke-dasharray="{_number(rect.thickness * 3)}"' if rect.dashed else ""
    return f"<rect {_box(rect.x, rect.y, rect.width, rect.height)} {fill}{stroke}{radius}{dash}/>"


def _text(text: Text) -> str:
    weight = ' font-weight="bold"' if text.bold else ""
    return (
        f'<text x="{_number(text.x)}" y="{_number(text.baseline)}" font-size="{_number(text.size)}"{weight} '
        f'{_paint("fill", text.colour)} xml:space="preserve">{escape(text.text)}</text>'
    )


def _pixels(pixels: Pixels) -> str:
    """One rectangle per tile, so that no viewer smooths the picture."""
    rows, cols = pixels.rgb.shape[:2]
    width, height = pixels.width / cols, pixels.height / rows
    tiles = (
        f"<rect {_box(pixels.x + col * width, pixels.y + row * height, width, height)} "
        f'fill="#{bytes(pixels.rgb[row, col]).hex()}"/>'
        for row, col in np.ndindex(rows, cols)
    )
    return '<g shape-rendering="crispEdges">' + "".join(tiles) + "</g>"


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _paint(what: str, colour: Colour) -> str:
    red, green, blue, alpha = colour
    opacity = "" if alpha == 255 else f' {what}-opacity="{alpha / 255:.3g}"'
    return f'{what}="#{red:02x}{green:02x}{blue:02x}"{opacity}'


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
