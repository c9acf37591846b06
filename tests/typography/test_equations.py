import pytest

from cnnsim.drawing import Cell, Drawing, Equation, Role, Term
from cnnsim.painting import LIGHT, Polyline, lower
from cnnsim.typography import EQUALS, LINE_HEIGHT, fitting_size, flow, term_at, text_width

SUM = (Term("a "), Term("Σ"), Term("r = 0", script="under"), Term("12", script="over"), Term(" x"))
MEAN = (Term("y = "), Term("x"), Term("1 + x", script="numerator"), Term("9", script="denominator"), Term("+ b"))


def runs(terms, size=20.0):
    return {run.term.text: run for run in flow(Equation(0, 0, 400, size, terms, centred=False))[0]}


def test_limits_stand_centred_below_and_above_their_sum():
    found = runs(SUM)
    middles = {text: found[text].x + found[text].width / 2 for text in ("Σ", "r = 0", "12")}
    assert max(middles.values()) - min(middles.values()) < 1e-6
    assert found["12"].y < found["Σ"].y < found["r = 0"].y
    assert found["12"].size == found["r = 0"].size < found["Σ"].size


def test_what_follows_a_sum_keeps_clear_of_its_limits():
    found = runs(SUM)
    assert found["a "].x + found["a "].width <= min(found["r = 0"].x, found["Σ"].x) + 1e-6
    assert found[" x"].x >= found["r = 0"].x + found["r = 0"].width - 1e-6


def test_a_fraction_has_a_bar_as_long_as_the_longer_part():
    found = runs(MEAN)
    bar = found[""]
    assert bar.rule == found["y = "].y == found["+ b"].y
    assert bar.width >= found["1 + x"].width > found["9"].width
    assert found["1 + x"].y < bar.rule < found["9"].y
    assert found["9"].x + found["9"].width / 2 == pytest.approx(bar.x + bar.width / 2)
    lines = [p for p in lower(Drawing(400, 50, (Equation(0, 0, 400, 20, MEAN),)), LIGHT) if isinstance(p, Polyline)]
    assert len(lines) == 1


def test_the_bar_of_a_fraction_has_no_colour_of_one_of_its_terms():
    x, t = Term("x", Role.INPUT, script="numerator"), Term("t", script="denominator")
    quiet = Term("1", Role.MUTED, script="numerator"), Term("n", Role.MUTED, script="denominator")
    assert runs((x, t))[""].term.role is Role.TEXT
    assert runs(quiet)[""].term.role is Role.MUTED


def test_two_fractions_side_by_side_are_two():
    half = (Term("1", script="numerator"), Term("2", script="denominator"))
    pieces = flow(Equation(0, 0, 400, 20, (*half, *half)))[0]
    assert len([run for run in pieces if run.rule is not None]) == 2


@pytest.mark.parametrize("terms", [SUM, MEAN])
def test_everything_stays_within_the_line(terms):
    for run in runs(terms).values():
        assert run.y - 0.36 * run.size >= -1 and run.y + 0.36 * run.size <= 20 * LINE_HEIGHT + 1


def test_lines_do_not_break_inside_a_sum_or_a_fraction():
    terms = (Term("a + b + c = "), Term("Σ", breaks=True), *SUM[2:4], Term("x"))
    narrow = Equation(0, 0, text_width("a + b + c = ", 20) + 4, 20, terms, centred=False)
    placed, height = flow(narrow)
    assert height == pytest.approx(2 * 20 * LINE_HEIGHT)
    found = {run.term.text: run for run in placed}
    assert found["Σ"].y > found["a + b + c = "].y and found["12"].y > found["a + b + c = "].y


def test_the_fitting_size_fits():
    equation = Equation(0, 0, 90, 30, (*SUM, *MEAN))
    size = fitting_size(equation, 30 * LINE_HEIGHT)
    placed, _ = flow(Equation(0, 0, 90, size, equation.terms))
    assert size < 30
    assert max(run.x + run.width for run in placed) <= 90.5


def test_an_underlined_term_has_a_line_below_it():
    (run,) = flow(Equation(0, 0, 90, 30, (Term("4", underlined=True),)))[0]
    assert run.rule is not None and run.rule > run.y


def test_a_limit_can_stand_for_a_cell():
    cell = Cell("input", 1, 2)
    terms = (Term("Σ"), Term("long limit", script="under", cell=cell))
    drawing = Drawing(300, 60, (Equation(0, 0, 300, 20, terms, centred=False),))
    run = flow(drawing.items[0])[0][1]
    assert term_at(drawing, run.x + 1, run.y) == cell
    assert term_at(drawing, run.x + 1, run.y - 20) is None


def test_equal_sides_are_not_torn_apart_at_the_end_of_a_line():
    sides = (Term("y = 1 + 2"), EQUALS, Term("3"), Term(" + 0"), EQUALS, Term("3"))
    torn = text_width("y = 1 + 2  =  3 + 0", 20) + 4
    placed, height = flow(Equation(0, 0, torn, 20, sides, centred=False))
    assert height == pytest.approx(2 * 20 * LINE_HEIGHT)
    lines = {y: "".join(run.term.text for run in placed if run.y == y) for y in {run.y for run in placed}}
    assert [lines[y] for y in sorted(lines)] == ["y = 1 + 2", "  =  3 + 0  =  3"]
    narrow = text_width("  =  3 + 0  =", 20)
    assert {run.term.text for run in flow(Equation(0, 0, narrow, 20, sides))[0]} == {term.text for term in sides}


def test_a_new_line_does_not_begin_with_the_gap_before_it():
    terms = (Term("size 5"), Term("     ", breaks=True), Term("padding 1"))
    first, second = flow(Equation(0, 0, text_width("padding 1", 20) + 4, 20, terms))[0]
    assert (first.term.text, second.term.text) == ("size 5", "padding 1")
    assert second.x == pytest.approx(2)
