import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, close, convolutions, draw_cell, gradient_like

from cnnsim import functional, gallery
from cnnsim.trace import convolution, input_gradient, kernel_gradient
from cnnsim.trace.convolution_matrix import (
    MATRIX_FORMS,
    is_circulant,
    kernel_matrix,
    patch_matrix,
    places,
    toeplitz_matrix,
)
from cnnsim.trace.convolution_products import all_products, products_of_source, products_of_weight
from cnnsim.trace.geometry import OUTSIDE


@given(convolutions())
def test_the_toeplitz_matrix_times_the_input_is_the_convolution(trace):
    rule, matrix = trace.rule, toeplitz_matrix(trace.rule)
    assert matrix.values.shape == (rule.output.size, rule.x.size)
    biases = np.repeat(rule.b, rule.output[0].size)
    close(matrix.values @ rule.x.ravel() + biases, rule.output.ravel())
    assert not matrix.values[~matrix.taken].any()


@given(convolutions(), SEEDS)
def test_its_transpose_is_the_backward_pass(trace, seed):
    g = gradient_like(trace.rule.output, seed)
    close(toeplitz_matrix(trace.rule).values.T @ g.ravel(), input_gradient(trace, g).rule.output.ravel())


@given(convolutions())
def test_patches_times_kernels_are_the_convolution(trace):
    rule = trace.rule
    patches, kernels = patch_matrix(rule), kernel_matrix(rule)
    maps = rule.output.reshape(len(rule.output), -1)
    close(patches.values @ kernels.values.T + rule.b, maps.T)
    assert not kernels.values[~kernels.taken].any()
    assert not patches.values[~patches.taken].any()


@given(convolutions(), SEEDS)
def test_the_transposed_patches_are_the_gradient_of_the_kernels(trace, seed):
    rule, g = trace.rule, gradient_like(trace.rule.output, seed)
    found = kernel_gradient(trace, g).rule.output
    product = patch_matrix(rule).values.T @ g.reshape(len(g), -1).T
    expected = kernel_matrix(rule, found)
    close(product.T[expected.taken], expected.values[expected.taken])


@given(convolutions())
def test_patches_are_those_of_unfold(trace):
    rule = trace.rule
    rows, cols = rule.geometry.rows, rule.geometry.cols
    unfolded = functional.unfold(
        rule.padded[None],
        rule.geometry.window_shape,
        dilation=(rows.dilation, cols.dilation),
        stride=(rows.stride, cols.stride),
    )[0]
    np.testing.assert_array_equal(patch_matrix(rule).values, unfolded.T)


@given(convolutions(), SEEDS, st.data())
def test_every_contribution_stands_at_its_entry(trace, seed, data):
    """The factors that a step names are those of the entry, its row and its column."""
    forward, g = trace.rule, gradient_like(trace.rule.output, seed)
    steps = data.draw(st.sampled_from([trace, kernel_gradient(trace, g), input_gradient(trace, g)]))
    cell = draw_cell(data, steps)
    met = steps.rule.met(cell)
    assert len(met.windows) == len(steps.rule.values(cell))
    for number in range(len(met.windows)):
        factors = {part.operand: part for part in steps.rule.contribution(cell, number).factors}
        places_of = {"gradient": met.windows, "kernel": met.weights}
        for operand in factors.keys() & places_of.keys():
            assert factors[operand].place == tuple(places_of[operand][number])
    rows, cols = places(forward, "im2col", met)
    assert (patch_matrix(forward).values[rows, cols] == seen(forward, met)).all()
    rows, cols = places(forward, "toeplitz", met)
    real = cols != OUTSIDE
    assert toeplitz_matrix(forward).taken[rows[real], cols[real]].all()
    assert (forward.x.ravel()[cols[real]] == seen(forward, met)[real]).all()
    assert not seen(forward, met)[~real].any()


def seen(forward, met):
    """Padded input values under the weights."""
    at = [
        (forward.first_channel(out) + c, *forward.geometry.place(row, col, r, t))
        for (out, row, col), (_, c, r, t) in zip(met.windows, met.weights, strict=True)
    ]
    return np.array([forward.padded[place] for place in at])


def test_the_lecture_example_is_a_matrix_of_9_by_25():
    matrix = toeplitz_matrix(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).rule)
    assert matrix.values.shape == (9, 25)
    assert matrix.taken.sum() == 81
    assert matrix.values.sum(axis=1).tolist() == [5] * 9
    assert (matrix.values @ gallery.LECTURE_IMAGE.ravel()).tolist() == [4, 3, 4, 2, 4, 3, 2, 3, 4]


