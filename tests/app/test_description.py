from cnnsim.app.description import in_words
from cnnsim.drawing import Drawing, Equation, Label, Term


def test_what_is_high_is_said_to_be_a_power() -> None:
    terms = (Term("( 9 )"), Term("0.5", script="super"), Term("  =  3"))
    drawing = Drawing(10, 10, (Equation(0, 0, 10, 1, terms), Label("=", 0, 0, 1), Label("Pass 1", 0, 0, 1)))
    assert in_words(drawing) == "( 9 )^0.5  =  3. Pass 1"
