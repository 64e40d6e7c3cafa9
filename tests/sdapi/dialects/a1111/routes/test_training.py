"""The training routes: fields and texts as recorded on the original, 4xx where it hides errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.preprocessing import PreprocessRequest
from pipelines.contract.progress import Progress
from pipelines.contract.training import CreateHypernetworkRequest, HypernetworkShape, LoraTarget, TrainRequest
from pipelines.jobs.view import JobView
from sdapi.core.services import EmbeddingRow, FileRow
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import png

DATA = Path(__file__).resolve().parents[4] / "data" / "training"
RECORDED: Mapping[str, Any] = json.loads((DATA / "requests.json").read_text(encoding="utf-8"))
IN_THE_ENGINE = {
    *("create-embedding-exists", "create-hypernetwork-exists", "train-embedding-data_root-no-pictures"),
    *("train-embedding-create-and-save-0", "train-embedding-log_directory-unwritable"),
}
"""Cases that only an engine can judge, and a folder that no flag allows."""
CASES = [case for case in RECORDED["cases"] if case["case"] not in IN_THE_ENGINE]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The folders of the recorded requests, with what the fake catalog lists."""
    folder = tmp_path / "work"
    for name in ("pics", "one", "templates"):
        (folder / name).mkdir(parents=True)
        for file in (DATA / "inputs" / name).iterdir():
            (folder / name / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def trainer(make_server: MakeServer, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that may read and write there, and knows the recorded names."""
    server = make_server(
        allow_outdir=[str(work)],
        textual_inversion_templates_dir=str(work / "templates"),
        embeddings_dir=str(tmp_path / "embeddings"),
        hypernetwork_dir=str(tmp_path / "models" / "hypernetworks"),
    )
    row = EmbeddingRow(name="t2emb", shape=64, vectors=2, path=str(tmp_path / "embeddings" / "t2emb.pt"))
    kind = type(server.catalog)
    monkeypatch.setattr(kind, "embeddings", lambda self, checkpoint: ((row,), ()))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    file = FileRow(name="t2hyp", path=str(tmp_path / "models" / "hypernetworks" / "t2hyp.pt"))
    monkeypatch.setattr(kind, "hypernetworks", lambda self: (file,))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    return server


def lenient(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"training_lenient": True}).raise_for_status()


def put(value: Any, data: Path) -> Any:
    """A recorded value with this machine's folders."""
    text = json.dumps(value).replace("<work>", str(data / "work")).replace("<data>", str(data))
    return json.loads(text)


def body_of(case: Mapping[str, Any], data: Path) -> Any:
    if "body" in case:
        return case["body"]
    base = {k: v for k, v in RECORDED["base"][case["path"]].items() if k not in case.get("without", ())}
    return put({**base, **case["set"]}, data)


def test_recorded_answers_with_the_option(trainer: Server) -> None:
    lenient(trainer)
    for case in CASES:
        answer = trainer.client.post(case["path"], json=body_of(case, trainer.data))
        if case["status"] == 500:
            assert 400 <= answer.status_code < 500, case["case"]
            continue
        assert answer.status_code == case["status"], case["case"]
        expected = put(case["response"], trainer.data)
        if "…" in str(expected):
            assert answer.json()["info"].startswith(expected["info"].partition("…")[0]), case["case"]
        else:
            assert answer.json() == expected, case["case"]


def test_errors_are_4xx_that_name_the_field_without_it(trainer: Server) -> None:
    for case in CASES:
        answer = trainer.client.post(case["path"], json=body_of(case, trainer.data))
        hidden = " error: " in str(case["response"]) and "error: None" not in str(case["response"])
        unseen = case["case"] == "train-embedding-preview-sampler-unknown"
        if case["status"] >= 400 or hidden or unseen:
            assert 400 <= answer.status_code < 500, case["case"]
            changed = list(case.get("set", ()))
            if len(changed) == 1 and "without" not in case:
                assert changed[0] in answer.text, case["case"]
        else:
            assert answer.status_code == 200, case["case"]


def training_of(server: Server, kind: str = "embedding", **changes: Any) -> TrainRequest:
    body = put({**RECORDED["base"][f"/sdapi/v1/train/{kind}"], **changes}, server.data)
    server.client.post(f"/sdapi/v1/train/{kind}", json=body).raise_for_status()
    request = server.jobs.submitted[-1][1]
    assert isinstance(request, TrainRequest)
    return request


def test_a_run_is_asked_for_as_the_fields_say(trainer: Server) -> None:
    request = training_of(trainer, create_image_every=2, seed=7, shuffle_tags=True, batch_size=2)
    assert (request.seed, request.name, request.trains) == (7, "t2emb", "embedding")
    assert request.pictures.template == ("a photo of [name], [filewords]",)
    assert request.pictures.shuffle_tags
    assert (request.steps.learn_rate, request.steps.batch_size) == ("0.005", 2)
    assert request.preview is not None
    asked = request.preview.request
    assert (asked.sampler, asked.steps, asked.cfg_scale, asked.width) == ("DPM++ 2M", 20, 7.0, 64)
    own = training_of(trainer, "hypernetwork", create_image_every=2, preview_from_txt2img=True)
    assert own.preview is not None
    asked = own.preview.request
    assert (asked.prompt, asked.sampler, asked.steps, asked.seeds.seed) == ("a preview", "Euler", 3, 5)
    assert request.run != own.run


def test_our_templates_are_there(trainer: Server) -> None:
    for name in ("hypernetwork", "none", "style", "style_filewords", "subject", "subject_filewords"):
        assert training_of(trainer, template_filename=f"{name}.txt").pictures.template


@pytest.mark.parametrize("field", ["data_root", "log_directory"])
def test_folders_stay_inside(field: str, trainer: Server) -> None:
    for place in ("/etc", "../..", "/proc/self", "\0"):
        body = put({**RECORDED["base"]["/sdapi/v1/train/embedding"], field: place}, trainer.data)
        answer = trainer.client.post("/sdapi/v1/train/embedding", json=body)
        assert answer.status_code == 422
        assert field in answer.json()["detail"]
    assert not trainer.jobs.submitted


def test_limits_name_field_and_flag(make_server: MakeServer, trainer: Server) -> None:
    body = put({**RECORDED["base"]["/sdapi/v1/train/embedding"], "steps": 10**9}, trainer.data)
    answer = trainer.client.post("/sdapi/v1/train/embedding", json=body)
    assert answer.status_code == 422
    assert "--max-training-steps" in answer.json()["detail"]


def test_what_an_engine_refuses_is_hidden_with_the_option_alone(trainer: Server) -> None:
    text = "file /x/t2emb.pt already exists"
    trainer.jobs.failure = InvalidRequest(text, field="path")
    body = RECORDED["base"]["/sdapi/v1/create/embedding"]
    answer = trainer.client.post("/sdapi/v1/create/embedding", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (422, f"overwrite_old: {text}")
    lenient(trainer)
    answer = trainer.client.post("/sdapi/v1/create/embedding", json=body)
    assert answer.json() == {"info": f"create embedding error: {text}"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("steps.steps", "steps"),
        ("pictures.folder", "data_root"),
        ("pictures.width", "training_width"),
        ("log.folder", "log_directory"),
        ("target.embedding", "embedding_name"),
    ],
)
def test_a_run_that_an_engine_refuses_names_the_argument(path: str, name: str, trainer: Server) -> None:
    trainer.jobs.failure = InvalidRequest(f"{path} must be between 1 and 2, not 3", field=path)
    body = put(RECORDED["base"]["/sdapi/v1/train/embedding"], trainer.data)
    text = f"{name} must be between 1 and 2, not 3"
    answer = trainer.client.post("/sdapi/v1/train/embedding", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (422, text)
    lenient(trainer)
    told = trainer.client.post("/sdapi/v1/train/embedding", json=body).json()["info"]
    assert told == f"train embedding complete: filename:  error: {text}"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("steps.batch_size", "train_batch_size"),
        ("steps.learn_rate", "learning_rate"),
        ("pictures.folder", "train_data_dir"),
        ("pictures.width", "resolution"),
        ("pictures.uploads.0", "images.0"),
        ("log.folder", "logging_dir"),
        ("target.rank", "network_dim"),
    ],
)
def test_a_lora_that_an_engine_refuses_names_the_field(path: str, name: str, trainer: Server) -> None:
    trainer.jobs.failure = InvalidRequest("no", field=path)
    body = {"output_name": "one", "images": [{"image": encode_base64(png())}]}
    answer = trainer.client.post("/sdapi/v1/train/lora", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (422, f"{name}: no")


@pytest.mark.parametrize("path", ["create/embedding", "create/hypernetwork", "train/embedding", "preprocess"])
def test_who_does_not_wait_is_told_the_job(path: str, trainer: Server) -> None:
    body = RECORDED["base"].get(f"/sdapi/v1/{path}", PREPROCESS)
    answer = trainer.client.post(f"/sdapi/v1/{path}?async=1", json=put(body, trainer.data))
    assert (answer.status_code, answer.json()["id"]) == (202, trainer.jobs.submitted[-1][0])


def test_a_structure_as_text_is_of_floats(trainer: Server) -> None:
    body = {**RECORDED["base"]["/sdapi/v1/create/hypernetwork"], "layer_structure": "1, 2, 1"}
    trainer.client.post("/sdapi/v1/create/hypernetwork", json=body).raise_for_status()
    request = trainer.jobs.submitted[-1][1]
    assert isinstance(request, CreateHypernetworkRequest)
    assert request.shape == HypernetworkShape(
        sizes=(64, 32), layer_structure=(1.0, 2.0, 1.0), activation="linear"
    )


def test_a_lora_from_a_folder_and_from_the_request(trainer: Server, work: Path) -> None:
    body = {
        "output_name": "my/one",
        "train_data_dir": str(work / "pics"),
        "resolution": 64,
        "network_dim": 8,
        "text_encoder_lr": 1e-5,
        "network_train_unet_only": False,
        "enable_bucket": True,
        "min_snr_gamma": 5,
        "sample_every_n_steps": 10,
        "logging_dir": str(work / "log"),
    }
    answer = trainer.client.post("/sdapi/v1/train/lora", json=body)
    assert answer.status_code == 200, answer.text
    request = trainer.jobs.submitted[-1][1]
    assert isinstance(request, TrainRequest)
    assert isinstance(request.target, LoraTarget)
    assert Path(request.target.path).name == "myone.safetensors"
    assert (request.target.rank, request.target.alpha, request.target.text_encoder_rate) == (8, 8.0, 1e-5)
    assert (request.target.min_snr, request.pictures.bucket_step) == (5.0, 64)
    assert request.preview is not None
    assert answer.json()["name"] == "myone"
    upload = {"image": encode_base64(png()), "caption": "a square"}
    answer = trainer.client.post("/sdapi/v1/train/lora", json={"output_name": "two", "images": [upload]})
    assert answer.status_code == 200, answer.text
    request = trainer.jobs.submitted[-1][1]
    assert isinstance(request, TrainRequest)
    assert [one.words for one in request.pictures.uploads] == ["a square"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"output_name": "/.."}, "output_name"),
        ({"images": []}, "train_data_dir"),
        ({"train_data_dir": "outputs"}, "train_data_dir"),
        ({"lr_scheduler": "warp"}, "lr_scheduler"),
        ({"network_dim": 0}, "network_dim"),
        ({"max_train_steps": 0}, "max_train_steps"),
        ({"resolution": 10_000}, "resolution"),
        ({"images": [{"image": "!"}]}, "images.0"),
        ({"logging_dir": "/etc"}, "logging_dir"),
        ({"sd_model_checkpoint": "nope"}, "sd_model_checkpoint"),
    ],
)
def test_a_lora_that_can_not_be_names_the_field(changes: dict[str, Any], field: str, trainer: Server) -> None:
    body = {"output_name": "one", "images": [{"image": encode_base64(png())}], **changes}
    answer = trainer.client.post("/sdapi/v1/train/lora", json=body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"]


PREPROCESS = {
    "id_task": "",
    "process_src": "<work>/pics",
    "process_dst": "<work>/ready",
    "process_width": 64,
    "process_height": 64,
    "preprocess_txt_action": "ignore",
    "process_keep_original_size": False,
    "process_flip": True,
    "process_split": False,
    "process_caption": False,
}


def test_preprocess(trainer: Server) -> None:
    answer = trainer.client.post("/sdapi/v1/preprocess", json=put(PREPROCESS, trainer.data))
    assert answer.json() == {"info": "preprocess complete"}
    request = trainer.jobs.submitted[-1][1]
    assert isinstance(request, PreprocessRequest)
    assert (request.width, request.flip, request.focal) == (64, True, None)


def test_preprocess_without_a_field(trainer: Server) -> None:
    body = {key: value for key, value in PREPROCESS.items() if key != "process_dst"}
    assert trainer.client.post("/sdapi/v1/preprocess", json=body).status_code == 422
    lenient(trainer)
    answer = trainer.client.post("/sdapi/v1/preprocess", json=body)
    assert answer.json() == {"info": "preprocess error: invalid token: 'process_dst'"}


def test_figures_are_told_while_a_job_measures_itself(trainer: Server) -> None:
    view = JobView(id="one", progress=Progress(job="train-embedding", batch=1, batch_count=2))
    trainer.jobs.view = view
    assert "figures" not in trainer.client.get("/sdapi/v1/progress").json()
    trainer.jobs.view = replace(view, progress=replace(view.progress, figures={"loss": 0.5}))
    assert trainer.client.get("/sdapi/v1/progress").json()["figures"] == {"loss": 0.5}
    assert trainer.client.get("/sdapi/v1/jobs/one").json()["figures"] == {"loss": 0.5}
