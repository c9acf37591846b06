"""A trace as one plain record that JSON can hold."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cnnsim.trace import GrainView, StagedTrace
from cnnsim.trace.cellwise import Array

if TYPE_CHECKING:  # at run time it would load the engine, which a drawing does not need
    from cnnsim.trace.training import TrainingStep, TrainingTrace


_ALWAYS = ("input", "kernel", "gradient")


def trace_record(
    scene: str, options: Mapping[str, Any], operands: Mapping[str, Array], output: Array, steps: GrainView[Any]
) -> dict[str, Any]:
    """Take down a trace as texts, numbers and lists.

    Parameters
    ----------
    scene, options
        Its name, and what it was made with.
    operands
        Arrays by name. Input, kernel and gradient are there for every scene; None where it has none.
    output
        What the steps come to.
    steps
        Of the trace, at the size that is wanted.

    Returns
    -------
    dict
        The options, the operands, the output, what stages there are, and the steps.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> trace = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))
    >>> record = trace_record("convolution", {"stride": 1}, {"input": trace.rule.x}, trace.output, trace.at("cell"))
    >>> record["output"]
    [[4.0, 3.0, 4.0], [2.0, 4.0, 3.0], [2.0, 3.0, 4.0]]
    """
    return {
        "scene": scene,
        "options": dict(options),
        **dict.fromkeys(_ALWAYS),
        **{name: _plain(array) for name, array in operands.items()},
        "output": _plain(output),
        **_stages(steps.trace),
        "steps": [asdict(steps[index]) for index in range(len(steps))],
    }


def _stages(trace: object) -> dict[str, Any]:
    """Return what each stage computes, in order, for a trace that has stages."""
    if not isinstance(trace, StagedTrace):
        return {}
    return {"stages": [{"name": stage.name, "output": _plain(stage.trace.output)} for stage in trace.stages]}


def _plain(array: Array) -> Any:
    """Nest the values in lists; leading axes of length 1 are left out where two others remain."""
    while array.ndim > 2 and len(array) == 1:
        array = array[0]
    return array.tolist()


def training_record(options: Mapping[str, Any], trace: "TrainingTrace") -> dict[str, Any]:
    """Take down a training that is looked at through one sample.

    Parameters
    ----------
    options
        What it was made with.
    trace
        Its moments.

    Returns
    -------
    dict
        The sample as input, the first layer's kernels, the final probabilities as output, and the moments as steps.

    Examples
    --------
    >>> from cnnsim import data
    >>> from cnnsim.trace.training import training
    >>> digits = data.synthetic_dataset(train=10, test=10, seed=1)
    >>> record = training_record({"epochs": 1}, training(digits, epochs=1))
    >>> [moment["images_seen"] for moment in record["steps"]]
    [10]
    """
    last = trace[-1]
    return {
        "scene": "training",
        "options": dict(options),
        "input": last.sample.image.tolist(),
        "kernel": last.snapshot.parameters["conv1.weight"].tolist(),
        "output": last.response.probabilities.tolist(),
        "steps": [_moment(step) for step in trace.steps],
    }


def _moment(step: "TrainingStep") -> dict[str, Any]:
    snapshot = step.snapshot
    return {
        "epoch": snapshot.epoch,
        "batch": snapshot.batch,
        "images_seen": snapshot.images_seen,
        "loss": snapshot.loss,
        "accuracy": snapshot.accuracy,
        "test_loss": snapshot.test_loss,
        "test_accuracy": snapshot.test_accuracy,
        "kernel": snapshot.parameters["conv1.weight"].tolist(),
        "probabilities": step.response.probabilities.tolist(),
    }
