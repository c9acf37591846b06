"""Normalisation by batch and by neighbouring channels as text of other libraries."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:  # which in turn import this module
    from cnnsim.operations.batch_norm import BatchNormSettings
    from cnnsim.operations.local_response_norm import LocalResponseNormSettings

_OPERANDS = {"input-gradient": "x", "weight-gradient": "w", "bias-gradient": "b"}

_SMALLEST_EPS = 1e-300  # PyTorch refuses 0; this changes no number


def batch_norm_code(settings: "BatchNormSettings") -> Code:
    """Write the normalisation, or one of its gradients."""
    tensors = {
        "x": array_of(settings, "input"),
        "w": array_of(settings, "weight").ravel(),
        "b": array_of(settings, "bias").ravel(),
    }
    running = "None, None"
    if settings.uses_running:
        tensors["mean"] = array_of(settings, "running mean").ravel()
        tensors["var"] = array_of(settings, "running variance").ravel()
        running = "mean, var"
    if settings.direction != "forward":
        tensors["G"] = array_of(settings, "gradient")
    eps = settings.eps or _SMALLEST_EPS
    options = f"training={settings.training}, momentum={settings.momentum}, eps={eps}"
    return Code(
        numpy_text(tensors, *_batch_norm_lines(settings)),
        torch_text(
            tensors,
            f"y = F.batch_norm(x, {running}, w, b, {options})",
            gradient_of=_OPERANDS.get(settings.direction, ""),
        ),
    )


def _batch_norm_lines(settings: "BatchNormSettings") -> Iterator[str]:
    axes, channel = ("(0, 2, 3)", "(1, -1, 1, 1)") if settings.form == "maps" else ("(0,)", "(1, -1)")
    yield f"axes, channel = {axes}, {channel}"
    if settings.training:
        yield "mean, var = x.mean(axes), x.var(axes)"
    yield f"s = np.sqrt(var + {settings.eps})"
    yield "normal = (x - mean.reshape(channel)) / s.reshape(channel)"
    match settings.direction:
        case "forward":
            yield "result = w.reshape(channel) * normal + b.reshape(channel)"
        case "bias-gradient":
            yield "result = G.sum(axes)"
        case "weight-gradient":
            yield "result = (G * normal).sum(axes)"
        case _:
            yield from _batch_norm_input_gradient(settings.training)


def _batch_norm_input_gradient(training: bool) -> Iterator[str]:
    if training:
        yield "n = x.size / len(w)"
        yield "db, dw = G.sum(axes), (G * normal).sum(axes)"
        yield "G = G - db.reshape(channel) / n - normal * dw.reshape(channel) / n"
    yield "result = (w / s).reshape(channel) * G"


def local_response_norm_code(settings: "LocalResponseNormSettings") -> Code:
    """Write the normalisation, or its gradient."""
    tensors = {"x": array_of(settings, "input")}
    numbers = f"{settings.size}, {settings.alpha}, {settings.beta}, {settings.k}"
    lines = (
        f"n, alpha, beta, k = {numbers}",
        "s = np.empty(x.shape)",
        "for c in range(len(x)):",
        "    around = x[max(0, c - n // 2) : c + (n - 1) // 2 + 1]",
        "    s[c] = k + alpha / n * (around**2).sum(axis=0)",
        "y = x / s**beta",
    )
    normal = f"y = F.local_response_norm(x[None], {numbers})[0]"
    if settings.direction == "forward":
        return Code(numpy_text(tensors, *lines, "result = y"), torch_text(tensors, normal))
    tensors["G"] = array_of(settings, "gradient")
    backward = (
        "u = G * y / s",
        "result = G / s**beta",
        "for c in range(len(x)):",
        "    seen_by = u[max(0, c - (n - 1) // 2) : c + n // 2 + 1]",
        "    result[c] -= 2 * alpha * beta / n * x[c] * seen_by.sum(axis=0)",
    )
    return Code(numpy_text(tensors, *lines, *backward), torch_text(tensors, normal, gradient_of="x"))
