"""What references read of settings."""

from cnnsim.operations import array_of


def tensors(settings, *names):
    return [array_of(settings, name) for name in names]
