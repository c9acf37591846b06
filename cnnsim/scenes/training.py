"""What a network has learned: its kernels, their change since the start, and how it sees one image."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Chart, Drawing, Highlight, Item, Label, Matrix, Role, Scale, Series, Values
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.tiles import Tiles, tiles
from cnnsim.typography import format_to, nice_ceiling

if TYPE_CHECKING:  # at run time it would load the engine, which a drawing does not need
    from cnnsim.trace.training import TrainingStep, TrainingTrace

_WIDTH, _HEIGHT = 62.0, 31.8  # of the whole layout, in text sizes
_CHARTS_HEIGHT = 13.0
_KERNELS_WIDTH = 34.0
_CONFUSED = 0.1  # of the largest count gets the strongest colour: rare mistakes are to be seen


@dataclass(frozen=True, slots=True)
class _Grid:
    """Areas measured in text sizes, centred in a box of pixels."""

    left: float
    top: float
    text: float

    def area(self, x: float, y: float, width: float, height: float) -> Area:
        size = self.text
        return Area(self.left + x * size, self.top + y * size, width * size, height * size)


def _fitted(area: Area, width: float, height: float) -> _Grid:
    text = min(area.width / width, area.height / height)
    return _Grid(area.x + (area.width - width * text) / 2, area.y + (area.height - height * text) / 2, text)


def training_scene(step: "TrainingStep", view: View) -> Drawing:
    """Draw the learned kernels, their change since the start, and the response to the sample.

    Parameters
    ----------
    step
        A moment of a training run of LeNet-5.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With matrices such as ``conv1[0]``, ``conv2 change[17]``, ``relu1[0]``, ``sample``, ``probabilities`` and,
        once the network has been tested, ``confusion``.
    """
    return Drawing(view.width, view.height, _network(step, Area(0, 0, view.width, view.height)))


def training_report(trace: "TrainingTrace", position: float, title: str, view: View) -> Drawing:
    """Draw the curves of loss and accuracy up to a moment above what `training_scene` shows.

    Parameters
    ----------
    trace
        A training run.
    position
        Index of the moment; a fraction shows the moment before it.
    title
        Says what was trained on what.
    view
        Space to fill.
    """
    step = trace[int(position)]
    share = _CHARTS_HEIGHT / (_CHARTS_HEIGHT + _HEIGHT)
    above = Area(0, 0, view.width, view.height * share)
    below = Area(0, above.height, view.width, view.height - above.height)
    return Drawing(view.width, view.height, (*_charts(trace, step, title, above), *_network(step, below)))


def training_curves(trace: "TrainingTrace", position: float, title: str, view: View) -> Drawing:
    """Draw the curves of loss and accuracy up to a moment; the arguments are those of `training_report`."""
    area = Area(0, 0, view.width, view.height)
    return Drawing(view.width, view.height, _charts(trace, trace[int(position)], title, area))


def _charts(trace: "TrainingTrace", step: "TrainingStep", heading: str, area: Area) -> tuple[Item, ...]:
    grid = _fitted(area, _WIDTH, _CHARTS_HEIGHT)
    history, last_image = trace.history.until(step.snapshot.images_seen), float(trace.history.images_seen[-1])
    highest = nice_ceiling(float(trace.history.loss.max()))

    def chart(x: float, caption: str, role: Role, values: Values, high: float) -> Chart:
        box = grid.area(x, 3.6, 26, 7.6)
        series = (Series("training batch", role, history.images_seen, values),)
        size = grid.text
        return Chart(box.x, box.y, box.width, box.height, caption, series, last_image, 0.0, high, size, "images seen")

    title = grid.area(1, 0.9, 1, 1)
    return (
        Label(heading, title.x, title.y, grid.text * 1.15, Role.TEXT, bold=True),
        chart(4, "Loss", Role.KERNEL, history.loss, highest),
        chart(35, "Accuracy", Role.OUTPUT, history.accuracy, 1.0),
    )


def _network(step: "TrainingStep", area: Area) -> tuple[Item, ...]:
    grid = _fitted(area, _WIDTH, _HEIGHT)
    return (*_kernels(step, grid), *_sample(step, grid), *_maps(step, grid), *_confusion(step, grid))


def _kernels(step: "TrainingStep", grid: _Grid) -> tuple[Item, ...]:
    first, second = step.snapshot.parameters["conv1.weight"], step.snapshot.parameters["conv2.weight"]
    first_change, second_change = first - step.initial["conv1.weight"], second - step.initial["conv2.weight"]
    layer_1, layer_2 = f"{len(first)} kernels, layer 1", f"{len(second)} kernels, layer 2"
    slices = f"one per column, {second.shape[1]} slices each"
    since, half = "since the start", _KERNELS_WIDTH / 2 - 0.8
    columns = len(second)
    shown = (
        (Tiles("conv1", list(first[:, 0]), len(first), layer_1, "", Role.KERNEL), (1, 0.5, half, 4.8)),
        (
            Tiles("conv1 change", list(first_change[:, 0]), len(first), "Change", since, Role.GRADIENT),
            (_KERNELS_WIDTH / 2 + 1, 0.5, half, 4.8),
        ),
        (Tiles("conv2", _slices(second), columns, layer_2, slices, Role.KERNEL), (1, 5.8, _KERNELS_WIDTH, 12.2)),
        (
            Tiles("conv2 change", _slices(second_change), columns, "Change", since, Role.GRADIENT),
            (1, 18.4, _KERNELS_WIDTH, 12.2),
        ),
    )
    return tuple(item for what, place in shown for item in tiles(what, grid.area(*place), grid.text))


def _slices(weight: Values) -> list[Values]:
    """Slices of (out, in, k, k) weights in reading order of a table with a column for each kernel."""
    outs, ins = weight.shape[:2]
    return [weight[out, channel] for channel in range(ins) for out in range(outs)]


def _sample(step: "TrainingStep", grid: _Grid) -> tuple[Item, ...]:
    picture = Tiles("sample", [step.sample.image.astype(np.float64)], 1, "Sample", "", Role.INPUT, signed=False)
    row = grid.area(43.6, 3.8, 16.4, 2)
    probabilities, label, size = step.response.probabilities, step.sample.label, grid.text
    answer = step.response.answer
    cell = float(int(row.width / len(probabilities)))
    bars = Matrix(
        "probabilities",
        np.asarray(probabilities, np.float64)[None],
        row.x,
        row.y,
        cell,
        Role.OUTPUT,
        Scale(1.0, signed=False, soft=False),
        text_size=size,
        numbers=False,
        highlights=(Highlight(0, label, Role.INPUT),),
        col_labels=tuple(str(digit) for digit in range(len(probabilities))),
    )
    right = answer == label
    verdict = f"says {answer} with {_percent(float(probabilities[answer]))} %"
    return (
        *tiles(picture, grid.area(37, 0.5, 6, 7.4), size),
        Label("Probabilities", row.x, grid.area(0, 1.1, 1, 1).y, size, Role.OUTPUT, bold=True),
        bars,
        Label(verdict, row.x, row.y + cell + size, size * 0.95, Role.TEXT if right else Role.WARNING, bold=True),
        Label(f"it is a {label}", row.x + row.width, row.y + cell + size, size * 0.95, Role.INPUT, anchor="end"),
    )


def _percent(share: float) -> str:
    """Write a share in percent; no answer that is not wholly sure is said to be."""
    words = format_to(100 * share, 1)
    return "over 99.9" if share < 1 and words == "100.0" else words


def _maps(step: "TrainingStep", grid: _Grid) -> tuple[Item, ...]:
    first, second = step.response.maps["relu1"], step.response.maps["relu2"]
    layer_1 = Tiles(
        "relu1", list(first), len(first), f"{len(first)} feature maps, layer 1", "", Role.OUTPUT, signed=False
    )
    layer_2 = Tiles("relu2", list(second), 4, f"{len(second)} maps, layer 2", "", Role.OUTPUT, signed=False)
    return (
        *tiles(layer_1, grid.area(37, 8.4, 24, 5.6), grid.text),
        *tiles(layer_2, grid.area(37, 15, 11, 13), grid.text),
    )


def _confusion(step: "TrainingStep", grid: _Grid) -> tuple[Item, ...]:
    confusion, size = _latest(step), grid.text
    head, area = grid.area(50, 15.6, 11, 1), grid.area(51, 18, 10, 10)
    heading = Label("Confusion", head.x, head.y, size, Role.TEXT, bold=True)
    if confusion is None:
        note = Label("after the first epoch", head.x, head.y + 1.5 * size, size * 0.9, Role.MUTED)
        return heading, note
    digits = tuple(str(digit) for digit in range(len(confusion)))
    counts = np.asarray(confusion, np.float64)
    matrix = Matrix(
        "confusion",
        counts,
        area.x,
        area.y,
        float(int(area.height / len(counts))),
        Role.TEXT,
        Scale(float(counts.max()) * _CONFUSED, signed=False),
        text_size=size,
        row_labels=digits,
        col_labels=digits,
    )
    below = Label("row: digit, column: answer", area.x, area.y + area.height + size * 0.8, size * 0.85, Role.MUTED)
    return heading, matrix, below


def _latest(step: "TrainingStep") -> NDArray[np.int64] | None:
    return None if step.evaluation is None else step.evaluation.confusion
