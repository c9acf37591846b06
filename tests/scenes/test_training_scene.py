from dataclasses import replace

import numpy as np
import pytest
from layout_checks import check_layout

from cnnsim.data import load
from cnnsim.drawing import Chart, Label, Role, ScaleBar
from cnnsim.scenes import View, training_curves, training_report, training_scene
from cnnsim.trace.training import training


@pytest.fixture(scope="module")
def trace():
    return training(load("synthetic").limited(192), epochs=2, batch_size=32, seed=1, moments=12)


@pytest.mark.parametrize("view", [View(784, 390), View(1600, 760), View(600, 600)], ids=str)
@pytest.mark.parametrize("place", [0, -1])
def test_nothing_overlaps_or_is_cut_at_any_size(trace, view, place):
    check_layout(training_scene(trace[place], view))


def test_every_learned_kernel_and_its_change_are_there(trace):
    drawing, step = training_scene(trace[-1], View(784, 390)), trace[-1]
    weights = step.snapshot.parameters["conv2.weight"]
    np.testing.assert_array_equal(drawing.matrix("conv1[5]").values, step.snapshot.parameters["conv1.weight"][5, 0])
    np.testing.assert_array_equal(drawing.matrix("conv2[0]").values, weights[0, 0])
    np.testing.assert_array_equal(drawing.matrix(f"conv2[{16 * 4 + 7}]").values, weights[7, 4])
    change = drawing.matrix("conv1 change[2]").values
    np.testing.assert_array_equal(
        change, (step.snapshot.parameters["conv1.weight"] - step.initial["conv1.weight"])[2, 0]
    )


def test_all_kernels_of_a_layer_share_one_scale(trace):
    drawing = training_scene(trace[-1], View(784, 390))
    assert len({drawing.matrix(f"conv2[{number}]").scale for number in range(96)}) == 1


def test_what_the_colours_of_kernels_mean_is_shown(trace):
    def limits(step):
        return [bar.ends[1] for bar in training_scene(step, View(784, 390)).items if isinstance(bar, ScaleBar)]

    strongest = max(abs(weight) for weight in trace[-1].snapshot.parameters["conv1.weight"].flat)
    assert limits(trace[-1])[0] == f"±{strongest:.2f}"
    unchanged = replace(trace[0], initial=trace[0].snapshot.parameters)
    assert (len(limits(unchanged)), len(limits(trace[0]))) == (2, 4)  # what has not changed has no range


@pytest.mark.parametrize(("sure", "words"), [(0.9999, "over 99.9 %"), (1.0, "100.0 %"), (0.99, "99.0 %")])
def test_nearly_sure_is_not_wholly_sure(trace, sure, words):
    probabilities = np.full(10, (1 - sure) / 9)
    probabilities[3] = sure
    step = replace(trace[0], response=replace(trace[0].response, probabilities=probabilities))
    assert f"says 3 with {words}" in {
        label.text for label in training_scene(step, View(784, 390)).items if isinstance(label, Label)
    }


def test_the_answer_is_named_and_a_wrong_one_stands_out(trace):
    step = trace[0]
    labels = [item for item in training_scene(step, View(784, 390)).items if isinstance(item, Label)]
    verdict = next(label for label in labels if label.text.startswith("says "))
    assert verdict.text.startswith(f"says {step.response.answer} with ")
    assert (verdict.role == Role.WARNING) == (step.response.answer != step.sample.label)


def test_the_confusion_matrix_waits_for_the_first_test(trace):
    with pytest.raises(KeyError):
        training_scene(trace[0], View(784, 390)).matrix("confusion")
    confusion = training_scene(trace[-1], View(784, 390)).matrix("confusion")
    np.testing.assert_array_equal(confusion.values, trace[-1].evaluation.confusion)


def test_the_curves_end_at_the_moment_on_an_axis_for_the_whole_run(trace):
    loss, accuracy = (item for item in training_curves(trace, 3, "t", View(900, 200)).items if isinstance(item, Chart))
    seen = trace[3].snapshot.images_seen
    assert loss.series[0].xs[-1] == accuracy.series[0].xs[-1] == seen
    assert loss.last == trace.history.images_seen[-1] > seen
    assert loss.high >= trace.history.loss.max()


def test_the_report_has_curves_above_kernels(trace):
    drawing = training_report(trace, len(trace) - 1, "LeNet-5 learns", View(960, 640))
    charts = [item for item in drawing.items if isinstance(item, Chart)]
    assert all(chart.y + chart.height < drawing.matrix("conv1[0]").y for chart in charts)
    assert drawing.matrix("probabilities").values.shape == (1, 10)
