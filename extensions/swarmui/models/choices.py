"""The names that parameters can take now: models by subtype, samplers, preprocessors, wildcards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extensions.swarmui.models.samplers import SAMPLERS, SCHEDULERS
from sdapi.plugin import CheckpointItem, State

CHECKPOINTS, VAES, LORAS, EMBEDDINGS, CONTROLNETS = "Stable-Diffusion", "VAE", "LoRA", "Embedding", "ControlNet"
ADAPTERS = "IP-Adapter"
"""ControlNet's name for the control models that read pictures as prompts."""
EMPTY = ("Clip", "ClipVision")
"""Subtypes that clients list and that are always empty here."""
SUBTYPES = (CHECKPOINTS, VAES, LORAS, EMBEDDINGS, CONTROLNETS, *EMPTY)
WILDCARDS = "wildcards"
"""Folder of the data folder: one text file per list, one entry per line."""
SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".sft", ".gguf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A snapshot of all names; those of models have no suffix."""

    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    controls: Mapping[str, str] = field(default_factory=dict[str, str])
    """Titles of control models, with their hashes, by name."""
    adapters: tuple[str, ...] = ()
    """Those of them that are IP-Adapters."""
    preprocessors: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ()
    wildcards: tuple[str, ...] = ()
    samplers: tuple[str, ...] = tuple(SAMPLERS)
    schedulers: tuple[str, ...] = tuple(SCHEDULERS)


def read_choices(state: State) -> Choices:
    """Collect the names that exist now. Reads folders, so call it in a thread."""
    catalog, own = state.catalog, state.hooks.named(state)
    checkpoints = catalog.checkpoints()
    first = checkpoints[0].filename if checkpoints else None
    fitting, others = catalog.embeddings(first)
    controls = {bare(without_hash(title)): title for title in own.get(CONTROLNETS, ())}
    models: dict[str, list[str]] = {
        CHECKPOINTS: [bare(checkpoint_name(item)) for item in checkpoints],
        VAES: [bare(row.name) for row in catalog.vaes()],
        LORAS: [row.name for row in catalog.loras()],
        EMBEDDINGS: [row.name for row in (*fitting, *others)],
        CONTROLNETS: list(controls),
    }
    return Choices(
        models={subtype: tuple(models.get(subtype, ())) for subtype in SUBTYPES},
        controls=controls,
        adapters=tuple(bare(without_hash(title)) for title in own.get(ADAPTERS, ())),
        preprocessors=tuple(own.get("ControlNet preprocessor", ())),
        upscalers=tuple(row.name for row in catalog.upscalers() if not row.missing and row.name != "None"),
        wildcards=tuple(list_wildcards(state.config.data / WILDCARDS)),
    )


def list_wildcards(folder: Path) -> Sequence[str]:
    """Names of all lists, with `/` between folders."""
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.txt"))


def checkpoint_name(item: CheckpointItem) -> str:
    """The path below the folder of checkpoints, with its suffix."""
    return without_hash(item.title).replace("\\", "/")


def without_hash(title: str) -> str:
    """A title without the ` [hash]` at its end."""
    return title.rpartition(" [")[0] if title.endswith("]") and " [" in title else title


def bare(name: str) -> str:
    """A name without the suffix of a weight file."""
    return next((name[: -len(end)] for end in SUFFIXES if name.lower().endswith(end)), name)
