"""Findings that aren't faults: the document can't express it, or A1111 accepts more; with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.sdapi.openapi.coercion import fits
from tests.sdapi.openapi.findings import Finding

ACCEPTED, REFUSED, THERE_AFTER_DELETE = "ST201", "ST202", "ST301"
READ_AS_PYDANTIC_1 = "clients send numbers, booleans and text for each other, and A1111 reads them so"
UNITS_LATER = "the engine reads units, in every spelling of clients of any year; the units' tests tell which"
KEPT = "DELETE cancels a job; its record stays, so that whoever waits for it learns how it ended"
WIDE = "integers have 64 bits here, and a schema that says so doesn't compile in clients of 32"

NAMES = "A1111 refuses names of what isn't there; the document can't list what a server has"
PICTURES = "no pattern tells a picture from other text; A1111's document has an empty one as the default"
ERROR_INSIDE = "SwarmUI answers 200 to what its parameters are wrong in, with an error inside"
SAID = "no schema can say it, but the operation's own description of that answer does"
FOLDERS = "the document can't list the folders that a server may read and write"
STRUCTURE = "a list begins and ends with 1, has a width for each size, and a share for each width"
LIMITS = "operators choose the limits, and sides are bounded by their product"
USED = "only a request that uses the field is refused for it, with hires fix or a mask for one"
FIELDS: Mapping[str, str] = {
    "alwayson_scripts": NAMES,
    "script_name": NAMES,
    "script_args": NAMES,
    "controlnet_units": NAMES,
    "controlnet_module": NAMES,
    "controlnet_input_images": PICTURES,
    "controlnet_masks": PICTURES,
    "override_settings": "values of options have the options' types, and some options have ranges",
    "init_images": PICTURES,
    "input_image": PICTURES,
    "input_mask": PICTURES,
    "enhance_input_image": PICTURES,
    "cn_img": PICTURES,
    "enhance_mask_model": "masks need weights that no server has",
    "mask_model": "masks need weights that no server has",
    "aspect_ratios_selection": LIMITS,
    "image": PICTURES,
    "imageList": PICTURES,
    "mask": PICTURES,
    "hr_upscaler": NAMES,
    "hr_sampler_name": NAMES,
    "hr_scheduler": NAMES,
    "scheduler": NAMES,
    "upscaler_1": NAMES,
    "upscaler_2": NAMES,
    "styles": NAMES,
    "webhook": "webhooks are off unless the operator gives a key",
    "keep_alive": "a duration is text of a form of its own, with a bound",
    **dict.fromkeys(
        "width height steps batch_size n_iter hr_second_pass_steps hr_resize_x hr_resize_y hr_scale "
        "firstphase_width firstphase_height upscaling_resize upscaling_resize_w upscaling_resize_h".split(),
        LIMITS,
    ),
    "name": "a file's name has a bound in bytes, and a pattern counts characters",
    "output_name": "a file's name has a bound in bytes, and a pattern counts characters",
    "embedding_name": NAMES,
    "hypernetwork_name": NAMES,
    "template_filename": NAMES,
    "sd_model_checkpoint": NAMES,
    "sample_sampler": NAMES,
    "preview_sampler_name": NAMES,
    "images": PICTURES,
    "layer_structure": STRUCTURE,
    "dropout_structure": STRUCTURE,
    "network_train_text_encoder_only": "one of the two networks is trained at least",
    "process_multicrop_maxdim": "the bounds of sides belong together",
    **dict.fromkeys(
        "data_root log_directory process_src process_dst train_data_dir logging_dir".split(), FOLDERS
    ),
    **dict.fromkeys(
        "training_width training_height process_width process_height resolution max_train_steps "
        "train_batch_size process_multicrop_mindim process_multicrop_maxarea".split(),
        LIMITS,
    ),
    **dict.fromkeys(
        "create_image_every save_embedding_every save_hypernetwork_every gradient_step".split(),
        WIDE,
    ),
    "learn_rate": "an exponent makes a number that is none",
    **dict.fromkeys(
        "clip_grad_value preview_steps preview_width preview_height preview_cfg_scale preview_seed "
        "sample_steps sample_cfg_scale sample_seed".split(),
        USED,
    ),
    **dict.fromkeys(
        "denoising_strength refiner_switch_at inpainting_fill inpaint_full_res_padding mask_blur mask_blur_x "
        "mask_blur_y latent_mask".split(),
        USED,
    ),
}
"""Fields whose values may be refused though they fit their schema."""


def reason(finding: Finding, document: Mapping[str, Any]) -> str | None:
    """The reason why a finding is right as it is; None if it is a fault."""
    if finding.code == THERE_AFTER_DELETE:
        return KEPT if finding.operation == "DELETE /sdapi/v1/jobs/{job_id}" else None
    if finding.code == ACCEPTED and isinstance(finding.answer, dict) and "error" in finding.answer:
        return ERROR_INSIDE
    if finding.code == ACCEPTED:
        return _acceptance(finding, document)
    if finding.code == REFUSED and _says(document, finding) and _has_detail(finding.answer):
        return SAID
    if finding.code == REFUSED and finding.status == 422 and isinstance(finding.answer, dict):
        return _refusal(finding.answer)
    return None


def _says(document: Mapping[str, Any], finding: Finding) -> bool:
    """True if an operation itself describes an answer, not only by the general answer of that status."""
    method, path = finding.operation.split(" ", 1)
    answers = document["paths"].get(path, {}).get(method.lower(), {}).get("responses", {})
    return "content" in answers.get(str(finding.status), {}) and path.startswith("/api/")


def _has_detail(answer: object) -> bool:
    return isinstance(answer, dict) and "detail" in answer


def _acceptance(finding: Finding, document: Mapping[str, Any]) -> str | None:
    schema = body_schema(finding.operation, document)
    if schema is None:
        return None
    if fits(finding.body, schema, document):
        return READ_AS_PYDANTIC_1
    return UNITS_LATER if fits(without_units(finding.body), schema, document) else None


def without_units(body: Any) -> Any:
    """The body with nothing said to ControlNet."""
    if not isinstance(body, dict):
        return body
    plain = {key: value for key, value in body.items() if key != "controlnet_units"}
    scripts = plain.get("alwayson_scripts")
    if isinstance(scripts, dict):
        plain["alwayson_scripts"] = {key: value for key, value in scripts.items() if key != "controlnet"}
    return plain


def _refusal(answer: Mapping[str, Any]) -> str | None:
    detail = answer["detail"]
    if isinstance(detail, list):
        return WIDE if all(item["type"] == "type_error.integer" for item in detail) else _listed(detail)
    return next((why for field, why in FIELDS.items() if answer["errors"].startswith(field)), None)


def _listed(detail: list[Any]) -> str | None:
    """The reason for the faults that Fooocus' dialect lists, if there is one for each."""
    names = [next((part for part in reversed(item["loc"]) if isinstance(part, str)), "") for item in detail]
    reasons = [FIELDS.get(name) for name in names]
    return None if None in reasons else reasons[0]


def body_schema(operation: str, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of an operation's JSON body, if it has one."""
    method, path = operation.split(" ", 1)
    found = document["paths"].get(path, {}).get(method.lower(), {}).get("requestBody", {})
    return found.get("content", {}).get("application/json", {}).get("schema")
