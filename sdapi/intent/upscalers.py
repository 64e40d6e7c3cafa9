"""Upscaler names in any letter case, and whether their files are there, before a job waits for its turn."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.latent_modes import LATENT_MODES
from sdapi.core.services import Catalog


def resolve_upscaler(catalog: Catalog, name: str | None, *, field: str, latent: bool = False) -> str | None:
    """The upscaler's own spelling; None for null. ``latent``: hires fix knows modes of latents too.

    Raises InvalidRequest for an unknown name, MissingWeights for one whose file is not there.
    """
    if name is None:
        return None
    modes = {mode.casefold(): mode for mode in LATENT_MODES} if latent else {}
    if name.casefold() in modes:
        return modes[name.casefold()]
    found = catalog.find_upscaler(name)
    if found is None:
        raise InvalidRequest(f"could not find upscaler named {name}", field=field)
    if found.missing:
        raise MissingWeights(found.missing, field=field)
    return found.name
