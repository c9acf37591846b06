from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Equation, Line, Matrix
from cnnsim.operations import operation_named
from cnnsim.scenes import View, draw, operand_at, step_at
from cnnsim.trace import (
    GRAINS,
    batch_norm,
    batch_norm_gradient,
    cross_entropy,
    cross_entropy_gradient,
    local_response_norm,
    softmax,
    softmax_gradient,
)

SMALL, USUAL, LARGE = View(640, 440), View(1024, 700), View(1920, 1080)
GOLDEN = cross_entropy([0.1, 0.2, 0.7], 2)
OPERATIONS = [operation_named(name) for name in ("softmax", "cross-entropy", "batch-norm", "local-response-norm")]
PRESETS = [(operation, preset) for operation in OPERATIONS for preset in operation.presets]


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def last_of_stage(trace, name, view=USUAL):
    number = [stage.name for stage in trace.stages].index(name)
    return draw(trace.at("layer"), float(number), view)


def is_empty(drawing, name):
    states = drawing.matrix(name).states
    return states is not None and (states == CellState.EMPTY).all()


def test_finished_stages_are_filled_the_present_one_grows_and_the_rest_is_empty():
    steps = GOLDEN.at("cell")  # largest, three shifted, three exponentials, ...
    drawing = draw(steps, 5, USUAL)
    assert drawing.matrix("shifted").states is None
    assert drawing.matrix("exponential").states.ravel().tolist() == [
        CellState.NORMAL,
        CellState.NORMAL,
        CellState.EMPTY,
    ]
    assert all(is_empty(drawing, name) for name in ("sum", "probability", "logarithm", "loss"))
    assert not is_empty(drawing, "target")


def test_the_lectures_numbers_stand_in_the_formulas():
    formulas = {stage.name: words_of(last_of_stage(GOLDEN, stage.name))[2] for stage in GOLDEN.stages}
    assert formulas == {
        "largest": "m  =  max( 0.1,  0.2,  0.7 )  =  0.7",
        "shifted": "d[2]  =  0.7 − 0.7  =  0",
        "exponential": "e[2]  =  exp( 0 )  =  1",
        "sum": "S  =  0.5488 + 0.6065 + 1  =  2.1553",
        "probability": "p[2]  =  1 / 2.1553  ≈  0.4640",
        "logarithm of the sum": "ln S  =  ln( 2.1553 )  ≈  0.7679",
        "logarithm": "ln p[2]  =  0 − 0.7679  =  −0.7679",
        "loss": "J  =  − ( 0·(−1.3679) + 0·(−1.2679) + 1·(−0.7679) )  =  − (−0.7679)  =  0.7679",
    }


def test_the_slides_mistake_is_named_where_logits_look_like_probabilities():
    assert (
        "only if 0.1, 0.2, 0.7 were already probabilities, the loss would be −ln 0.7 ≈ 0.3567"
        in words_of(draw(GOLDEN.at("cell"), 0, USUAL))[-1]
    )
    for other in ([0.5, 0.2, 0.7], [1.3, -0.5, 0.2]):
        assert "probabilities" not in words_of(draw(cross_entropy(other, 0).at("cell"), 0, USUAL))[-1]


def test_p_minus_y_is_written_cell_by_cell():
    steps = cross_entropy_gradient(GOLDEN).at("cell")
    assert words_of(draw(steps, 0, USUAL))[2] == "∂z[0]  =  0.2546 − 0  =  0.2546"
    assert words_of(draw(steps, 2, USUAL))[1:3] == ["∂J/∂z[c]  =  p[c] − y[c]", "∂z[2]  =  0.4640 − 1  =  −0.5360"]


def test_bars_are_as_long_as_the_probabilities_that_are_known():
    def lengths(position):
        return [item.x2 - item.x1 for item in draw(GOLDEN.at("cell"), position, USUAL).items if isinstance(item, Line)]

    assert lengths(8) == [pytest.approx(lengths(10)[0])]
    np.testing.assert_allclose(np.divide(lengths(10), sum(lengths(10))), [0.2546, 0.2814, 0.4640], atol=1e-4)


