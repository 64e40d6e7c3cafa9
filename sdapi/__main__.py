"""The command line: `python -m sdapi [serve|generate|test|bench|gpu-check] [flags]`."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from pipelines.hosts.cores import passive_waiting

COMMANDS = ("serve", "generate", "test", "bench", "gpu-check")


def prepare() -> None:
    """Set what libraries read when they are loaded, here and in the processes that are started."""
    os.environ.update(passive_waiting(os.environ))


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status; with no command named, serve."""
    prepare()
    name, rest = ("serve", arguments)
    if arguments and arguments[0] in COMMANDS:
        name, rest = arguments[0], arguments[1:]
    return import_module(f"sdapi.cli.commands.{name.replace('-', '_')}").main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
