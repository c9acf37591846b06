"""Training as a generator of immutable snapshots, and evaluation."""

from cnnsim.train.evaluation import Evaluation, evaluate
from cnnsim.train.loop import train
from cnnsim.train.position import Position, Resumable
from cnnsim.train.snapshot import Dataset, Hyperparameters, Snapshot

__all__ = ["Dataset", "Evaluation", "Hyperparameters", "Position", "Resumable", "Snapshot", "evaluate", "train"]
