"""A picture in words, for screen readers."""

from cnnsim.drawing import Drawing, Equation, Label


def in_words(drawing: Drawing) -> str:
    """Return the formulas and sentences of a drawing."""
    sentences = []
    for item in drawing.items:
        if isinstance(item, Equation):
            sentences.append("".join(term.text for term in item.terms))
        elif isinstance(item, Label) and len(item.text) > 1:
            sentences.append(item.text)
    return ". ".join(sentences)