def test_the_jacobian_is_met_column_by_column():
    steps = softmax_gradient(softmax([0, 0]), [3, 1]).at("multiply")
    words = [words_of(draw(steps, position, USUAL))[2] for position in range(len(steps))]
    assert words[2] == "D[0, 0]  =  0.5·1 − 0.5·0.5  =  0.25"
    told, symbols = words_of(draw(steps, 0, USUAL))[:2]
    assert told == "p[0] = 0.5 times [c = k] = 1 gives 0.5;  sum so far 0.5."
    assert symbols == "D[c, k]  =  p[c] · [c = k] − p[c] · p[k]      [c = k] is 1 on the diagonal, else 0"
    assert words[-1] == "∂z[1]  =  (−0.25)·3 + 0.25·1  =  −0.5"


def test_every_square_of_a_variance_is_a_step():
    trace = batch_norm([[1, 4], [3, 8]], weight=[2, 1], bias=[5, 0], eps=0)
    drawing = last_of_stage(trace, "variance")
    assert words_of(drawing)[2] == "σ²[1]  =  ( (−2)·(−2) + 2·2 ) / 2  =  8 / 2  =  4"
    assert words_of(last_of_stage(trace, "deviation"))[2] == "s[1]  =  √( 4 + 0 )  =  √4  =  2"
    assert words_of(last_of_stage(trace, "normalised"))[2] == "x′[1, 1]  =  2 / 2  =  1"
    assert words_of(last_of_stage(trace, "output"))[2] == "y[1, 1]  =  1·1 + 0  =  1"
    first = words_of(draw(trace.at("multiply"), trace.start_of(2), USUAL))[0]
    assert first == "d[0, 0] = −1 times d[0, 0] = −1 gives 1;  sum so far 1."


def test_a_small_epsilon_is_not_written_as_zero():
    assert "√( 4 + 0.00001 )" in words_of(last_of_stage(batch_norm([[1, 4], [3, 8]]), "deviation"))[2]


def test_constants_are_called_by_their_letters():
    normalised = batch_norm([[1, 4], [3, 8]], eps=0.25)
    start = normalised.start_of([stage.name for stage in normalised.stages].index("deviation"))
    assert words_of(draw(normalised.at("multiply"), start + 1, USUAL))[0] == "ε = 0.25;  sum so far 1.25."
    damped = local_response_norm([[[1]], [[2]]], 2, alpha=3, k=1)
    start = damped.start_of([stage.name for stage in damped.stages].index("scale"))
    words = [words_of(draw(damped.at("multiply"), start + number, USUAL))[0] for number in range(2)]
    assert words[0] == "k = 1;  sum so far 1."
    assert words[1].startswith("α/n = 1.5 times Q[0, 0, 0] = ")


def test_in_use_the_running_numbers_stand_for_those_of_the_batch():
    trace = batch_norm([[5.0]], [1.0], [4.0], training=False, eps=0)
    assert words_of(last_of_stage(trace, "output"))[2] == "y[0, 0]  =  1·2 + 0  =  2"
    assert draw(trace.at("cell"), 0, USUAL).matrix("running mean").editable


@pytest.mark.parametrize("wanted", ["weight", "bias"])
def test_what_a_normalisation_learns_is_counted_where_its_gradient_is_shown(wanted):
    steps = batch_norm_gradient(batch_norm([[1, 2, 4], [3, 8, 1]])).until(f"{wanted} gradient").at("cell")
    _, symbols, numbers, note = words_of(draw(steps, len(steps) - 1, USUAL))
    letter = {"weight": "γ", "bias": "β"}[wanted]
    assert symbols.startswith(f"∂J/∂{letter}[c]  =  ") and numbers.startswith(f"∂{letter}[2]  =  ")
    assert note.endswith("2 · 3 = 6 parameters.")


