"""Our paths and warnings in A1111's names."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from sdapi.dialects.a1111.field_names import FIELD_NAMES, said


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("prompt", "prompt"),
        ("batch_count", "n_iter"),
        ("hires.upscaler", "hr_upscaler"),
        ("start.images.3", "init_images.3"),
        ("mask.picture", "mask"),
        ("options.sd_vae", "sd_vae"),
        ("overrides.sd_vae", "override_settings.sd_vae"),
        ("extras.images.2", "imageList.2.data"),
        ("extras.images", "imageList"),
        ("extras.image", "image"),
        ("always_on.my.script.args.0", "alwayson_scripts.my.script.args.0"),
        ("checkpoint", "sd_model_checkpoint"),
        ("vectors", "num_vectors_per_token"),
        ("path", "overwrite_old"),
        ("shape.sizes", "enable_sizes"),
        ("shape.layer_structure", "layer_structure"),
        ("shape.dropout_structure", "dropout_structure"),
        ("shape.weight_init", "weight_init"),
        ("steps", "steps"),
        ("steps.steps", "steps"),
        ("steps.batch_size", "batch_size"),
        ("steps.learn_rate", "learn_rate"),
        ("steps.clip_value", "clip_grad_value"),
        ("pictures.folder", "data_root"),
        ("pictures.uploads.1", "images.1"),
        ("pictures.tag_drop_out", "tag_drop_out"),
        ("pictures.varsize", "varsize"),
        ("pictures.width", "training_width"),
        ("pictures.height", "training_height"),
        ("log.folder", "log_directory"),
        ("preview.request.sampler", "preview_sampler_name"),
        ("target.embedding", "embedding_name"),
        ("target.hypernetwork", "hypernetwork_name"),
        ("target.rank", "network_dim"),
        ("source", "process_src"),
        ("focal.faces had no effect: none", "process_focal_crop_face_weight had no effect: none"),
        ("overrides: 'x' is ignored", "override_settings: 'x' is ignored"),
        ("sampler: 'a' was taken for 'b'", "sampler_name: 'a' was taken for 'b'"),
        ("always_on.controlnet.args.1 is no unit", "alwayson_scripts.controlnet.args.1 is no unit"),
        ("options are many", "options are many"),
        ("samplers: many", "samplers: many"),
        ("made without ControlNet: sampler: none", "made without ControlNet: sampler: none"),
    ],
)
def test_paths_and_warnings_are_said_in_a1111s_names(ours: str, theirs: str) -> None:
    assert FIELD_NAMES.of(ours) == theirs


def test_an_errors_text_is_in_a1111s_names() -> None:
    error = InvalidRequest("hires.scale must be between 1 and 4, not 9", field="hires.scale")
    assert said(error) == "hr_scale must be between 1 and 4, not 9"
    assert said(InvalidRequest("must be a folder", field="source")) == "must be a folder"
    assert said(InvalidRequest("nothing to do")) == "nothing to do"
