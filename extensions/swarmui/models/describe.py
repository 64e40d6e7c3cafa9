"""Weight files as SwarmUI describes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extensions.swarmui.models.choices import (
    CHECKPOINTS,
    CONTROLNETS,
    EMBEDDINGS,
    LORAS,
    SUBTYPES,
    VAES,
    checkpoint_name,
    without_hash,
)
from extensions.swarmui.models.classes import UNSIZED, class_of
from extensions.swarmui.models.facts import PREFIX, FileFacts, facts_of
from extensions.swarmui.models.previews import preview_of
from pipelines.plugin import InvalidRequest
from sdapi.plugin import State

_RESOLUTION = re.compile(r"([1-9]\d{1,4})(?:x([1-9]\d{1,4}))?")
PLACEHOLDER = "imgs/model_placeholder.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a subtype."""

    name: str
    path: Path | None
    sha256: str | None = None
    metadata: Mapping[str, Any] | None = None


def files_of(subtype: str, state: State) -> list[ModelFile]:
    """List the files of a subtype. Raises InvalidRequest for an unknown subtype."""
    if subtype not in SUBTYPES:
        raise InvalidRequest("Invalid sub-type.")
    return list(_files(subtype, state))


def _files(subtype: str, state: State) -> Iterator[ModelFile]:
    catalog = state.catalog
    if subtype == CHECKPOINTS:
        for item in catalog.checkpoints():
            yield ModelFile(name=checkpoint_name(item), path=Path(item.filename), sha256=item.sha256)
    elif subtype == VAES:
        yield from (ModelFile(name=row.name, path=Path(row.path)) for row in catalog.vaes())
    elif subtype == LORAS:
        for row in catalog.loras():
            path = Path(row.path)
            yield ModelFile(name=f"{row.name}{path.suffix}", path=path, metadata=row.metadata)
    elif subtype == EMBEDDINGS:
        first = next(iter(catalog.checkpoints()), None)
        fitting, others = catalog.embeddings(first.filename if first else None)
        yield from (ModelFile(name=row.name, path=None) for row in (*fitting, *others))
    elif subtype == CONTROLNETS:
        for title in state.hooks.named(state).get(CONTROLNETS, ()):
            yield ModelFile(name=without_hash(title), path=None)


def describe(file: ModelFile, loaded: bool, subtype: str = CHECKPOINTS) -> dict[str, Any]:
    """Return SwarmUI's description of a file; unknown fields are None."""
    shown = preview_of(file.path) is not None
    facts = facts_of(file.path) if subtype == CHECKPOINTS and file.path is not None else FileFacts()
    told = {key.removeprefix(PREFIX): value for key, value in (file.metadata or {}).items()}
    said: Mapping[str, Any] = {**told, **facts.said}
    architecture = facts.architecture or said.get("architecture")
    kind = class_of(architecture)
    width, height = _sides(said.get("resolution")) or (kind.side if kind else UNSIZED,) * 2
    title = file.name.rpartition("/")[2].rpartition(".")[0] or file.name
    times = _times(file.path)
    return {
        "name": file.name,
        "title": str(said.get("title") or title),
        "author": said.get("author"),
        "description": said.get("description"),
        "preview_image": f"/ViewSpecial/{subtype}/{file.name}" if shown else PLACEHOLDER,
        "loaded": loaded,
        "architecture": architecture,
        "class": None if kind is None else kind.label,
        "compat_class": None if kind is None else kind.compat,
        "resolution": f"{width}x{height}",
        "standard_width": width,
        "standard_height": height,
        "license": said.get("license"),
        "date": said.get("date"),
        "prediction_type": said.get("prediction_type"),
        "usage_hint": said.get("usage_hint"),
        "trigger_phrase": said.get("trigger_phrase"),
        "merged_from": said.get("merged_from"),
        "tags": _tags(said.get("tags")),
        "is_supported_model_format": True,
        "is_negative_embedding": False,
        "lora_default_weight": "",
        "lora_default_confinement": "",
        "local": True,
        **times,
        "hash": None if file.sha256 is None else f"0x{file.sha256}",
        "hash_sha256": file.sha256,
        "special_format": None,
    }


def _sides(resolution: object) -> tuple[int, int] | None:
    """Width and height of a resolution like 1024x1024 or 1024; None for any other text."""
    found = _RESOLUTION.fullmatch(resolution) if isinstance(resolution, str) else None
    return None if found is None else (int(found[1]), int(found[2] or found[1]))


def _times(path: Path | None) -> dict[str, int]:
    """Return the file's times of creation and change in milliseconds; 0 where they are unknown."""
    try:
        status = path.stat() if path is not None else None
    except OSError:
        status = None
    made, changed = (0, 0) if status is None else (int(status.st_ctime * 1000), int(status.st_mtime * 1000))
    return {"time_created": made, "time_modified": changed}


def _tags(value: object) -> list[str] | None:
    return [tag.strip() for tag in str(value).split(",") if tag.strip()] if value else None
