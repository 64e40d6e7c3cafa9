"""Clients generated from the OpenAPI document work: its names are A1111's and its schemas hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

OPERATIONS = """
text2imgapi_sdapi_v1_txt2img_post img2imgapi_sdapi_v1_img2img_post pnginfoapi_sdapi_v1_png_info_post
extras_single_image_api_sdapi_v1_extra_single_image_post progressapi_sdapi_v1_progress_get
extras_batch_images_api_sdapi_v1_extra_batch_images_post interrogateapi_sdapi_v1_interrogate_post
interruptapi_sdapi_v1_interrupt_post skip_sdapi_v1_skip_post get_config_sdapi_v1_options_get
set_config_sdapi_v1_options_post get_cmd_flags_sdapi_v1_cmd_flags_get get_samplers_sdapi_v1_samplers_get
get_schedulers_sdapi_v1_schedulers_get get_upscalers_sdapi_v1_upscalers_get
get_latent_upscale_modes_sdapi_v1_latent_upscale_modes_get get_sd_models_sdapi_v1_sd_models_get
get_sd_vaes_sdapi_v1_sd_vae_get get_hypernetworks_sdapi_v1_hypernetworks_get
get_face_restorers_sdapi_v1_face_restorers_get get_realesrgan_models_sdapi_v1_realesrgan_models_get
get_prompt_styles_sdapi_v1_prompt_styles_get get_embeddings_sdapi_v1_embeddings_get
get_scripts_list_sdapi_v1_scripts_get get_script_info_sdapi_v1_script_info_get
get_extensions_list_sdapi_v1_extensions_get get_memory_sdapi_v1_memory_get
refresh_embeddings_sdapi_v1_refresh_embeddings_post refresh_checkpoints_sdapi_v1_refresh_checkpoints_post
refresh_vae_sdapi_v1_refresh_vae_post unloadapi_sdapi_v1_unload_checkpoint_post
reloadapi_sdapi_v1_reload_checkpoint_post
""".split()
SCHEMAS = """
StableDiffusionProcessingTxt2Img StableDiffusionProcessingImg2Img TextToImageResponse ImageToImageResponse
ExtrasSingleImageRequest ExtrasSingleImageResponse ExtrasBatchImagesRequest ExtrasBatchImagesResponse
FileData PNGInfoRequest PNGInfoResponse ProgressResponse InterrogateRequest Options Flags SamplerItem
SchedulerItem UpscalerItem SDModelItem SDVaeItem EmbeddingsResponse ScriptsList ScriptInfo
""".split()
SMALL = {"prompt": "a bell", "steps": 2, "width": 64, "height": 64, "seed": 5}
CONFIG = """
post_hooks: []
content_type_overrides: {"image/*": application/octet-stream}
"""
GENERATED = """
import base64, json, sys
from generated import Client
from generated.api.default import (
    get_config_sdapi_v1_options_get as get_options,
    get_samplers_sdapi_v1_samplers_get as get_samplers,
    get_sd_models_sdapi_v1_sd_models_get as get_models,
    progressapi_sdapi_v1_progress_get as progress,
    text2imgapi_sdapi_v1_txt2img_post as txt2img,
)
from generated.models import StableDiffusionProcessingTxt2Img as Body

client = Client(base_url=sys.argv[1], timeout=300, raise_on_unexpected_status=True)
made = txt2img.sync(client=client, body=Body.from_dict(json.loads(sys.argv[2])))
assert base64.b64decode(made.images[0])[1:4] == b"PNG"
assert json.loads(made.info)["seed"] == 5
assert "Euler a" in [sampler.name for sampler in get_samplers.sync(client=client)]
assert get_models.sync(client=client)[0].model_name == "tiny-sd1"
assert get_options.sync(client=client).samples_format == "png"
assert progress.sync(client=client).progress == 0
"""


@pytest.fixture(scope="module")
def document(server: httpx.Client) -> dict[str, Any]:
    return server.get("/openapi.json").json()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description by operation id."""
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def told(value: Any) -> Any:
    """An answer without nulls, which A1111's document doesn't mention."""
    if isinstance(value, dict):
        return {key: told(item) for key, item in value.items() if item is not None}
    return [told(item) for item in value] if isinstance(value, list) else value


def check(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    """Fails unless a value fits its schema in the document."""
    jsonschema_rs.validator_for({**schema, "components": document["components"]}).validate(told(value))


def answer_schema(operation: dict[str, Any]) -> dict[str, Any]:
    return operation["responses"]["200"]["content"]["application/json"]["schema"]


def test_names_are_there(document: dict[str, Any], operations: dict[str, Any]) -> None:
    assert set(OPERATIONS) - set(operations) == set()
    assert set(SCHEMAS) - set(document["components"]["schemas"]) == set()


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.endswith("_get")])
def test_answers_are_as_documented(
    name: str, document: dict[str, Any], operations: dict[str, Any], server: httpx.Client
) -> None:
    method, path, operation = operations[name]
    answer = server.request(method, path)
    assert answer.status_code == 200
    check(answer.json(), answer_schema(operation), document)


def test_generation_is_as_documented(
    document: dict[str, Any], operations: dict[str, Any], pictures: dict[str, str], server: httpx.Client
) -> None:
    for name, more in ((OPERATIONS[0], {}), (OPERATIONS[1], {"init_images": [pictures["picture"]]})):
        method, path, operation = operations[name]
        body = {**SMALL, **more}
        check(body, operation["requestBody"]["content"]["application/json"]["schema"], document)
        answer = server.request(method, path, json=body)
        assert answer.status_code == 200
        check(answer.json(), answer_schema(operation), document)


def test_commands_are_as_documented(
    document: dict[str, Any], operations: dict[str, Any], server: httpx.Client
) -> None:
    commands = [name for name in OPERATIONS if name.startswith(("refresh", "interruptapi", "skip"))]
    for name in commands:
        method, path, operation = operations[name]
        answer = server.request(method, path)
        assert answer.status_code == 200, name
        check(answer.json(), answer_schema(operation), document)


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has openapi-python-client."""
    place = tmp_path_factory.mktemp("generator")
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    install = [str(place / "bin" / "pip"), "install", "--quiet", "openapi-python-client==0.29.1"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"openapi-python-client can't be installed: {done.stderr[-300:]}")
    return place / "bin"


@pytest.mark.slow
def test_generated_client_works(generator: Path, tmp_path: Path, server: httpx.Client) -> None:
    (tmp_path / "openapi.json").write_bytes(server.get("/openapi.json").content)
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "drive.py").write_text(GENERATED)
    command = f"{generator}/openapi-python-client generate --path openapi.json --config config.yaml"
    generate = [*command.split(), "--meta", "none", "--output-path", "generated", "--fail-on-warning"]
    _run(generate, tmp_path)
    body = json.dumps(SMALL)
    _run([str(generator / "python"), "drive.py", str(server.base_url), body], tmp_path)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
