"""Look-ups that all training routes share: names of files, templates, folders, previews."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import TrainingPreview
from sdapi.core.config import ROOT
from sdapi.core.services import CheckpointItem
from sdapi.core.state import State
from sdapi.intent.checkpoints import resolve_checkpoint
from sdapi.intent.intent import Intent
from sdapi.intent.resolve import resolve

KEPT = frozenset("._- ")
EMPTY_NAME = "Name cannot be empty!"
LONGEST_NAME = 200
"""Bytes of a file name, so that a suffix still fits into a file system's 255."""
TEMPLATES = "textual_inversion_templates"
OWN_TEMPLATES = ROOT / "pipelines" / "training" / "templates"
MOST_LINES = 10_000
"""Lines that a template may have."""


def plain_name(name: str, *, field: str) -> str:
    """A name for a file: letters and digits of any script, dots, lines and blanks. Raises InvalidRequest."""
    kept = "".join(letter for letter in name if letter.isalnum() or letter in KEPT)
    if not kept.strip(". "):
        raise InvalidRequest(EMPTY_NAME, field=field)
    if len(kept.encode()) > LONGEST_NAME:
        raise InvalidRequest(f"a name may have {LONGEST_NAME} bytes", field=field)
    return kept


def chosen_checkpoint(state: State, name: str | None = None) -> CheckpointItem:
    """The checkpoint to train with: the one of that name, else the server's. Raises 4xx."""
    found, missing = resolve_checkpoint(state.store, state.catalog, Intent(checkpoint=name))
    if missing:
        raise InvalidRequest(f"no checkpoint is called {name!a}", field="checkpoint")
    return found


def flag_folder(state: State, flag: str, otherwise: str) -> Path:
    """The folder that a flag names, else one of the data folder."""
    return Path(state.config.flags.get(flag) or state.config.data / otherwise).absolute()


def find_template(state: State, name: str) -> Path | None:
    """A file of a template folder by its bare name; None if there is none."""
    if not name or "\0" in name or Path(name).name != name:
        return None
    folders = (
        flag_folder(state, f"{TEMPLATES}_dir", TEMPLATES),
        state.config.data / TEMPLATES,
        OWN_TEMPLATES,
    )
    return next((path for folder in folders if os.path.isfile(path := folder / name)), None)


def template_lines(path: Path, *, field: str) -> tuple[str, ...]:
    """The lines of a template, stripped. Raises InvalidRequest for a file of another kind."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the template {path.name} can't be read", field=field) from error
    if not 0 < len(lines) <= MOST_LINES:
        raise InvalidRequest(f"a template has 1 to {MOST_LINES} lines", field=field)
    return tuple(line.strip() for line in lines)


def files_in(folder: Path) -> int:
    """Number of files in a folder, which bounds that of pictures; 0 if it can't be read."""
    try:
        with os.scandir(folder) as entries:
            return sum(entry.is_file() for entry in entries)
    except OSError:
        return 0


async def preview_of(intent: Intent, state: State, *, prompt_from_picture: bool) -> TrainingPreview:
    """A generation that shows how far training is. Raises 4xx, as a generation of its own would."""
    resolved = await resolve(intent, state)
    request = replace(resolved.request, response_format="png", save_images=False, send_images=True)
    output = replace(request.output, samples_format="png", return_grid=False)
    return TrainingPreview(request=replace(request, output=output), prompt_from_picture=prompt_from_picture)


def run_seed(given: int | None) -> int:
    """The seed of a run: the client's, else a drawn one, kept so that a repeated run is the same."""
    return secrets.randbelow(2**32) if given is None else given
