"""The folders of a server, below which every path stays that an option, pattern, argument or URL names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipelines.contract.errors import InvalidRequest

ALLOW_FLAG = "--allow-outdir"
OUTPUTS = ("outputs", "log/images")
"""Folders of the data folder that hold pictures and nothing else."""
TRAINING = "textual_inversion"
"""The folder of the data folder that A1111 writes the saves of training runs to."""


def place_below(text: str | Path, roots: Iterable[Path], *, base: Path, what: str, field: str | None) -> Path:
    """Return the place that ``text`` names, seen from ``base``: one of ``roots`` or below one.

    Links and ``..`` are followed first, then the place is checked. Raises InvalidRequest, whose message
    begins with ``what``.
    """
    try:
        if "\0" in str(text):
            raise ValueError("embedded null")
        place = (base / text).resolve()
        inside = any(place.is_relative_to(root.resolve()) for root in roots)
    except (OSError, ValueError, RuntimeError):  # too long, a null in it, links in a circle
        raise InvalidRequest(f"{what} is no path that can be used", field=field) from None
    if not inside:
        raise InvalidRequest(f"{what} leads out of the server's folders", field=field)
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders of one server. No option adds to them, only the command line does.

    ``outputs``: where pictures may be saved, and what ``/file=`` serves. ``readable``: where options may
    name files and folders to read.
    """

    data: Path
    outputs: tuple[Path, ...]
    readable: tuple[Path, ...]

    @classmethod
    def of(cls, data: Path, *, models: Iterable[Path] = (), allowed: Iterable[Path] = ()) -> Self:
        """Return the data folder's own places, with those of the command line."""
        outputs = (*(data / name for name in OUTPUTS), *allowed)
        return cls(data=data, outputs=outputs, readable=(data, *models))

    def output_folder(self, text: str, *, field: str | None = None) -> Path:
        """Return the folder for pictures that an ``outdir_*`` option names; "" is ``outputs``.

        Raises InvalidRequest for another place, and where a file stands in the way.
        """
        return self._folder(text or OUTPUTS[0], self.outputs, OUTPUTS, field)

    def training_folder(self, text: str, *, field: str | None = None) -> Path:
        """Return the folder that a training run writes its saves and pictures to. Raises InvalidRequest."""
        own = (*self.outputs, self.data / TRAINING)
        return self._folder(text, own, (*OUTPUTS, TRAINING), field)

    def _folder(self, text: str, roots: Iterable[Path], names: Iterable[str], field: str | None) -> Path:
        what = f"the folder {text!r} ({ALLOW_FLAG} allows others than {' and '.join(names)})"
        place = place_below(text, roots, base=self.data, what=what, field=field)
        try:
            there = next(path for path in (place, *place.parents) if path.exists())
        except OSError:
            raise InvalidRequest(f"{what} has a name that no disk takes", field=field) from None
        if not there.is_dir():
            raise InvalidRequest(f"a file is in the place of the folder {text!r}", field=field)
        return place

    def picture_folder(self, text: str, *, field: str | None = None) -> Path:
        """Return a folder with pictures to train on, of those to read or to write. Raises InvalidRequest."""
        what = f"the path {text!r} ({ALLOW_FLAG} allows others than those of the data folder)"
        roots = (*self.readable, *self.outputs)
        return place_below(text, roots, base=self.data, what=what, field=field)

    def readable_place(self, text: str, *, field: str | None = None) -> Path:
        """Return a file or folder that an option names for reading. Raises InvalidRequest."""
        return place_below(text, self.readable, base=self.data, what=f"the path {text!r}", field=field)
