"""VAE files on disk, and which of them a checkpoint is to be used with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pipelines.catalog.bounded import read_json
from pipelines.catalog.files import natural_key, walk
from pipelines.catalog.listing import Listing
from pipelines.contract.options import GenerationOptions
from pipelines.contract.settings import Folders

SUFFIXES = (".ckpt", ".pt", ".safetensors")
EMBEDDED = "None"
AUTOMATIC = "Automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeChoice:
    """The file to use, or None for the checkpoint's own VAE; ``warning`` names a choice without effect."""

    path: Path | None = None
    warning: str | None = None


class VaeCatalog:
    """The VAE files of some folders. ``forced`` (``--vae-path``) wins over every choice."""

    def __init__(self, folders: Folders, *, forced: Path | None = None) -> None:
        self._folders = folders
        self._forced = forced
        self._files = Listing(folders, (*folders.checkpoints, *folders.vaes), self._scan)

    def refresh(self) -> None:
        """Read the folders again."""
        self._files.refresh()

    def _scan(self) -> dict[str, Path]:
        beside = [f".vae{suffix}" for suffix in SUFFIXES]
        places = [(folder, beside) for folder in self._folders.checkpoints]
        places += [(folder, list(SUFFIXES)) for folder in self._folders.vaes]
        found = {path.name: path.absolute() for folder, suffixes in places for path in walk(folder, suffixes)}
        return {name: found[name] for name in sorted(found, key=natural_key)}

    def list(self) -> dict[str, Path]:
        """Map base names to paths; of files with one name the last counts."""
        return dict(self._files.get())

    def find(self, name: str) -> Path | None:
        """Find the file of that base name; None if there is none."""
        return self.list().get(name)

    def resolve(self, checkpoint: Path, options: GenerationOptions) -> VaeChoice:
        """Choose the VAE for a checkpoint, as A1111 does.

        In this order: the forced one; the option where it overrides; that of the user metadata; one whose
        name begins with the checkpoint's; the option; the checkpoint's own.
        """
        if self._forced is not None:
            ignored = options.sd_vae not in (AUTOMATIC, self._forced.name)
            text = f"sd_vae had no effect: this server always uses {self._forced.name} (--vae-path)"
            return VaeChoice(path=self._forced, warning=text if ignored else None)
        automatic = options.sd_vae == AUTOMATIC
        if options.sd_vae_overrides_per_model_preferences and not automatic:
            return self._named(options.sd_vae)
        preferred = _preferred(checkpoint)
        if preferred == EMBEDDED:
            return VaeChoice()
        if preferred is not None and (path := self.find(preferred)) is not None:
            return VaeChoice(path=path)
        if (path := self._alike(checkpoint)) is not None:
            return VaeChoice(path=path)
        return VaeChoice() if automatic else self._named(options.sd_vae)

    def _named(self, name: str) -> VaeChoice:
        if name == EMBEDDED:
            return VaeChoice()
        path = self.find(name)
        if path is None:
            return VaeChoice(warning=f"VAE {name!r} was not found; the checkpoint's own was used")
        return VaeChoice(path=path)

    def _alike(self, checkpoint: Path) -> Path | None:
        return next((path for name, path in self.list().items() if name.startswith(checkpoint.stem)), None)


def _preferred(checkpoint: Path) -> str | None:
    """Read the ``vae`` key of the user metadata beside a checkpoint; None if it is empty or Automatic."""
    try:
        metadata: object = read_json(checkpoint.with_suffix(".json"))
    except (OSError, ValueError):
        return None
    name: Any = cast("dict[str, Any]", metadata).get("vae") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) and name not in ("", AUTOMATIC) else None
