"""Run a preprocessor, with or without weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from extensions.controlnet.maps.kept import Kept
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders, call
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, function
from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import GenerationOptions

if TYPE_CHECKING:
    from pipelines.plugin import Services

OWNER = "controlnet annotator"
"""Owner of these weights on the engine's shelf."""


def run_preprocessor(
    preprocessor: Preprocessor,
    array: Array,
    parameters: Sliders,
    services: Services,
    options: GenerationOptions,
) -> Array:
    """The map of a picture (h, w, 3 or 4). Raises MissingWeights naming file and folder."""
    if preprocessor.run:
        return call(function(preprocessor.run), preprocessor, array, parameters)
    device = str(services.residency.device)
    folders = annotator_folders(services, options)
    return loaded_preprocessor(services).run(preprocessor, array, parameters, folders, device)


def loaded_preprocessor(services: Services) -> LoadedPreprocessor:
    """The one preprocessor with weights that an engine keeps."""

    def made() -> LoadedPreprocessor:
        return LoadedPreprocessor(kept=Kept[Any](owner=OWNER, shelf=services.weights))

    return services.store.keep(LoadedPreprocessor, made)


def annotator_folders(services: Services, options: GenerationOptions) -> tuple[Path, ...]:
    """The folders of weights: the option's, the flag's or ours, the original extension's, insightface's."""
    settings, option = services.settings, ControlNetOptions.of(options).control_net_modules_path
    folders, flagged = settings.folders, settings.extension_flags.get("controlnet_annotator_models_path")
    named = (
        (folders.places.readable_place(option, field="options.control_net_modules_path"),) if option else ()
    )
    known = Path(flagged) if flagged else folders.models / "ControlNetPreprocessor"
    own = folders.data / "extensions" / "sd-webui-controlnet" / "annotator" / "downloads"
    faces = folders.models / "insightface"
    return (*named, known, own, *((faces,) if faces.is_dir() else ()))
