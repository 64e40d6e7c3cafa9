"""The options that a job carries: those that change its pictures, and those that shape its output.

Field names are A1111's option keys; the HTTP layer owns the full table of 300-odd keys and
hands each job the two views below. ``from_mapping`` ignores keys that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias, TypeVar

from pipelines.contract.option_ranges import UNBOUNDED, check_range
from pipelines.contract.places import OUTPUTS

T = TypeVar("T")
PlaceKind: TypeAlias = Literal["readable", "readable_list", "folders"]
"""Places that an option's text names: a file or folder to read, several with ``|`` between, or folders below
that of the pictures.
"""

UNREAD = frozenset(
    {
        "upcast_attn",
        "fp8_storage",
        "cache_fp16_weight",
        "face_restoration_unload",
        "lora_bundled_ti_to_infotext",
        "live_preview_content",
        "outdir_extras_samples",
    }
)
"""Keys below that no engine goes by yet: a request that sets one gets a warning."""


class _FromMapping:
    """Build a view from any mapping of option keys."""

    __slots__ = ()

    @classmethod
    def from_mapping(cls, options: Mapping[str, Any]) -> Self:
        """Take keys that are fields, unless None, with values as sent: infotexts show numbers so."""
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        return cls(**{key: value for key, value in options.items() if key in known and value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationOptions(_FromMapping):
    """Option keys that change pixels, with A1111's defaults (spec appendix A)."""

    sd_vae: str = "Automatic"
    sd_vae_overrides_per_model_preferences: bool = True
    sd_vae_encode_method: str = "Full"
    sd_vae_decode_method: str = "Full"
    auto_vae_precision: bool = True
    auto_vae_precision_bfloat16: bool = False
    emphasis: str = "Original"
    use_old_emphasis_implementation: bool = False
    comma_padding_backtrack: int = 20
    CLIP_stop_at_last_layers: int = 1
    sdxl_clip_l_skip: bool = False
    sdxl_crop_top: int = 0
    sdxl_crop_left: int = 0
    sdxl_refiner_low_aesthetic_score: float = 2.5
    sdxl_refiner_high_aesthetic_score: float = 6.0
    enable_prompt_comments: bool = True
    use_old_scheduling: bool = False
    randn_source: str = "GPU"
    eta_ancestral: float = 1.0
    eta_ddim: float = 0.0
    s_churn: float = 0.0
    s_tmin: float = 0.0
    s_tmax: float = 0.0
    s_noise: float = 1.0
    s_min_uncond: float = 0.0
    s_min_uncond_all: bool = False
    skip_early_cond: float = 0.0
    sigma_min: float = 0.0
    sigma_max: float = 0.0
    rho: float = 0.0
    beta_dist_alpha: float = 0.6
    beta_dist_beta: float = 0.6
    always_discard_next_to_last_sigma: bool = False
    use_old_karras_scheduler_sigmas: bool = False
    sgm_noise_multiplier: bool = False
    no_dpmpp_sde_batch_determinism: bool = False
    uni_pc_variant: str = "bh1"
    uni_pc_skip_type: str = "time_uniform"
    uni_pc_order: int = 3
    uni_pc_lower_order_final: bool = True
    sd_noise_schedule: str = "Default"
    use_downcasted_alpha_bar: bool = False
    enable_quantization: bool = False
    pad_cond_uncond: bool = False
    pad_cond_uncond_v0: bool = False
    batch_cond_uncond: bool = True
    persistent_cond_cache: bool = True
    upcast_attn: bool = False
    fp8_storage: str = "Disable"
    cache_fp16_weight: bool = False
    inpainting_mask_weight: float = 1.0
    initial_noise_multiplier: float = 1.0
    img2img_extra_noise: float = 0.0
    img2img_color_correction: bool = False
    img2img_fix_steps: bool = False
    img2img_background_color: str = "#ffffff"
    overlay_inpaint: bool = True
    upscaler_for_img2img: str = ""
    hires_fix_use_firstpass_conds: bool = False
    use_old_hires_fix_width_height: bool = False
    face_restoration_model: str = "CodeFormer"
    code_former_weight: float = 0.5
    face_restoration_unload: bool = False
    ESRGAN_tile: int = 192
    ESRGAN_tile_overlap: int = 8
    DAT_tile: int = 192
    DAT_tile_overlap: int = 8
    SWIN_tile: int = 192
    SWIN_tile_overlap: int = 8
    SCUNET_tile: int = 256
    SCUNET_tile_overlap: int = 8
    extra_networks_default_multiplier: float = 1.0
    lora_functional: bool = False
    lora_add_hashes_to_infotext: bool = True
    lora_bundled_ti_to_infotext: bool = True
    textual_inversion_add_hashes_to_infotext: bool = True
    sd_hypernetwork: str = "None"
    sd_lora: str = "None"
    interrogate_return_ranks: bool = False
    interrogate_clip_num_beams: int = 1
    interrogate_clip_min_length: int = 24
    interrogate_clip_max_length: int = 48
    interrogate_clip_dict_limit: int = 1500
    interrogate_clip_skip_categories: tuple[str, ...] = ()
    interrogate_deepbooru_score_threshold: float = 0.5
    deepbooru_sort_alpha: bool = True
    deepbooru_use_spaces: bool = True
    deepbooru_escape: bool = True
    deepbooru_filter_tags: str = ""
    face_restoration_lenient: bool = True
    extension: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Options that extensions declare themselves, by key; see ``ExtensionOptions``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionOptions(_FromMapping):
    """Base of a frozen dataclass of an extension's options: fields are option keys with defaults.

    The extension's ``api`` module hands it to the server (``sdapi.plugin.option_rows``); its ``engine``
    module asks for the values that hold for a request.
    """

    @classmethod
    def of(cls, options: GenerationOptions) -> Self:
        """Read these options as they hold for a request. Raises InvalidRequest for one out of its range."""
        found = cls.from_mapping(options.extension)
        for key, bounds in ranges_of(cls).items():
            check_range(getattr(found, key), bounds, field=f"options.{key}")
        return found


