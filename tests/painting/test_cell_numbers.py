import numpy as np

from cnnsim.drawing import Matrix, Role
from cnnsim.painting import LIGHT
from cnnsim.painting.cell_numbers import cell_numbers

LONG = [[0.123456, -1.5]]


def written(values, cell, **fields):
    matrix = Matrix("values", np.array(values), 0, 0, cell, Role.TEXT, text_size=14, **fields)
    return cell_numbers(matrix, LIGHT, np.full((*matrix.values.shape, 3), 255, np.uint8))


def words(numbers):
    return [numbers.words[which] for which in numbers.which.ravel()]


def test_small_cells_show_fewer_decimals():
    assert words(written(LONG, 60, digits=4)) == ["0.1235", "−1.5"]
    assert words(written(LONG, 36, digits=4)) == ["0.123", "−1.5"]
    assert words(written(LONG, 26, digits=4)) == ["0.12", "−1.5"]


def test_slices_of_a_tensor_are_written_alike():
    whole = np.array([LONG, [[1.0, 2.0]]])
    first, second = (written(part, 60, digits=4, alike=whole) for part in whole)
    assert first.size == second.size < written(whole[1], 60, digits=4).size
    assert words(second) == ["1", "2"]


def test_numbers_that_fit_nowhere_are_left_out():
    assert written(LONG, 8, digits=4) is None
