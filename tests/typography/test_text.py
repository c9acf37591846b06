from hypothesis import given
from hypothesis import strategies as st

from cnnsim.drawing import Equation, Term
from cnnsim.typography import fitting_size, flow, text_width

WORDS = st.lists(st.text("0123456789+−·() ", min_size=1, max_size=8), min_size=1, max_size=40)


def equation(words, width=200.0, size=16.0):
    return Equation(10, 20, width, size, tuple(Term(word, breaks=True) for word in words))


def test_digits_all_have_one_width():
    assert len({round(text_width(digit, 20), 6) for digit in "0123456789"}) == 1


def test_width_grows_with_size_and_weight():
    assert text_width("Kernel", 40) == 2 * text_width("Kernel", 20)
    assert text_width("Kernel", 20, bold=True) > text_width("Kernel", 20)


@given(WORDS)
def test_no_line_is_wider_than_the_block_and_no_term_is_lost(words):
    runs, height = flow(equation(words))
    assert [run.term.text for run in runs] == words
    assert all(run.x >= 10 - 1e-6 and run.x + run.width <= 210 + 1e-6 for run in runs)
    assert all(20 <= run.y <= 20 + height for run in runs)


@given(WORDS, st.floats(30, 120))
def test_the_fitting_size_fits(words, height):
    size = fitting_size(equation(words), height)
    assert size <= 16
    assert flow(equation(words, size=size))[1] <= height or size <= 6


def test_terms_that_must_not_be_parted_stay_on_one_line():
    terms = (Term("aaaa", breaks=True), Term("bbbb"), Term("cccc", breaks=True))
    width = text_width("aaaabbbb", 16) + 1
    runs, _ = flow(Equation(0, 0, width, 16, terms))
    assert runs[0].y == runs[1].y != runs[2].y
