import pytest

from cnnsim import gallery
from cnnsim.operations.mistakes import diagnose, question
from cnnsim.scenes import result_words
from cnnsim.trace import counts, equivariance, field_of_view
from cnnsim.trace.counts import CONNECTIONS, QUANTITIES

LAYERS = [[11, 4, 1, 0, 0], [3, 2, 1, 0, 1], [5, 2, 2, 2, 0]]


def counted(connection, quantity, **options):
    steps = counts(**options).at("cell")
    return question(steps, CONNECTIONS.index(connection) * len(QUANTITIES) + QUANTITIES.index(quantity))


def test_what_is_asked():
    assert question(field_of_view(LAYERS, 227).at("layer"), 2.7).answer == 83
    assert counted("shared", "parameters").answer == 208
    assert result_words(field_of_view(LAYERS, 227).at("layer"), 2.7) == "l3"
    assert result_words(counts().at("cell"), 5) == "multiply–accumulates"
    assert question(counts().at("row"), 3).answer == 21_568


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (27, "The strides before were forgotten: steps are 8 cells apart."),
        (91, "One too many: a window of f cells reaches f − 1 cells farther."),
        (51, "The dilation was forgotten."),
        (147, "The layer's own stride counts only for the layers after it."),
        (64, "That is how much it grows: the field before is still to be added."),
        (6889, "That is the number of cells: the side is asked for."),
        (83, ""),
        (1, ""),
    ],
)
def test_mistakes_with_the_field_of_view(value, words):
    assert diagnose(question(field_of_view(LAYERS, 227).at("layer"), 2), value) == words


@pytest.mark.parametrize(
    ("connection", "quantity", "value", "words"),
    [
        ("units", "inputs", 40_000, "The channels were forgotten."),
        ("shared", "outputs", 39_204, "The output channels were forgotten: each is a map."),
        ("shared", "parameters", 3_000, "The depth was forgotten: a kernel has a slice for every channel."),
        ("shared", "parameters", 8_100, "The biases were forgotten."),
        ("shared", "parameters", 8_101, "There is not one bias, but there are 300."),
        ("shared", "weights", 8_400, "The biases are no weights."),
        ("shared", "macs", 8_100, "Every weight is used at every place of the output."),
        ("shared", "macs", 8_400, "Those are the parameters; each is used at every place."),
        ("shared", "parameter bytes", 8_400, "A number takes 4 bytes."),
        ("shared", "parameter bytes", 67_200, "float32 numbers take 4 bytes, not 8."),
        ("shared", "weights", 317_552_400, "So many has the row “local”."),
        ("shared", "weights", 5, ""),
    ],
)
def test_mistakes_with_counts(connection, quantity, value, words):
    asked = counted(connection, quantity, input_size=200, channels=3, kernel_size=3, filters=300)
    assert diagnose(asked, value) == words


def test_numbers_from_wrong_slides_are_known():
    assert diagnose(counted("units", "inputs"), 728) == "So says a slide, which is wrong."
    assert diagnose(counted("units", "parameters", filters=30), 25_550) == "So says a slide, which is wrong."


def test_mistakes_with_the_difference():
    steps = equivariance(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), padding=1).at("cell")
    asked = question(steps, 9)
    assert (asked.answer, *steps.trace.rule.values(asked.cell)) == (-2, -1, -1)
    assert diagnose(asked, -1).startswith("That is f(g(x)) alone")
    assert diagnose(asked, 1).startswith("That is g(f(x))")
    assert diagnose(asked, 2) == "The sign is the other way round."
