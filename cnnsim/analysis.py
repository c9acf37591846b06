"""What can be said about a layer from its shape alone."""

from cnnsim.errors import InputError


def output_size(
    n: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, *, ceil_mode: bool = False
) -> int:
    """Rows (or columns) that a window visits: ``⌊(n + 2p - d(k-1) - 1) / s⌋ + 1``.

    Parameters
    ----------
    n
        Rows (or columns) of the input.
    kernel_size, stride, padding, dilation
        Of the window along this axis; `padding` on both sides.
    ceil_mode
        Round up instead, as pooling can: a last window may stick out, if it starts inside the input or its left
        padding.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    InputError
        If the window is larger than the padded input, or a number is out of its range.

    References
    ----------
    V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning (2016), relationship 15.

    Examples
    --------
    >>> output_size(5, 3)
    3
    >>> output_size(227, 11, stride=4)
    55
    """
    for name, value, least in (
        ("n", n, 1), ("kernel_size", kernel_size, 1), ("stride", stride, 1), ("padding", padding, 0), ("dilation",
        dilation, 1)
    ):  # fmt: skip
        if value < least:
            raise InputError(name, value, "is too small", f"use {least} or more")
    extent, padded = dilation * (kernel_size - 1) + 1, n + 2 * padding
    if extent > padded:
        spread = "" if dilation == 1 else f" spread over {extent} cells by dilation={dilation}"
        raise InputError(
            "kernel_size",
            kernel_size,
            f"{spread.strip()} is larger than the padded input ({padded})".strip(),
            "use a smaller kernel or more padding",
        )
    steps = -(-(padded - extent) // stride) if ceil_mode else (padded - extent) // stride
    if ceil_mode and steps * stride >= n + padding:
        steps -= 1
    return steps + 1
