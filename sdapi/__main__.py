"""The command line: `python -m sdapi [serve|generate|test|bench] [flags]`."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = ("serve", "generate", "test", "bench")


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status; with no command named, serve."""
    name, rest = ("serve", arguments)
    if arguments and arguments[0] in COMMANDS:
        name, rest = arguments[0], arguments[1:]
    return import_module(f"sdapi.cli.commands.{name}").main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
