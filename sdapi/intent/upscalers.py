"""Look up an upscaler by its name in any letter case, and require its file, before a job is queued."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.latent_modes import LATENT_MODES
from sdapi.core.services import Catalog


def resolve_upscaler(catalog: Catalog, name: str | None, *, field: str, latent: bool = False) -> str | None:
    """The upscaler's own spelling; None for null. ``latent``: latent modes count too, as in hires fix.

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
