"""A checkpoint in RAM with the VAEs that were tried on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from pipelines.catalog.files import stamp
from pipelines.families.files import no_vae
from pipelines.families.loading.vae import load_vae_file
from pipelines.families.model import LoadedModel
from pipelines.families.precision import lay_out
from pipelines.families.vae import Codec
from pipelines.memory.budget import Budget

Stamp = tuple[int, int] | None


@dataclass(slots=True, kw_only=True)
class Resident:
    """A checkpoint in RAM with the VAEs tried on it; ``own`` is the one inside the file, if there is one.

    ``used`` is the budget's tick of its last use.
    """

    model: LoadedModel
    stamps: tuple[Stamp, Stamp]
    own: Codec | None
    codecs: dict[Path, tuple[Stamp, Codec]]
    used: int = 0

    def bytes(self) -> int:
        """Everything that leaves with it: weights, originals of patched ones, VAEs that are not in use."""
        codecs = (self.own, *(codec for _, codec in self.codecs.values()))
        idle = (codec.module for codec in codecs if codec is not None and codec is not self.model.codec)
        patched = 0 if self.model.patch_state is None else self.model.patch_state.bytes
        return self.model.bytes() + patched + sum(p.nbytes for module in idle for p in module.parameters())

    def use_vae(self, path: Path | None, budget: Budget, device: torch.device) -> None:
        """Put the VAE of a file in use, or the checkpoint's own for None.

        Raises MissingWeights without one of its own, CorruptFile, OverBudget.
        """
        if path is None:
            if self.own is None:
                raise no_vae(self.model.path.name)
            self._swap(self.own, None)
            return
        path = path.absolute()
        known = self.codecs.get(path)
        if known is None or known[0] != stamp(path):
            self.codecs.clear()
            known = stamp(path), self._read_vae(path, budget, device)
            self.codecs = {path: known}
        self._swap(known[1], path)

    def _read_vae(self, path: Path, budget: Budget, device: torch.device) -> Codec:
        model = self.model
        budget.require(path.stat().st_size if path.is_file() else 0, path.name, field="options.sd_vae")
        module = load_vae_file(path, dtype=model.precision.vae, channels=model.latents.channels)
        lay_out(module, device)
        return replace(self.own or model.codec, module=module, warnings=[])

    def _swap(self, codec: Codec, path: Path | None) -> None:
        if codec is not self.model.codec:
            self.model.offload()
            self.model.codec = codec
        self.model.vae_path = path


def stamps_of(path: Path) -> tuple[Stamp, Stamp]:
    """Return the stamps of a checkpoint and of the yaml next to it, by which the file may be read."""
    return stamp(path), stamp(path.with_suffix(".yaml"))
