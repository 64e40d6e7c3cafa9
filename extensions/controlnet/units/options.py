"""Options of ControlNet that a generation goes by, by the original's keys."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions, placed


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlNetOptions(ExtensionOptions):
    """The original's options, and our own ``controlnet_lenient``: go on without units that can't run."""

    control_net_detectedmap_dir: str = placed("detected_maps", "folders")
    control_net_models_path: str = placed("", "readable")
    control_net_modules_path: str = placed("", "readable")
    control_net_model_cache_size: int = 2
    control_net_inpaint_blur_sigma: int = 7
    control_net_no_detectmap: bool = False
    control_net_detectmap_autosaving: bool = False
    controlnet_ignore_noninpaint_mask: bool = False
    controlnet_lenient: bool = False