def test_the_numbers_of_alexnet_are_said_to_be_its_own():
    x = np.ones((5, 1, 1))
    notes = [
        words_of(draw(steps.at("cell"), 0, USUAL))[3]
        for steps in (local_response_norm(x, 5, 5e-4, 0.75, 2), local_response_norm(x, 3))
    ]
    assert notes[0].startswith("These are AlexNet’s numbers")
    assert notes[1].startswith("n = ") and "AlexNet: n = 5" in notes[1]


def test_squares_of_neighbouring_channels_and_their_power():
    trace = local_response_norm([[[1]], [[2]], [[2]]], 3, alpha=3, beta=0.5, k=0)
    assert words_of(last_of_stage(trace, "squares"))[2] == "Q[2, 0, 0]  =  2·2 + 2·2  =  8"
    assert words_of(draw(trace.at("cell"), 7, USUAL))[2] == "t[1, 0, 0]  =  ( 9 )0.5  =  3"
    assert words_of(last_of_stage(trace, "output"))[2].startswith("y[2, 0, 0]  =  2 / 2.8284")


def test_a_small_variance_has_digits_enough_for_its_root():
    trace = batch_norm([[0.01], [0.0392]], weight=[1], bias=[0], eps=0)
    assert words_of(last_of_stage(trace, "deviation"))[2] == "s  =  √( 0.000213 + 0 )  =  √0.000213  ≈  0.0146"


def test_terms_have_more_digits_than_their_sum_where_they_would_not_make_it():
    words = words_of(last_of_stage(softmax([0.0, 0.0, 2.0]), "sum"))[2]
    assert words == "S  =  0.13534 + 0.13534 + 1  ≈  1.2707"  # four digits would make 1.2706


def test_a_cell_of_another_stage_is_explained_by_that_stage():
    steps = GOLDEN.at("cell")
    during_loss, before = len(steps) - 1, 2
    finished = draw(steps, during_loss, replace(USUAL, looked_at=Cell("exponential", 0, 0)))
    assert words_of(finished)[2] == "e[0]  =  exp( −0.6 )  ≈  0.5488"
    assert not is_empty(finished, "loss")
    to_come = draw(steps, before, replace(USUAL, looked_at=Cell("probability", 1, 0)))
    assert words_of(to_come)[0] == "p[1] is still to come; what it is computed from is lit."
    assert words_of(to_come)[2].endswith("?")
    assert is_empty(to_come, "probability") and not is_empty(to_come, "shifted")
    assert to_come.matrix("exponential").tints


def test_an_operand_of_the_present_stage_lights_what_it_reaches():
    steps = GOLDEN.at("cell")
    drawing = draw(steps, 7, replace(USUAL, looked_at=Cell("exponential", 1, 0)))  # the sum
    assert drawing.matrix("sum").tints and words_of(drawing)[0].startswith("All exponentials")


def test_cells_lead_to_their_steps_and_to_the_numbers_behind_them():
    steps = GOLDEN.at("cell")
    found = [step_at(steps, 0.0, Cell(name, 0, 0)) for name in ("largest", "shifted", "loss", "logits")]
    assert found == [0, 1, 15, None]
    assert operand_at(steps, 9.0, Cell("logits", 2, 0)) == ("logits", (2, 0))
    assert operand_at(steps, 9.0, Cell("probability", 2, 0)) is None
    normal = batch_norm(np.ones((2, 2, 1, 2))).at("cell")
    assert operand_at(normal, 0.0, Cell("input[1, 0]", 0, 1)) == ("input", (1, 0, 0, 1))


def test_a_hidden_result_is_nowhere_on_the_picture():
    drawing = draw(GOLDEN.at("cell"), 7, replace(USUAL, hidden=True))
    assert is_empty(drawing, "sum")
    assert not any("2.15" in line for line in words_of(drawing))