def ranged(default: T, low: float, high: float) -> T:
    """Make a field of extension options whose numbers are refused outside ``low`` to ``high``."""
    return field(default=default, metadata={"range": (low, high)})


def placed(default: str, kind: PlaceKind) -> str:
    """Make a field of extension options that names a place, and is kept to the server's own folders."""
    return field(default=default, metadata={"place": kind})


def ranges_of(view: type[ExtensionOptions]) -> Mapping[str, tuple[float, float]]:
    """Return the lowest and the highest number of each option, infinite where not ``ranged``."""
    return {f.name: f.metadata.get("range", UNBOUNDED) for f in fields(view)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions(_FromMapping):
    """Option keys that shape files, metadata, grids and previews, not the pixels of a sample."""

    samples_save: bool = True
    samples_format: str = "png"
    samples_filename_pattern: str = ""
    save_images_add_number: bool = True
    save_images_replace_action: str = "Replace"
    grid_save: bool = True
    grid_format: str = "png"
    grid_extended_filename: bool = False
    grid_only_if_multiple: bool = True
    grid_prevent_empty_spots: bool = False
    grid_background_color: str = "#ffffff"
    grid_text_active_color: str = "#000000"
    grid_text_inactive_color: str = "#999999"
    n_rows: int = -1
    font: str = ""
    return_grid: bool = True
    return_mask: bool = False
    return_mask_composite: bool = False
    save_images_before_face_restoration: bool = False
    save_images_before_highres_fix: bool = False
    save_images_before_color_correction: bool = False
    save_mask: bool = False
    save_mask_composite: bool = False
    save_init_img: bool = False
    save_incomplete_images: bool = False
    save_txt: bool = False
    jpeg_quality: int = 80
    webp_lossless: bool = False
    export_for_4chan: bool = True
    img_downscale_threshold: float = 4.0
    target_side_length: int = 4000
    img_max_size_mp: int = 200
    outdir_txt2img_samples: str = "outputs/txt2img-images"
    outdir_img2img_samples: str = "outputs/img2img-images"
    outdir_extras_samples: str = "outputs/extras-images"
    outdir_txt2img_grids: str = "outputs/txt2img-grids"
    outdir_img2img_grids: str = "outputs/img2img-grids"
    outdir_init_images: str = "outputs/init-images"
    save_to_dirs: bool = True
    grid_save_to_dirs: bool = True
    directories_filename_pattern: str = "[date]"
    directories_max_prompt_words: int = 8
    enable_pnginfo: bool = True

    def below(self, folder: str) -> Self:
        """Return these options with pictures saved in ``folder`` of the folders where they would be saved."""
        places = (f.name for f in fields(self) if f.name.startswith("outdir_"))
        own: dict[str, Any] = {name: str(Path(getattr(self, name) or OUTPUTS[0], folder)) for name in places}
        return replace(self, **own)

    add_model_name_to_info: bool = True
    add_model_hash_to_info: bool = True
    add_vae_name_to_info: bool = True
    add_vae_hash_to_info: bool = True
    add_version_to_infotext: bool = True
    live_previews_enable: bool = True
    live_previews_image_format: str = "png"
    show_progress_grid: bool = True
    show_progress_every_n_steps: int = 10
    show_progress_type: str = "Approx NN"
    live_preview_content: str = "Prompt"
