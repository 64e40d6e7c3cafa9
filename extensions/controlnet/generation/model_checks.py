"""Detect the kind of a unit's model and check that the unit goes with it; no torch, for the server too."""

from __future__ import annotations

from extensions.controlnet.image_prompts.choice import adapter_preprocessor
from extensions.controlnet.image_prompts.layout import file_layout
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.preprocessors.effects import ImagePromptEffect, StyleEffect
from extensions.controlnet.preprocessors.table import keys_with
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind, detect, require_supported
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import InvalidRequest, tensor_shapes


def kind_of(file: ControlFile, *, field: str) -> ControlKind:
    """The kind of a unit's model, one that runs. Raises CorruptFile, UnsupportedModel."""
    with naming(field):
        kind = detect(tensor_shapes(file.path), file.path)
    require_supported(kind, file.path, field)
    return kind


def check_kinds(unit: Unit, model: tuple[ControlFile, ControlKind] | None) -> None:
    """Check that a unit's preprocessor, embeddings and region mask go with its model, None for no model.

    Raises InvalidRequest.
    """
    file, kind = model or (None, None)
    if unit.ipadapter_input and kind is not ControlKind.IP_ADAPTER:
        text = "only units with an IP-Adapter model take embeddings"
        raise InvalidRequest(text, field=f"{unit.field}.ipadapter_input")
    if file is not None and kind is ControlKind.IP_ADAPTER:
        _check_adapter(unit, file)
    elif file is not None and kind is ControlKind.T2I_STYLE:
        _check_style(unit, file)
    else:
        _require_map(unit)
    _check_region(unit, kind)


def _check_adapter(unit: Unit, file: ControlFile) -> None:
    with naming(f"{unit.field}.model"):
        layout = file_layout(file.path)
    if not unit.ipadapter_input:
        adapter_preprocessor(unit, layout, file)


def _check_style(unit: Unit, file: ControlFile) -> None:
    if not isinstance(unit.preprocessor.effect, StyleEffect):
        text = f"{file.stem} is a T2I style adapter: its preprocessor is {', '.join(keys_with(StyleEffect))}"
        raise InvalidRequest(text, field=f"{unit.field}.module")


def _require_map(unit: Unit) -> None:
    """Refuse a preprocessor that embeds pictures for a model of another kind. Raises InvalidRequest."""
    needs = ""
    if isinstance(unit.preprocessor.effect, StyleEffect):
        needs = "a T2I style adapter"
    elif isinstance(unit.preprocessor.effect, ImagePromptEffect):
        needs = "an IP-Adapter model"
    if needs:
        raise InvalidRequest(f"{unit.preprocessor.title} needs {needs}", field=f"{unit.field}.model")


def _check_region(unit: Unit, kind: ControlKind | None) -> None:
    what = ""
    if kind is ControlKind.T2I_STYLE:
        what = "style adapters act"
    elif kind is ControlKind.LLLITE:
        what = "ControlNet-LLLite acts"
    elif unit.preprocessor.acts_everywhere:
        what = f"{unit.preprocessor.title} acts"
    if what and unit.effective_region_mask is not None:
        text = f"{what} on the whole picture, without a region mask"
        raise InvalidRequest(text, field=f"{unit.field}.effective_region_mask")
