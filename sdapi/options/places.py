"""Options that name folders, files and file names, kept to the server's own folders."""

from __future__ import annotations

import re
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import PlaceKind
from pipelines.contract.places import Places

FOLDERS_TO_WRITE = frozenset(
    (
        "outdir_samples outdir_txt2img_samples outdir_img2img_samples outdir_extras_samples outdir_grids "
        "outdir_txt2img_grids outdir_img2img_grids outdir_save outdir_init_images"
    ).split()
)
PLACES_TO_READ = frozenset({"font", "temp_dir"})
PATTERNS = frozenset(
    ("samples_filename_pattern", "directories_filename_pattern", "grid_zip_filename_pattern")
)
LONGEST_PATTERN = 2000
_SEPARATORS = re.compile(r"[/\\]")


def check_place(key: str, value: Any, places: Places, kind: PlaceKind | None = None) -> None:
    """Check that the place an option names lies where it may. Raises InvalidRequest that names the option.

    ``kind``: the declaration of an extension's own option.
    """
    if not isinstance(value, str):
        return
    if key in FOLDERS_TO_WRITE:
        places.output_folder(value, field=key)
    elif (key in PLACES_TO_READ or kind == "readable") and value.strip('"'):
        places.readable_place(value.strip('"'), field=key)
    elif kind == "readable_list":
        for text in filter(None, map(str.strip, value.split("|"))):
            places.readable_place(text, field=key)
    elif key in PATTERNS or kind == "folders":
        _check_pattern(key, value)


def _check_pattern(key: str, pattern: str) -> None:
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidRequest(f"a pattern may have {LONGEST_PATTERN} characters", field=key)
    if "\0" in pattern:
        raise InvalidRequest("a pattern has no NUL in it", field=key)
    # a slash in a name is written as _, so that only folders can lead elsewhere
    if key == "samples_filename_pattern":
        return
    parts = _SEPARATORS.split(pattern)
    if ".." in parts or (not parts[0] and pattern) or re.fullmatch("[A-Za-z]:", parts[0]):
        raise InvalidRequest("a pattern of folders stays in its folder: no '..', no '/' first", field=key)
