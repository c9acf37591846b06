"""What the field of view says: how it grows, in words, in symbols and in numbers."""

from collections.abc import Iterator

from cnnsim.drawing import Role, Term
from cnnsim.scenes.cellwise_formula import TO_COME
from cnnsim.trace.field_of_view import FieldOfView, FieldStep


def narration(trace: FieldOfView, step: FieldStep, hidden: bool) -> tuple[Term, ...]:
    """Say what the layer puts together, and how far the field grows if that is not hidden."""
    layer = step.layer
    apart = step.jump * layer.dilation
    distance = "side by side" if apart == 1 else f"{apart} cells of the input apart"
    puts = f" puts {layer.kernel_size} × {layer.kernel_size} values together that lie {distance}"
    if layer.kernel_size == 1:
        puts = " looks at single values"
    beyond = any(first < 0 or first + step.size > trace.sizes[0] for first in step.first)
    grows = f"grows from {step.before} to " if step.size > step.before or hidden else "stays at "
    return (
        Term(layer.name, Role.OUTPUT, bold=True),
        Term(f"{puts}: the field {grows}"),
        _size(step, hidden),
        Term("." if hidden or not beyond else ", some of it padding."),
    )


def symbolic() -> tuple[Term, ...]:
    """Write how the field grows."""
    return (
        *_indexed("l", "k"),
        Term("  =  "),
        *_indexed("l", "k−1"),
        Term("  +  "),
        *_indexed("d", "k"),
        Term(" · ("),
        *_indexed("f", "k"),
        Term(" − 1) · Π"),
        Term("i<k", script="sub"),
        Term(" "),
        *_indexed("s", "i"),
        Term("      l", Role.MUTED),
        Term("0", Role.MUTED, script="sub"),
        Term(" = 1", Role.MUTED),
    )


def numeric(trace: FieldOfView, step: FieldStep, hidden: bool) -> Iterator[tuple[Term, ...]]:
    """Write the same with numbers: with the strides that are more than 1, then with their product."""
    if hidden:
        yield (*_indexed("l", str(step.index + 1)), Term("  =  "), TO_COME)
        return
    strides = [layer.stride for layer in trace.layers[: step.index] if layer.stride > 1]
    yield _with_strides(step, " · ".join(map(str, strides)) or "1")
    yield _with_strides(step, str(step.jump))


def note(trace: FieldOfView, step: FieldStep, hidden: bool) -> tuple[Term, ...]:
    """List the fields so far, and say where half of what counts is."""
    if hidden:
        before = " → ".join(str(trace[index].size) for index in range(step.index))
        return (Term(f"Fields: {before or 'none yet'}.", Role.MUTED),)
    sizes = " → ".join(str(trace[index].size) for index in range(step.index + 1))
    half = trace.half(step.index)
    inner = f"At least half of what counts lies in the inner {half} × {half} of {step.size} × {step.size}."
    return (
        Term(f"Fields: {sizes}.  ", Role.MUTED),
        Term(inner if half < step.size else "What counts reaches to its edges.", Role.GRADIENT),
    )


def _with_strides(step: FieldStep, strides: str) -> tuple[Term, ...]:
    layer = step.layer
    dilation = f"{layer.dilation} · " if layer.dilation > 1 else ""
    return (
        *_indexed("l", str(step.index + 1)),
        Term(f"  =  {step.before}  +  {dilation}({layer.kernel_size} − 1) · {strides}  =  "),
        _size(step, hidden=False),
    )


def _size(step: FieldStep, hidden: bool) -> Term:
    return TO_COME if hidden else Term(str(step.size), Role.KERNEL, bold=True)


def _indexed(letter: str, index: str) -> tuple[Term, Term]:
    return Term(letter, bold=True), Term(index, script="sub")
