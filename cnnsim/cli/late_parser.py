"""Commands that learn their options when they are used: what these need is not imported for other commands."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cnnsim.cli.options import Subparsers


class LateParser(argparse.ArgumentParser):
    """A parser whose `late` adds arguments before it parses for the first time.

    Examples
    --------
    >>> parser = LateParser(prog="render")
    >>> parser.late = lambda parser: parser.add_argument("--step", type=int)
    >>> parser.parse_args(["--step", "3"]).step
    3
    """

    late: Callable[[argparse.ArgumentParser], object] | None = None

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        """Add the arguments, then parse."""
        late, self.late = self.late, None
        if late is not None:
            late(self)
        return super().parse_known_args(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class LateCommand:
    """A command by its name and what it does; its module has a function ``add_options(parser)``.

    `words` are its help, and as a sentence its description, which `add_options` may replace.
    """

    name: str
    words: str
    module: str

    def add_parser(self, subparsers: Subparsers) -> None:
        """Add a parser that knows only its name as yet."""
        parser = subparsers.add_parser(self.name, help=self.words, description=self.words.capitalize() + ".")
        parser.late = lambda late: import_module(self.module).add_options(late)
