"""Names that script arguments are chosen from, as the catalog lists them now."""

from __future__ import annotations

from pipelines.contract.latent_modes import LATENT_MODES
from pipelines.sampling.sampler_table import listed_samplers, listed_schedules
from pipelines.scripting.script_file import Names
from pipelines.text.prompt.style_files import read_styles
from sdapi.core.state import State


def script_names(state: State) -> Names:
    """A snapshot for ``Script.arguments``."""
    return Names(
        samplers=tuple(s.name for s in listed_samplers()),
        schedulers=tuple(s.label for s in listed_schedules()),
        checkpoints=tuple(c.title for c in state.catalog.checkpoints()),
        vaes=tuple(vae.name for vae in state.catalog.vaes()),
        upscalers=tuple(u.name for u in state.catalog.upscalers()),
        latent_modes=tuple(LATENT_MODES),
        axes=tuple(state.hooks.axes()),
        styles=tuple(read_styles(state.config.styles)),
    )
