"""``__name__`` is a line of ``name.txt``, ``[[a,b]]`` one of its parts: a different one in each picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from pathlib import Path
from random import Random

FOLDER = "wildcards"
ROUNDS = 64
"""Most levels at which lines may name other files."""
MOST_ARRAYS, MOST_PARTS = 16, 10_000
LONGEST = 20_000
"""Characters at which a text that names itself is left as it is."""
_NAME = re.compile(r"__([\w-]+)__")
_ARRAY = re.compile(r"\[\[([^\[\]]*)\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wildcards:
    """The files of a folder and its sub-folders, by their base names."""

    folder: Path

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a file that are not blank; none where there is no such file."""
        file = next(iter(sorted(self.folder.rglob(f"{name}.txt"))), None)
        if file is None or not file.is_file():
            return ()
        return _read(file, file.stat().st_mtime_ns)

    def applied(self, text: str, random: Random, index: int, *, in_order: bool) -> str:
        """The text of picture ``index``; a name without lines becomes the bare word."""

        def line(match: re.Match[str]) -> str:
            found = self.lines(match[1])
            if not found:
                return match[1]
            return found[index % len(found)] if in_order else random.choice(found)

        return _repeated(text, line)


@lru_cache(maxsize=256)
def _read(file: Path, stamp: int) -> tuple[str, ...]:
    text = file.read_text(encoding="utf-8", errors="replace")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _repeated(text: str, line: Callable[[re.Match[str]], str]) -> str:
    for _ in range(ROUNDS):
        if _NAME.search(text) is None or len(text) > LONGEST:
            break
        text = _NAME.sub(line, text)
    return text


def expanded(text: str, index: int) -> str:
    """Combination ``index`` of the arrays in a text; the first array varies fastest."""
    arrays = [match[1].split(",") for match in _ARRAY.finditer(text)][:MOST_ARRAYS]
    if not arrays:
        return text
    count = 1
    for parts in arrays:
        count *= len(parts)
    wanted = index % count
    if wanted >= MOST_PARTS:
        return text
    chosen = next(islice(product(*reversed(arrays)), wanted, None))[::-1]
    parts = iter(chosen)
    return _ARRAY.sub(lambda match: next(parts, match[0]).strip(), text)
