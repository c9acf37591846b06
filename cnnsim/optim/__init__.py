"""Optimisers: how parameters follow their gradient.

An optimiser is a frozen set of numbers; what it remembers from step to step is a dictionary of arrays that the caller
keeps, so that it can be saved, copied and restored.
"""

from cnnsim.optim.adam import Adam
from cnnsim.optim.optimiser import Optimiser, State
from cnnsim.optim.rmsprop import RMSprop
from cnnsim.optim.sgd import DEFAULT, SGD

__all__ = ["DEFAULT", "SGD", "Adam", "Optimiser", "RMSprop", "State"]
