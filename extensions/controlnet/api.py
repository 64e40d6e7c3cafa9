"""ControlNet's part of the HTTP side, apart from its routes: its script and its options; no torch.

Modules that only requests need are imported by the first of them, so that the server starts quickly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.script import SCRIPTS, TITLE
from pipelines.plugin import Axis, GenerationRequest, Script, ScriptCall
from sdapi.plugin import Option, State, api_hook, option_rows

SECTION = "control_net"
LISTED: dict[str, int | bool | None] = {
    "control_net_detectedmap_dir": None,
    "control_net_models_path": None,
    "control_net_modules_path": None,
    "control_net_unit_count": 3,
    "control_net_model_cache_size": None,
    "control_net_inpaint_blur_sigma": None,
    "control_net_no_detectmap": None,
    "control_net_detectmap_autosaving": None,
    "control_net_allow_script_control": False,
    "control_net_sync_field_args": True,
    "controlnet_show_batch_images_in_ui": False,
    "controlnet_increment_seed_during_batch": False,
    "controlnet_disable_openpose_edit": False,
    "controlnet_disable_photopea_edit": False,
    "controlnet_photopea_warning": True,
    "controlnet_ignore_noninpaint_mask": None,
    "controlnet_clip_detector_on_cpu": False,
    "controlnet_control_type_dropdown": False,
    "controlnet_lenient": None,
}
"""The original's options in its order, and ours; None where ``ControlNetOptions`` holds the default.

The others are for a page that isn't here, or for ways of working that aren't: nothing goes by them.
"""
READ_BY_ROUTES = frozenset({"control_net_unit_count"})


@api_hook
def scripts() -> Sequence[Script]:
    """The always-on script, and the name by which clients notice the extension."""
    return SCRIPTS


@api_hook
def axes() -> Sequence[Axis]:
    """Axes of the X/Y/Z plot, each a field of the first unit."""
    from extensions.controlnet.axes import AXES

    return AXES


@api_hook
def options() -> Sequence[Option]:
    """The rows of ``LISTED``, in its order."""
    read = {row.key: row for row in option_rows(ControlNetOptions, section=SECTION)}
    return tuple(
        read.get(key) or Option(key=key, default=value, section=SECTION, read=key in READ_BY_ROUTES)
        for key, value in LISTED.items()
    )


@api_hook
def named(state: State) -> Mapping[str, Sequence[str]]:
    """Titles of control models, those that are IP-Adapters by their names, and keys of preprocessors."""
    from extensions.controlnet.preprocessors.table import PREPROCESSORS
    from extensions.controlnet.routes import routes
    from extensions.controlnet.routes.control_types import models_of

    titles = [file.title for file in routes.files_of(state)]
    return {
        "ControlNet": titles,
        "IP-Adapter": models_of("IP-Adapter", titles),
        "ControlNet preprocessor": [*PREPROCESSORS],
    }


@api_hook
def infotext_fields(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of every unit that infotexts name."""
    from extensions.controlnet.units.infotext import read_units

    return read_units(parameters)


@api_hook
def pictures(title: str, args: Sequence[Any]) -> Sequence[Sequence[int | str]]:
    """The places of all units' pictures in the script's arguments."""
    from extensions.controlnet.units.places import picture_places

    return picture_places(args) if title.lower() == TITLE.lower() else ()


@api_hook
def check_arguments(call: ScriptCall, request: GenerationRequest, state: State) -> None:
    """Refuse units that can't run as they stand. Raises InvalidRequest."""
    if call.name.lower() == TITLE.lower():
        from extensions.controlnet.routes.routes import folders_of
        from extensions.controlnet.routes.unit_checks import check_units

        option = ControlNetOptions.of(request.options).control_net_models_path
        check_units(call.args, request, folders_of(state.config.places, state.config.flags, option))


@api_hook
def argument_schemas() -> Mapping[str, type[BaseModel]]:
    """The schema of a unit, under the name by which clients send it."""
    from extensions.controlnet.routes.unit_schema import ControlNetUnit

    return {TITLE.lower(): ControlNetUnit}
