"""The digits as pen strokes: several ways to write each, in a box one unit wide and high, y downwards.

A glyph is a list of control points and of strokes through them. Strokes that meet in a corner share its point, so they
still meet after the points were moved.
"""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A smooth curve through the named control points; `closed` joins its end to its beginning."""

    points: tuple[int, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Glyph:
    """One way to write `digit`."""

    digit: int
    points: tuple[Point, ...]
    strokes: tuple[Stroke, ...]


def _run(first: int, last: int, *more: int, closed: bool = False) -> Stroke:
    """Stroke through the points `first` to `last`, then `more`."""
    return Stroke((*range(first, last + 1), *more), closed)


_OVAL = ((0.5, 0.0), (0.24, 0.14), (0.12, 0.5), (0.24, 0.86), (0.5, 1.0), (0.76, 0.86), (0.88, 0.5), (0.76, 0.14))
_ROUND = ((0.5, 0.0), (0.15, 0.14), (0.02, 0.5), (0.15, 0.86), (0.5, 1.0), (0.85, 0.86), (0.98, 0.5), (0.85, 0.14))

GLYPHS: tuple[Glyph, ...] = (
    Glyph(0, _OVAL, (_run(0, 7, closed=True),)),
    Glyph(0, _ROUND, (_run(0, 7, closed=True),)),
    # 0 begun and ended at the top, a little past each other
    Glyph(0, ((0.62, 0.1), *_OVAL[:-1], (0.72, 0.2), (0.5, 0.04)), (_run(0, 9),)),
    # 1: a line; with a flag; with flag and foot
    Glyph(1, ((0.5, 0.0), (0.5, 0.5), (0.5, 1.0)), (_run(0, 2),)),
    Glyph(1, ((0.5, 0.0), (0.5, 0.5), (0.5, 1.0)), (_run(0, 2),)),
    Glyph(1, ((0.28, 0.24), (0.54, 0.0), (0.54, 0.5), (0.54, 1.0)), (_run(0, 1), _run(1, 3))),
    Glyph(
        1,
        ((0.28, 0.24), (0.54, 0.0), (0.54, 0.5), (0.54, 1.0), (0.22, 1.0), (0.86, 1.0)),
        (_run(0, 1), _run(1, 3), _run(4, 5)),
    ),
    # 2: sharp heel; looped heel
    Glyph(
        2,
        ((0.12, 0.24), (0.42, 0.0), (0.78, 0.1), (0.8, 0.38), (0.45, 0.74), (0.08, 1.0), (0.5, 0.98), (0.95, 1.0)),
        (_run(0, 5), _run(5, 7)),
    ),
    Glyph(
        2,
        (
            (0.12, 0.2),
            (0.42, 0.0),
            (0.76, 0.12),
            (0.76, 0.4),
            (0.48, 0.76),
            (0.18, 0.98),
            (0.06, 0.86),
            (0.24, 0.74),
            (0.5, 0.9),
            (0.96, 0.94),
        ),
        (_run(0, 9),),
    ),
    # 3: two bowls; a flat top
    Glyph(
        3,
        (
            (0.14, 0.14),
            (0.45, 0.0),
            (0.8, 0.12),
            (0.72, 0.36),
            (0.36, 0.47),
            (0.78, 0.58),
            (0.86, 0.82),
            (0.5, 1.0),
            (0.08, 0.88),
        ),
        (_run(0, 4), _run(4, 8)),
    ),
    Glyph(
        3,
        ((0.14, 0.02), (0.84, 0.0), (0.42, 0.4), (0.78, 0.5), (0.86, 0.78), (0.5, 1.0), (0.1, 0.9)),
        (_run(0, 1), _run(1, 2), _run(2, 6)),
    ),
    # 4: open with a corner; closed; open and round
    Glyph(
        4,
        ((0.2, 0.0), (0.1, 0.52), (0.92, 0.5), (0.74, 0.06), (0.72, 0.5), (0.68, 1.0)),
        (_run(0, 1), _run(1, 2), _run(3, 5)),
    ),
    Glyph(
        4,
        ((0.68, 0.0), (0.06, 0.64), (0.96, 0.64), (0.68, 0.5), (0.66, 1.0)),
        (_run(0, 1), _run(1, 2), Stroke((0, 3, 4))),
    ),
    Glyph(
        4,
        ((0.16, 0.0), (0.12, 0.32), (0.34, 0.5), (0.76, 0.42), (0.84, 0.0), (0.78, 0.5), (0.72, 1.0)),
        (_run(0, 3), _run(4, 6)),
    ),
    # 5: with a corner at the top left; in one bend
    Glyph(
        5,
        (
            (0.88, 0.0),
            (0.26, 0.02),
            (0.2, 0.44),
            (0.52, 0.36),
            (0.84, 0.54),
            (0.82, 0.84),
            (0.48, 1.0),
            (0.08, 0.9),
        ),
        (_run(0, 1), _run(1, 2), _run(2, 7)),
    ),
    Glyph(
        5,
        (
            (0.9, 0.04),
            (0.52, 0.0),
            (0.24, 0.16),
            (0.32, 0.4),
            (0.66, 0.52),
            (0.8, 0.76),
            (0.5, 1.0),
            (0.12, 0.92),
        ),
        (_run(0, 7),),
    ),
    # 6: a bent stem; a straight one
    Glyph(
        6,
        ((0.7, 0.0), (0.32, 0.24), (0.12, 0.64), (0.3, 0.95), (0.66, 0.97), (0.84, 0.74), (0.58, 0.54), (0.2, 0.72)),
        (_run(0, 7),),
    ),
    Glyph(
        6,
        ((0.42, 0.0), (0.22, 0.4), (0.18, 0.78), (0.46, 1.0), (0.78, 0.84), (0.72, 0.58), (0.44, 0.54), (0.18, 0.78)),
        (_run(0, 7),),
    ),
    # 7: plain; with a bar; with a serif and a bent stem
    Glyph(7, ((0.08, 0.04), (0.9, 0.0), (0.6, 0.46), (0.4, 1.0)), (_run(0, 1), _run(1, 3))),
    Glyph(
        7,
        ((0.08, 0.04), (0.9, 0.0), (0.6, 0.46), (0.4, 1.0), (0.3, 0.52), (0.84, 0.48)),
        (_run(0, 1), _run(1, 3), _run(4, 5)),
    ),
    Glyph(
        7,
        ((0.1, 0.2), (0.14, 0.02), (0.88, 0.04), (0.68, 0.3), (0.54, 0.62), (0.5, 1.0)),
        (_run(0, 1), _run(1, 2), _run(2, 5)),
    ),
    # 8: one crossing line; two rings; begun at the top right and left open
    Glyph(
        8,
        ((0.5, 0.46), (0.22, 0.24), (0.5, 0.0), (0.78, 0.22), (0.5, 0.46), (0.14, 0.76), (0.5, 1.0), (0.86, 0.76)),
        (_run(0, 7, closed=True),),
    ),
    Glyph(
        8,
        (
            (0.5, 0.46),
            (0.22, 0.36),
            (0.24, 0.1),
            (0.5, 0.0),
            (0.76, 0.1),
            (0.78, 0.36),
            (0.84, 0.6),
            (0.8, 0.9),
            (0.5, 1.0),
            (0.2, 0.9),
            (0.16, 0.6),
        ),
        (_run(0, 5, closed=True), Stroke((0, 6, 7, 8, 9, 10), closed=True)),
    ),
    Glyph(
        8,
        (
            (0.8, 0.1),
            (0.48, 0.0),
            (0.22, 0.2),
            (0.5, 0.46),
            (0.84, 0.74),
            (0.52, 1.0),
            (0.16, 0.78),
            (0.46, 0.5),
            (0.84, 0.06),
        ),
        (_run(0, 8),),
    ),
    # 9: a straight stem; a bent one
    Glyph(
        9,
        ((0.78, 0.16), (0.46, 0.0), (0.16, 0.22), (0.36, 0.48), (0.74, 0.38), (0.78, 0.6), (0.74, 1.0)),
        (_run(0, 4, 0, closed=False), Stroke((0, 5, 6))),
    ),
    Glyph(
        9,
        (
            (0.84, 0.2),
            (0.5, 0.0),
            (0.16, 0.2),
            (0.34, 0.46),
            (0.76, 0.36),
            (0.84, 0.2),
            (0.86, 0.58),
            (0.64, 0.94),
            (0.2, 0.96),
        ),
        (_run(0, 4, 0), Stroke((0, 6, 7, 8))),
    ),
)
"""Every way to write every digit; a repeated one is as much likelier."""
