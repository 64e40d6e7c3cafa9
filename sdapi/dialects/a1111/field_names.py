"""A1111's names of our fields, and its dialect."""

from __future__ import annotations

from pipelines.contract.errors import SdapiError
from sdapi.dialects.a1111.errors import say
from sdapi.dialects.a1111.results import adds
from sdapi.http.dialect import Dialect, FieldNames

FIELD_NAMES = FieldNames(
    {
        "always_on": "alwayson_scripts",
        "batch_count": "n_iter",
        "checkpoint": "sd_model_checkpoint",
        "churn": "",
        "extras": "",
        "extras.height": "upscaling_resize_h",
        "extras.images": "imageList",
        "extras.images.*": "imageList.*.data",
        "extras.scale": "upscaling_resize",
        "extras.width": "upscaling_resize_w",
        "focal.faces": "process_focal_crop_face_weight",
        "hires.checkpoint": "hr_checkpoint_name",
        "hires.first_height": "firstphase_height",
        "hires.first_width": "firstphase_width",
        "hires.negative_prompt": "hr_negative_prompt",
        "hires.prompt": "hr_prompt",
        "hires.resize_x": "hr_resize_x",
        "hires.resize_y": "hr_resize_y",
        "hires.sampler": "hr_sampler_name",
        "hires.scale": "hr_scale",
        "hires.scheduler": "hr_scheduler",
        "hires.steps": "hr_second_pass_steps",
        "hires.upscaler": "hr_upscaler",
        "id": "force_task_id",
        "inversion": "",
        "log.folder": "log_directory",
        "mask.blur": "mask_blur",
        "mask.blur_x": "mask_blur_x",
        "mask.blur_y": "mask_blur_y",
        "mask.fill": "inpainting_fill",
        "mask.invert": "inpainting_mask_invert",
        "mask.latent_mask": "latent_mask",
        "mask.only_masked": "inpaint_full_res",
        "mask.padding": "inpaint_full_res_padding",
        "mask.picture": "mask",
        "mask.round": "mask_round",
        "options": "",
        "overrides": "override_settings",
        "path": "overwrite_old",
        "pictures.folder": "data_root",
        "pictures.height": "training_height",
        "pictures.tag_drop_out": "tag_drop_out",
        "pictures.uploads": "images",
        "pictures.varsize": "varsize",
        "pictures.width": "training_width",
        "preview.request.sampler": "preview_sampler_name",
        "refiner.checkpoint": "refiner_checkpoint",
        "refiner.switch_at": "refiner_switch_at",
        "refiner.anew": "refiner_switch_at",
        "sampler": "sampler_name",
        "script.args": "script_args",
        "script.name": "script_name",
        "seeds.resize_height": "seed_resize_from_h",
        "seeds.resize_width": "seed_resize_from_w",
        "seeds.seed": "seed",
        "seeds.subseed": "subseed",
        "seeds.subseed_strength": "subseed_strength",
        "shape.dropout_structure": "dropout_structure",
        "shape.layer_structure": "layer_structure",
        "shape.sizes": "enable_sizes",
        "shape.weight_init": "weight_init",
        "source": "process_src",
        "start.image_cfg_scale": "image_cfg_scale",
        "start.images": "init_images",
        "start.noise_multiplier": "initial_noise_multiplier",
        "start.resize_mode": "resize_mode",
        "steps.batch_size": "batch_size",
        "steps.clip_value": "clip_grad_value",
        "steps.learn_rate": "learn_rate",
        "steps.steps": "steps",
        "target.embedding": "embedding_name",
        "target.hypernetwork": "hypernetwork_name",
        "target.rank": "network_dim",
        "vectors": "num_vectors_per_token",
    }
)
"""Names by our paths; paths that are the same in A1111 have no row."""

A1111 = Dialect(name="a1111", say=say, fields=FIELD_NAMES, adds=adds)
"""The dialect of every route that declares no other."""


def said(error: SdapiError) -> str:
    """The text of an error, in A1111's names, for an answer that a route writes itself."""
    return FIELD_NAMES.of_message(error.message, error.field)
