"""The names of the gallery as people read them."""

from cnnsim import gallery

_KERNELS = {
    "lecture": "Lecture example",
    "identity": "Identity",
    "edge-diagonal": "Edges, diagonal",
    "edge-4": "Edges, 4-way",
    "edge-8": "Edges, 8-way",
    "sharpen": "Sharpen",
    "box-blur": "Box blur",
    "gaussian": "Gaussian blur",
    "emboss": "Emboss",
    "sobel-x": "Sobel x",
    "sobel-y": "Sobel y",
}
_IMAGES = {
    "lecture": "Lecture example",
    "pooling": "Pooling example",
    "ramp": "Ramp",
    "edge": "Vertical edge",
    "diagonal": "Diagonal",
    "random": "Random digits",
}


def kernel_choices() -> list[tuple[str, str]]:
    """(key, words) of every kernel of the gallery."""
    return [(key, _KERNELS.get(key, key)) for key in gallery.KERNELS]


def image_choices() -> list[tuple[str, str]]:
    """(key, words) of every image of the gallery."""
    return [(key, _IMAGES.get(key, key)) for key in gallery.IMAGES]
