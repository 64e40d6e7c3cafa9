"""Find the weight files of preprocessors, or name the missing ones and their folders; no torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from pipelines.plugin import MissingWeights, walk


def find_files(
    preprocessor: Preprocessor, choices: Sequence[Sequence[str]], folders: Iterable[Path]
) -> tuple[Path, ...]:
    """The first set of ``choices`` whose files lie together in a folder or below one.

    Raises MissingWeights naming files and folders.
    """
    folders = tuple(folders)
    for names in choices:
        for folder in folders:
            for path in find_below(folder, names[0]):
                found = tuple(path.parent / Path(name).name for name in names)
                if all(one.is_file() for one in found):
                    return found
    wanted = " or ".join(words(names) for names in choices)
    places = " or ".join(str(Path(*folder.parts[-2:])) for folder in folders) or "the preprocessors' folder"
    raise MissingWeights(f"preprocessor {preprocessor.title} needs {wanted} in {places}", field="module")


def find_below(folder: Path, name: str) -> list[Path]:
    """The files of a name, which may have folders in it, anywhere below a folder; links are followed."""
    parts = Path(name).parts
    return [path for path in walk(folder, (parts[-1],)) if path.parts[-len(parts) :] == parts]


def words(names: Sequence[str]) -> str:
    """A set of files, or a folder with files, in words."""
    home = Path(names[0]).parent
    if home == Path():
        return ", ".join(names)
    return f"a folder {home} with {', '.join(Path(name).name for name in names)}"
