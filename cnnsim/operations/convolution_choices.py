"""What can be chosen by name of a convolution."""

from cnnsim.operations.options import Name, OneOf

PASSES = (
    Name("forward", "Forward", "The output, from input and kernel"),
    Name(
        "kernel-gradient",
        "∂J/∂w, kernel gradient",
        "Backward to the kernel: from the input and the output's gradient",
    ),
    Name("bias-gradient", "∂J/∂b, bias gradient", "Backward to the bias: the sum of the output's gradient"),
    Name(
        "input-gradient",
        "∂J/∂x, gathered",
        "Backward to the input: each cell collects from the windows that cover it",
    ),
    Name(
        "input-gradient-full",
        "∂J/∂x, full convolution",
        "Backward to the input: the turned kernel slides over G and the zeros around it",
    ),
    Name("input-gradient-scatter", "∂J/∂x, scattered", "Backward to the input: each G spreads through its window"),
)
BORDERS = OneOf(
    (
        Name("zeros", "Zeros", "The padding is zero"),
        Name("replicate", "Replicate", "The padding repeats the border"),
        Name("reflect", "Reflect", "The padding mirrors the input at its border"),
        Name("circular", "Circular", "The padding continues with the other end"),
    )
)

AMOUNTS = OneOf(
    (
        Name("even", "Even", "The same number of cells on every side"),
        Name("sides", "By side", "A number for every side"),
        Name("same", "Same size", "As many cells as keep the size of the input"),
        Name("valid", "None", "No padding: windows lie wholly on the input"),
    )
)
PICTURES = OneOf(
    (
        Name("grids", "Grids", "Input, kernel, products and output"),
        Name("toeplitz", "Toeplitz", "The convolution as one matrix of weights times the flattened input"),
        Name("im2col", "im2col", "The convolution as a matrix of patches times the flattened kernels"),
    ),
    in_view=True,
)
