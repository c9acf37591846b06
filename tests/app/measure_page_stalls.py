"""Measure how long the window is held up on the pages of operations; no test, because it depends on the machine.

``python tests/app/measure_page_stalls.py [WHAT ...]`` opens a window of 1920×1080, does what a person would do on rich
pages (changes options, scrubs, hovers, edits, plays at the fastest) and prints for each the largest gaps between the
beats of a 5 ms timer, beside the time that the window itself worked in them: where others want the processor, too, only
that time says anything. ``WHAT`` are words from the names of scenarios, such as ``conv`` or ``network``.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from measure_stalls import Heartbeat
from PySide6.QtCore import QEventLoop, QPoint, QSettings, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from cnnsim.app.collector import set_aside
from cnnsim.app.main import AppOptions, dress, open_window
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.player import FASTEST
from cnnsim.app.recovery import Recovery
from cnnsim.app.tensor_actions import take_text, write
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Matrix
from cnnsim.operations import OPERATIONS, Source, array_of, options_of, sources_of, with_cell
from cnnsim.operations.matrix_text import format_matrix
from cnnsim.operations.options import Numbers, OneOf, Switch, Whole, Wholes

Act = tuple[str, Callable[[], object]]
"""A word for what is done, and doing it."""

LIMIT_MS = 50

LARGE: dict[str, dict[str, Any]] = {
    "convolution": {"input_size": (64, 64), "channels": 8, "filters": 8, "padding": 1, "input": Source("random")},
    "tiny-network": {"image_size": 12, "passes": 80, "shows": "in-turn", "filters": 3},
    "pooling": {"input_size": (64, 64)},
}


def main() -> None:
    words = sys.argv[1:] or [""]
    app = QApplication(["cnnsim"])
    dress(app)
    folder = Path(tempfile.mkdtemp())
    settings = QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat)
    window = open_window(AppOptions(theme="light", size=(1920, 1080)), settings, Recovery(folder / "recovery"))
    _rest(1500)
    set_aside()
    for name, acts in _scenarios(window):
        if any(word in name for word in words):
            _measure(name, acts)
    print(f"load over one minute: {os.getloadavg()[0]:.1f}")
    window.close()


def _measure(name: str, acts: Iterator[Act]) -> None:
    beat = Heartbeat()
    beat.start()
    for what, act in acts:
        beat.now = what
        act()
        _rest(60)
    beat.stop()
    worst = sorted(((work, gap, what) for _, gap, work, what in beat.gaps), reverse=True)
    over = sum(work > LIMIT_MS for work, _, _ in worst)
    print(f"{name}: {over} of {len(worst)} gaps with over {LIMIT_MS} ms of work\n    {_written(worst)}", flush=True)


def _written(worst: list[tuple[float, float, str]]) -> str:
    largest: dict[str, str] = {}
    for work, gap, what in worst:
        largest.setdefault(what, f"{work:.0f} ({gap:.0f}) ms {what}")
    return ", ".join(list(largest.values())[:8])


def _scenarios(window: Window) -> Iterator[tuple[str, Iterator[Act]]]:
    for operation in OPERATIONS:
        yield f"{operation.name}: as it opens", _handling(window, operation.name, {})
        if operation.name in LARGE:
            yield f"{operation.name}: large", _handling(window, operation.name, LARGE[operation.name])
    for view in ("toeplitz", "im2col"):
        yield f"convolution: {view}", _handling(window, "convolution", {"picture": view, "input_size": (64, 64)})


def _handling(window: Window, name: str, settings: dict[str, Any]) -> Iterator[Act]:
    """Open a page, change each of its options, play, scrub, hover and edit."""
    yield "opening the page", lambda: window.show_page(name)
    page = window.page(name)
    start = replace(page.operation.start, **settings)
    yield "showing the settings", lambda: page.change(start)
    for option, value in _other_values(start):
        changed = replace(start, **{option: value})
        yield f"{option}={_short(value)}", lambda changed=changed: page.change(changed)
        yield f"back from {option}={_short(value)}", lambda: page.change(start)
    for grain in page.operation.grains:
        yield f"grain {grain.key}", page.stage.transport.grain.button(grain.key).click
        yield from _moving(page)
    page.stage.transport.grain.button(page.operation.grains[0].key).click()
    yield from _hovering(page)
    yield from _editing(page)
    yield from _checking(page)
    yield from _reading(page)


def _moving(page: OperationPage) -> Iterator[Act]:
    player, slider = page.stage.player, page.stage.transport.scrubber
    for share in (0.1, 0.35, 0.6, 0.99, 0.3):
        yield "scrubbing", lambda share=share: slider.setValue(round(share * slider.maximum()))
    player.set_speed(FASTEST)
    yield "playing", player.play
    for _ in range(5):
        yield "playing", lambda: None
    player.pause()


def _hovering(page: OperationPage) -> Iterator[Act]:
    canvas = page.stage.canvas
    drawing = canvas.drawing()
    assert drawing is not None
    for matrix in [item for item in drawing.items if isinstance(item, Matrix)][:12]:
        rows, cols = matrix.values.shape
        for row, col in ((0, 0), (rows // 2, cols // 2), (rows - 1, cols - 1)):
            box = canvas.cell_box(Cell(matrix.name, row, col))
            at = box.center().toPoint() if box is not None else QPoint()
            yield f"hovering {matrix.name}", lambda at=at: QTest.mouseMove(canvas, at)
    yield "hovering nothing", lambda: QTest.mouseMove(canvas, QPoint(1, 1))


def _editing(page: OperationPage) -> Iterator[Act]:
    for name, option in options_of(page.settings).items():
        if isinstance(option.kind, Numbers) and option.when(page.settings):
            operand = option.kind.operand
            place = (0,) * len(page.settings.shape(operand))
            for value in (1.0, 2.0, 3.0):
                settings = with_cell(page.settings, operand, place, value)
                yield f"editing {name}", lambda settings=settings: page.change(settings)
            yield "undo", page.changes.undo
            yield "redo", page.changes.redo


def _checking(page: OperationPage) -> Iterator[Act]:
    """Nudge a cell of every operand by all amounts."""
    check, drawing = page.stage.check, page.stage.canvas.drawing()
    assert drawing is not None
    yield "opening the check", lambda: page.head.check.setChecked(True)
    cells = [Cell(item.name, 0, 0) for item in drawing.items if isinstance(item, Matrix)]
    for cell in [cell for cell in cells if page.stage.operand_at(cell) is not None][:6]:
        yield f"checking {cell.matrix}", lambda cell=cell: page.stage.pointer.pin(cell)
        for value in range(check.slider.minimum(), check.slider.maximum() + 1, 6):
            yield f"nudging {cell.matrix}", lambda value=value: check.slider.setValue(value)
    yield "closing the check", lambda: page.head.check.setChecked(False)


def _reading(page: OperationPage) -> Iterator[Act]:
    """Open the code and the numbers; save the scene, change it, and open the file."""
    file = Path(tempfile.mkdtemp()) / "scene.toml"
    window = page.window()
    assert isinstance(window, Window)
    yield "opening the code", page.show_code
    yield "closing the code", lambda: _close_dialogs(page)
    for _, kind, _ in sources_of(page.settings):
        yield f"writing {kind.operand}", lambda kind=kind: write(page, kind.operand)
        yield f"closing {kind.operand}", lambda: _close_dialogs(page)
        text = format_matrix(array_of(page.settings, kind.operand) + 0.125)
        yield f"taking {kind.operand}", lambda kind=kind, text=text: take_text(page, kind.operand, text)
    yield "saving", lambda: window.save_scene_as(file)
    for preset in page.operation.presets:
        yield f"preset {preset.words}", lambda preset=preset: page.change(preset.settings)
    yield "opening a file", lambda: window.open_scene(file)


def _close_dialogs(page: OperationPage) -> None:
    for dialog in page.findChildren(QDialog):
        dialog.close()


def _other_values(settings: Any) -> Iterator[tuple[str, Any]]:
    for name, option in options_of(settings).items():
        value = getattr(settings, name)
        match option.kind:
            case _ if not option.when(settings):
                continue
            case OneOf() as kind:
                yield from ((name, key) for key in kind.keys if key != value)
            case Switch():
                yield name, not value
            case Whole(low=low, high=high):
                yield name, value + 1 if value < high else max(low, value - 1)
            case Wholes(high=high):
                yield name, tuple(min(one + 1, high) for one in value)
            case Numbers(patterns=patterns):
                yield from ((name, Source(pattern.key)) for pattern in patterns)


def _short(value: Any) -> str:
    return value.pattern if isinstance(value, Source) else str(value)


def _rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
