"""Choose the preprocessor of an IP-Adapter unit, by the unit or its model; no torch."""

from __future__ import annotations

from extensions.controlnet.image_prompts.layout import AdapterLayout
from extensions.controlnet.preprocessors.effects import ImagePromptEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor, keys_with
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import InvalidRequest


def adapter_preprocessor(unit: Unit, layout: AdapterLayout, file: ControlFile) -> Preprocessor:
    """The unit's own preprocessor, or the adapter's for ``ip-adapter-auto``.

    Raises InvalidRequest for one that embeds no pictures, and for an adapter that no published encoder fits.
    """
    place = f"{unit.field}.module"
    if not isinstance(unit.preprocessor.effect, ImagePromptEffect):
        names = ", ".join(sorted(keys_with(ImagePromptEffect)))
        raise InvalidRequest(f"{file.stem} is an IP-Adapter: its preprocessor is one of {names}", field=place)
    if unit.preprocessor.embed:
        return unit.preprocessor
    preprocessor = None if layout.preprocessor is None else find_preprocessor(layout.preprocessor)
    if preprocessor is None:
        raise InvalidRequest(f"choose a preprocessor by hand: {file.stem} is not a usual file", field=place)
    return preprocessor
