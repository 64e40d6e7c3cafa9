"""Check the units of a request before it is queued: a bad one is refused at once, without an engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extensions.controlnet.generation.model_checks import check_kinds, kind_of
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.prepare.control_picture import init_picture
from extensions.controlnet.preprocessors.unavailable import unavailable
from extensions.controlnet.units.catalog import require_file
from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.parse import read_units
from extensions.controlnet.units.pictures import read_picture, read_source
from extensions.controlnet.units.script import PLACE
from extensions.controlnet.units.unit import Unit, no_picture
from pipelines.plugin import GenerationRequest


def check_units(args: Sequence[Any], request: GenerationRequest, folders: Sequence[Path]) -> None:
    """Read every unit, its pictures and the kind of its model. Raises InvalidRequest that names the field.

    With option ``controlnet_lenient`` only the fields are read, since an engine goes on without the unit; and
    with a script, which may still change units, its needs are left to the engine. So are all warnings.
    """
    units = read_units(args, place=PLACE, warn=_ignore)
    if ControlNetOptions.of(request.options).controlnet_lenient:
        return
    for unit in units:
        _check_pictures(unit)
        if request.script is None:
            _check_needs(unit, request, folders)


def _ignore(message: str) -> None:
    """Drop a warning: the engine reads the units too, and gives it."""


def _check_pictures(unit: Unit) -> None:
    for source in unit.sources:
        read_source(source, field=unit.field)
    if unit.effective_region_mask is not None:
        read_picture(unit.effective_region_mask, field=f"{unit.field}.effective_region_mask")


def _check_needs(unit: Unit, request: GenerationRequest, folders: Sequence[Path]) -> None:
    place = f"{unit.field}.model"
    file = None if unit.preprocessor.model_free else require_file(unit.model, folders, field=place)
    if unit.preprocessor.unavailable:
        with naming(f"{unit.field}.module"):
            raise unavailable(unit.preprocessor)
    lent = not unit.sources and not unit.ipadapter_input
    if lent and request.img2img is None:
        raise no_picture(unit)
    check_kinds(unit, None if file is None else (file, kind_of(file, field=place)))
    if lent and request.img2img is not None:
        init_picture(unit, request.img2img)
