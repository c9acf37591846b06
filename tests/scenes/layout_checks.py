"""What must hold for every drawing of every scene."""

from itertools import combinations

from cnnsim.drawing import Equation, Frame, Label, Matrix, ScaleBar, Stems, Table
from cnnsim.typography import flow, scale_bar_places, text_width

SLACK = 1.0  # pixels


def boxes(drawing):
    """Bounding boxes (left, top, right, bottom) of all matrices with their captions, labels and equations, by name."""
    found = {}
    for number, item in enumerate(drawing.items):
        match item:
            case Stems():
                found.update(_stems(item))
            case Table():
                assert _within(item, Frame(0, 0, drawing.width, drawing.height, item.role)), "a table is cut off"
            case Matrix():
                found[item.name] = (item.x, item.y, item.x + item.width, item.y + item.height)
                width = text_width(item.caption, item.text_size, True) + text_width(item.shape, item.text_size)
                if width:
                    gap = item.text_size * 0.5 * bool(item.caption and item.shape)
                    middle = item.y - item.text_size * (0.95 + 1.2 * bool(item.col_labels))
                    half = item.text_size / 2
                    found[f"{item.name} caption"] = (item.x, middle - half, item.x + width + gap, middle + half)
            case Equation():
                runs, height = flow(item)
                right = max(run.x + run.width for run in runs)
                found[f"equation {number}"] = (min(run.x for run in runs), item.y, right, item.y + height)
            case ScaleBar():
                half = item.size / 2
                found[f"scale {number}"] = (item.x, item.y - half, scale_bar_places(item).right, item.y + half)
            case Label():
                width = text_width(item.text, item.size, item.bold)
                left = item.x - {"start": 0, "middle": 0.5, "end": 1}[item.anchor] * width
                found[f"label {number}"] = (left, item.y - item.size * 0.5, left + width, item.y + item.size * 0.5)
    return found


def _stems(item):
    """Boxes of a signal: its band, the caption on its left, and the labels below."""
    left, top, width, height = item.box(0, 0, 1, item.values.shape[1])
    found = {item.name: (left, top, left + width, top + height)}
    widest = max(text_width(item.caption, item.text_size, True), text_width(item.shape, item.text_size * 0.85))
    if widest:
        middle, half = top + height / 2, item.text_size * (1.18 if item.caption and item.shape else 0.5)
        found[f"{item.name} caption"] = (item.caption_end - widest, middle - half, item.caption_end, middle + half)
    if any(item.col_labels):
        found[f"{item.name} labels"] = (left, top + height, left + width, top + height + item.text_size * 0.94)
    return found


def check_layout(drawing):
    """Nothing is cut off, nothing lies on anything else, and every frame lies within some matrix."""
    placed = boxes(drawing)
    for name, (left, top, right, bottom) in placed.items():
        assert left >= -SLACK and right <= drawing.width + SLACK, f"{name} is cut at a side"
        assert top >= -SLACK and bottom <= drawing.height + SLACK, f"{name} is cut at top or bottom"
    for (one, a), (other, b) in combinations(placed.items(), 2):
        apart = a[2] <= b[0] + SLACK or b[2] <= a[0] + SLACK or a[3] <= b[1] + SLACK or b[3] <= a[1] + SLACK
        assert apart, f"{one} {a} overlaps {other} {b}"
    for frame in (item for item in drawing.items if isinstance(item, Frame)):
        assert any(_within(frame, item) for item in drawing.items if isinstance(item, Matrix))


def _within(frame, grid):
    return (
        grid.x - SLACK <= frame.x
        and grid.y - SLACK <= frame.y
        and frame.x + frame.width <= grid.x + grid.width + SLACK
        and frame.y + frame.height <= grid.y + grid.height + SLACK
    )