@pytest.mark.parametrize("flip", [False, True])
def test_blocks_are_the_toeplitz_matrices_of_the_kernels_rows(flip):
    linalg = pytest.importorskip("scipy.linalg")
    x, w = gallery.image("random", 5), gallery.image("random", 3, seed=1)
    rule = convolution(x, w, flip=flip).rule
    blocks = toeplitz_matrix(rule).values.reshape(3, 3, 5, 5).swapaxes(1, 2)
    for m in range(3):
        for i in range(5):
            r = i - m
            row = rule.applied[0, 0, r] if 0 <= r < 3 else np.zeros(3)
            band = linalg.toeplitz([row[0], 0, 0], [*row, 0, 0])
            np.testing.assert_array_equal(blocks[m, i], band)


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_circular_padding_makes_every_block_row_a_cyclic_shift(size, dilation):
    linalg = pytest.importorskip("scipy.linalg")
    x, w = gallery.image("random", 5), gallery.image("random", size, seed=1)
    rule = convolution(x, w, padding="same", padding_mode="circular", dilation=dilation).rule
    assert is_circulant(rule) == (size > 1)
    matrix = toeplitz_matrix(rule).values
    blocks = matrix.reshape(5, 5, 5, 5).swapaxes(1, 2)
    for m in range(5):
        np.testing.assert_array_equal(blocks[m], np.roll(blocks[0], m, axis=0))
        for i in range(5):
            np.testing.assert_array_equal(blocks[m, i], linalg.circulant(blocks[m, i][:, 0]))
    np.testing.assert_array_equal(matrix @ x.ravel(), rule.output.ravel())


def test_a_circulant_matrix_is_diagonal_in_the_fourier_basis():
    """Which is the convolution theorem: the transform of the output is that of the kernel times that of the input."""
    x, w = gallery.image("random", 6), gallery.image("random", 3, seed=1)
    rule = convolution(x, w, padding=(0, 2, 0, 2), padding_mode="circular").rule
    spectrum = np.conj(np.fft.fft2(np.pad(w, (0, 3)))) * np.fft.fft2(x)
    close(np.fft.ifft2(spectrum).real, (toeplitz_matrix(rule).values @ x.ravel()).reshape(6, 6))


@pytest.mark.parametrize(
    "options",
    [
        {"padding": 1},
        {"padding": 1, "padding_mode": "replicate"},
        {"padding": "same", "padding_mode": "circular", "w": np.ones((1, 3))},
        {"padding": 1, "padding_mode": "circular", "stride": 2},
        {"padding": 2, "padding_mode": "circular"},
    ],
)
def test_not_everything_is_circulant(options):
    w = options.pop("w", np.ones((3, 3)))
    rule = convolution(np.ones((4, 4)), w, **options).rule
    wraps = w.shape == (1, 3)
    assert is_circulant(rule) == wraps


def test_depthwise_kernels_stand_in_blocks():
    rule = convolution(np.ones((2, 4, 4)), np.ones((2, 1, 3, 3)), groups=2).rule
    assert toeplitz_matrix(rule).taken[:4, 16:].sum() == toeplitz_matrix(rule).taken[4:, :16].sum() == 0
    assert kernel_matrix(rule).taken.tolist() == [[True] * 9 + [False] * 9, [False] * 9 + [True] * 9]


@pytest.mark.parametrize("form", MATRIX_FORMS)
def test_against_pytorch(form):
    torch = pytest.importorskip("torch", reason="compares with PyTorch where it is installed")
    random = np.random.default_rng(0)
    x, w = random.standard_normal((2, 6, 5)), random.standard_normal((3, 2, 3, 2))
    rule = convolution(x, w, stride=(2, 1), padding=(1, 1, 0, 0)).rule
    padded = torch.nn.functional.pad(torch.tensor(x), (0, 0, 1, 1))[None]
    if form == "im2col":
        theirs = torch.nn.functional.unfold(padded, (3, 2), stride=(2, 1))[0].T
        np.testing.assert_array_equal(patch_matrix(rule).values, theirs.numpy())
    else:
        theirs = torch.nn.functional.conv2d(padded, torch.tensor(w), stride=(2, 1))[0]
        close(toeplitz_matrix(rule).values @ x.ravel(), theirs.numpy().ravel())


@given(convolutions(), st.data())
def test_the_products_of_a_cell_are_those_of_all_that_name_it(trace, data):
    rule = trace.rule
    every = table(all_products(rule))
    weight = tuple(data.draw(st.integers(0, length - 1)) for length in rule.w.shape)
    assert table(products_of_weight(rule, weight)) == [row for row in every if row[3:7] == weight]
    output = draw_cell(data, trace)
    assert table(rule.met(output)) == [row for row in every if row[:3] == output]
    cell = tuple(data.draw(st.integers(0, length - 1)) for length in rule.x.shape)
    gathered = sorted(table(input_gradient(trace).rule.met(cell)))
    assert sorted(table(products_of_source(rule, cell))) == gathered
    shown = [tuple(place) == cell for place in all_products(rule).sources(rule)]
    assert sorted(row for row, here in zip(every, shown, strict=True) if here) == gathered


def table(products):
    """Window, weight and padded input cell of each product."""
    return [tuple(row) for row in np.hstack([products.windows, products.weights, products.inputs]).tolist()]