@settings(max_examples=60)
@given(st.data(), st.sampled_from(PRESETS), st.sampled_from([SMALL, USUAL, LARGE, View(1300, 500)]))
def test_nothing_overlaps_or_is_cut_at_any_size(data, case, view):
    operation, preset = case
    steps = preset.settings.trace().at(data.draw(st.sampled_from(GRAINS)))
    position = data.draw(st.floats(0, len(steps) - 1))
    drawing = operation.draw(preset.settings, steps, position, view)
    check_layout(drawing)
    grids = [item for item in drawing.items if isinstance(item, Matrix)]
    grid = data.draw(st.sampled_from(grids))
    row, col = (data.draw(st.integers(0, length - 1)) for length in grid.values.shape)
    check_layout(operation.draw(preset.settings, steps, position, replace(view, looked_at=Cell(grid.name, row, col))))


@pytest.mark.parametrize("shape", [(6, 6), (2, 6, 1, 1), (1, 6, 6, 6), (6, 1, 6, 6)])
def test_large_batches_fit_too(shape):
    forward = batch_norm(np.arange(float(np.prod(shape))).reshape(shape), np.zeros(shape[1]), np.ones(shape[1]))
    for trace in (forward, batch_norm_gradient(forward)):
        for view in (SMALL, USUAL):
            for position in range(len(trace.stages)):
                check_layout(draw(trace.at("layer"), position, view))


@pytest.mark.parametrize("count", [1, 2, 16])
def test_any_number_of_classes_fits(count):
    forward = softmax(np.linspace(-3, 3, count))
    loss = cross_entropy(np.linspace(-3, 3, count), 0)
    for trace in (forward, softmax_gradient(forward), loss, cross_entropy_gradient(loss)):
        for position in range(len(trace.stages)):
            check_layout(draw(trace.at("layer"), position, SMALL))


def test_numbers_in_matrices_keep_their_decimals_from_step_to_step():
    trace = batch_norm([[0.5, 1.0], [2.0, 7.25], [3.0, -1.0]])
    steps = trace.at("multiply")
    digits = {
        matrix.digits
        for number in range(len(steps))
        for matrix in draw(steps, number, USUAL).items
        if isinstance(matrix, Matrix)
    }
    assert digits == {4}


def test_the_way_back_through_a_normalisation_shows_x_and_the_shift_where_there_is_room():
    steps = batch_norm_gradient(batch_norm([[1.0, 2.0, 0.0], [3.0, 5.0, 1.0], [4.0, 2.0, 1.0], [7.0, 3.0, 5.0]])).at(
        "cell"
    )
    names = {item.name for item in draw(steps, 2, USUAL).items if isinstance(item, Matrix)}
    assert {"input", "bias"} <= names
    many = batch_norm_gradient(batch_norm(np.arange(96.0).reshape(4, 6, 2, 2))).at("cell")
    names = {item.name for item in draw(many, 2, USUAL).items if isinstance(item, Matrix)}
    assert not {"bias"} & names


def test_a_cell_of_a_later_stage_does_not_tell_a_number_that_is_asked_for():
    steps = GOLDEN.at("cell")  # the fifth step is e[1] = 0.6065
    later = replace(USUAL, looked_at=Cell("probability", 1, 0))
    assert "0.6065" in words_of(draw(steps, 5, later))[2]
    told = words_of(draw(steps, 5, replace(later, hidden=True)))
    assert told[0] == "What is e[1]?" and "0.6065" not in "".join(told)


def test_a_sentence_says_nearly_where_the_formula_does():
    words = words_of(draw(GOLDEN.at("cell"), 4, USUAL))
    assert (words[0], words[2]) == ("Its exponential is e[0] ≈ 0.5488.", "e[0]  =  exp( −0.6 )  ≈  0.5488")
    words = words_of(draw(GOLDEN.at("cell"), 6, USUAL))
    assert (words[0], words[2]) == ("Its exponential is e[2] = 1.", "e[2]  =  exp( 0 )  =  1")
