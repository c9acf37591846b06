"""What the counts say: names, formulas with their numbers, and where slides count wrongly."""

from collections.abc import Callable, Mapping

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.cellwise_formula import TO_COME
from cnnsim.trace.counts import Connection, Counts, CountStep, LayerShape, Measure, Quantity

HEADINGS: Mapping[Quantity, str] = {
    "inputs": "Inputs",
    "outputs": "Outputs",
    "weights": "Weights",
    "biases": "Biases",
    "parameters": "Parameters",
    "macs": "MACs",
    "parameter bytes": "Parameters, B",
    "activation bytes": "Activations, B",
}
_NAMES: Mapping[Quantity, str] = {
    "macs": "multiply–accumulates",
    "parameter bytes": "bytes of parameters",
    "activation bytes": "bytes of input and output",
}
_ROLES = {
    "rows": Role.INPUT,
    "columns": Role.INPUT,
    "input channels": Role.INPUT,
    "kernel size": Role.KERNEL,
    "output channels": Role.KERNEL,
    "units": Role.OUTPUT,
    "output rows": Role.OUTPUT,
    "output columns": Role.OUTPUT,
}
_LONGEST = 10**10
_UNITS = ("", " k", " M", " G", " T", " P", " E")


def count_words(value: int, quantity: Quantity) -> str:
    """Write a count for the table: exactly, or short where it is huge; bytes in thousands.

    Examples
    --------
    >>> count_words(23_550, "parameters"), count_words(1_411_344_000_000, "weights")
    ('23,550', '1.41 T')
    >>> count_words(832, "parameter bytes"), count_words(94_200, "activation bytes")
    ('832', '94.2 k')
    """
    return _in_thousands(value) if "bytes" in quantity or value >= _LONGEST else f"{value:,}"


def quantity_words(quantity: Quantity) -> str:
    """Name what is counted.

    Examples
    --------
    >>> quantity_words("macs")
    'multiply–accumulates'
    """
    return _NAMES.get(quantity, quantity)


def row_words(layer: LayerShape, connection: Connection) -> str:
    """Name a kind of connection."""
    match connection:
        case "units":
            return f"Dense, {layer.filters:,} unit{'' if layer.filters == 1 else 's'}"
        case "dense":
            return "Dense, all to all"
        case "local":
            return "Local, unshared"
        case "shared":
            return "Shared: convolution"


def narration(trace: Counts, step: CountStep) -> tuple[Term, ...]:
    """Say how the connection is wired."""
    layer = trace.layer
    window = f"{layer.kernel_size} × {layer.kernel_size} × {layer.channels}"
    words: dict[Connection, str] = {
        "units": f"each of {layer.filters:,} units has a weight for every input.",
        "dense": "as many outputs as the convolution, and each has a weight for every input: no prior.",
        "local": f"each output has weights of its own, for the {window} inputs of its window alone.",
        "shared": f"all outputs of a map use the same {window} weights: an infinitely strong prior.",
    }
    return (Term(f"{row_words(layer, step.connection)}: ", bold=True), Term(words[step.connection]))


def symbolic(step: CountStep) -> tuple[Term, ...]:
    """Write the count as products of names."""
    return _spelled(step, lambda measure: measure.name.replace(" ", "\u00a0"))


def to_come(trace: Counts, step: CountStep) -> tuple[Term, ...]:
    """Say that a count that is looked at has not been counted yet."""
    words = f"{row_words(trace.layer, step.connection)}: {quantity_words(step.quantity)}"
    return (Term(words, bold=True), Term(" are still to come; what they are computed from is lit."))


def formula(step: CountStep, cell: Cell, *, told: bool, spelled: bool) -> tuple[Term, ...]:
    """Write the count as products of numbers if it may be spelled out, and the result if it may be told."""
    if not spelled:
        return (Term(quantity_words(step.quantity), bold=True), Term("  =  "), TO_COME)
    result = Term(f"{step.value:,}", bold=True, cell=cell) if told else TO_COME
    return (*_spelled(step, lambda measure: f"{measure.value:,}"), Term("  =  ", breaks=True), result)


def note(trace: Counts, step: CountStep) -> tuple[Term, ...]:
    """Say what the count teaches, and which slide counts otherwise."""
    slide = _slide(trace.layer, step)
    if slide:
        return (Term(slide, Role.WARNING),)
    return (Term(_lesson(trace, step), Role.MUTED),)


def _spelled(step: CountStep, words: Callable[[Measure], str]) -> tuple[Term, ...]:
    terms = [Term(quantity_words(step.quantity), bold=True), Term("  =  ")]
    for number, product in enumerate(step.terms):
        if number:
            terms.append(Term("  +  ", breaks=True))
        for place, measure in enumerate(product):
            if place:
                terms.append(Term(" · "))
            terms.append(Term(words(measure), _ROLES.get(measure.name, Role.TEXT)))
    return tuple(terms)


def _slide(layer: LayerShape, step: CountStep) -> str:
    """The slide that gives another number for this very count."""
    size, depth = layer.kernel_size, layer.channels
    learned = step.quantity in ("weights", "parameters")
    if step.quantity == "inputs" and (layer.rows, layer.cols, depth) == (28, 28, 1):
        return "28 · 28 · 1 = 784; a slide says 728."
    if step.connection == "units" and learned and (layer.rows, layer.cols, depth, layer.filters) == (28, 28, 1, 30):
        return "784 · 30 = 23,520, with the biases 23,550; a slide says 25,550."
    if step.connection != "shared" or not learned or depth == 1:
        return ""
    if (size, depth, layer.filters) == (3, 3, 300):
        return "A colour kernel has 3·3² + 1 = 28 parameters, 300 of them 8,400; a slide counts 3² + 1, together 3,000."
    return f"({depth}·{size}² + 1)·n: a slide's ({size}² + 1)·n “whatever the input” forgets the depth of {depth}."


def _lesson(trace: Counts, step: CountStep) -> str:
    match step.quantity:
        case "inputs":
            return "A dense layer grows with the image: with its rows, its columns and its channels."
        case "outputs":
            if step.connection == "units":
                return "As many as one chooses, however large the image."
            return "One for each place of the window, in every map: a larger image has more of them."
        case "weights" | "biases" | "parameters":
            if step.connection == "shared":
                return "Whatever the rows and columns of the image, these stay the same; the depth counts."
            if step.connection == "units" and step.quantity == "biases":
                return "One for each unit, however large the image."
            return "They grow with the size of the image."
        case "macs":
            return "Sharing saves weights, not operations: local and shared multiply equally often."
        case "parameter bytes":
            return "4 bytes for each float32 number."
        case "activation bytes":
            return _memory_lesson(trace, step)


def _memory_lesson(trace: Counts, step: CountStep) -> str:
    maps, learned = step.value, trace.value(step.connection, "parameter bytes")
    more, less, words = (maps, learned, "maps") if maps >= learned else (learned, maps, "parameters")
    times = f"{more / less:,.0f} times" if more >= 2 * less else "about"
    other = "parameters" if words == "maps" else "maps"
    return f"Parameters are not memory: for one image, the {words} take {times} as much as the {other}."


def _in_thousands(value: int) -> str:
    power = 0
    shown = float(value)
    while shown >= 999.5 and power < len(_UNITS) - 1:
        shown, power = shown / 1000, power + 1
    return f"{shown:.3g}{_UNITS[power]}"
