"""Training as a job of a real server: watched, waited for, killed, cancelled; the model stays as it was."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import torch

from tests.running import running

RECORDED = Path(__file__).resolve().parents[1] / "data" / "training"
RECORDINGS: Mapping[str, Any] = json.loads((RECORDED / "requests.json").read_text("utf-8"))
IN_THE_ENGINE = (
    *("create-embedding-exists", "create-hypernetwork-exists"),
    *("train-embedding-data_root-no-pictures", "train-embedding-create-and-save-0"),
)
"""Recorded requests with faults that only an engine finds."""
STEPS, EVERY = 60, 8
PATIENCE = 120.0
"""Seconds that anything may take."""
PICTURE = {"prompt": "a red circle", "width": 64, "height": 64, "steps": 2, "seed": 7, "cfg_scale": 1}
FIGURES = {"loss", "learn_rate", "seconds_per_step", "seconds_left"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the pictures and templates of the recordings in ``work``."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(RECORDED / "inputs", folder / "work")
    (folder / "work" / "none").mkdir()
    return folder


@pytest.fixture(scope="module")
def trainer(root: Path, models_dir: Path, data: Path) -> Iterator[httpx.Client]:
    """A server that may read and write there, and writes every step's loss."""
    folders = {
        "allow-outdir": data / "work",
        "textual-inversion-templates-dir": data / "work" / "templates",
        "embeddings-dir": data / "embeddings",
        "hypernetwork-dir": data / "models" / "hypernetworks",
    }
    flags = [word for name, folder in folders.items() for word in (f"--{name}", str(folder))]
    with running(root, models_dir, data, threads=1, flags=flags) as client:
        client.post("/sdapi/v1/options", json={"training_write_csv_every": 1}).raise_for_status()
        yield client


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


def create(client: httpx.Client, name: str) -> None:
    body = {"name": name, "num_vectors_per_token": 2, "overwrite_old": False, "init_text": "red circle"}
    client.post("/sdapi/v1/create/embedding", json=body).raise_for_status()


def train(client: httpx.Client, data: Path, name: str, steps: int) -> httpx.Response:
    """Send the training of an embedding, as job of its name, and wait for its end."""
    body = dict(RECORDINGS["base"]["/sdapi/v1/train/embedding"])
    body |= {"id_task": name, "embedding_name": name, "steps": steps, "seed": 5}
    body |= {"data_root": str(data / "work" / "pics"), "log_directory": "textual_inversion"}
    body |= {"template_filename": "subject_filewords.txt", "save_embedding_every": EVERY}
    return client.post("/sdapi/v1/train/embedding", json=body)


def job(client: httpx.Client, name: str) -> Mapping[str, Any]:
    answer = client.get(f"/sdapi/v1/jobs/{name}")
    return answer.json() if answer.status_code == 200 else {}


def figures(client: httpx.Client, name: str) -> Mapping[str, float]:
    return job(client, name).get("figures") or {}


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def steps_made(client: httpx.Client, name: str) -> int:
    """Of the job that runs, as A1111 counts."""
    answer = client.get("/sdapi/v1/progress", params={"id_task": name}).json()
    return answer["state"]["job_no"] if "figures" in answer else 0


def losses(data: Path, name: str) -> list[list[str]]:
    (file,) = (data / "textual_inversion").rglob(f"{name}/textual_inversion_loss.csv")
    return [line.split(",") for line in file.read_text("utf-8").splitlines()[1:]]


def engine_of(data: Path) -> psutil.Process:
    """The engine of the server that has this data folder."""
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if str(data) in process.cmdline():
                return process.children()[0]
    raise AssertionError("there is no engine")


def test_a_run_is_watched_and_pictures_wait_for_it(
    trainer: httpx.Client, data: Path, threads: ThreadPoolExecutor
) -> None:
    before = trainer.post("/sdapi/v1/txt2img", json=PICTURE).json()["images"]
    create(trainer, "watched")
    run: Future[httpx.Response] = threads.submit(train, trainer, data, "watched", STEPS)
    until(lambda: steps_made(trainer, "watched") > 1)
    told = trainer.get("/sdapi/v1/progress").json()
    assert (told["state"]["job"], told["state"]["job_count"]) == ("train-embedding", STEPS)
    assert told["textinfo"].startswith("\n<p>\nLoss: ")
    assert set(told["figures"]) == set(figures(trainer, "watched")) == FIGURES
    asked = {**PICTURE, "force_task_id": "waits"}
    picture: Future[httpx.Response] = threads.submit(trainer.post, "/sdapi/v1/txt2img", json=asked)
    seen: list[Mapping[str, Any]] = []
    with trainer.stream("GET", "/sdapi/v1/jobs/watched/events") as events:
        for line in events.iter_lines():
            if line.startswith("data: "):
                item = json.loads(line.removeprefix("data: "))
                seen.append(item)
                if item.get("state") == "running":
                    assert job(trainer, "waits").get("state", "queued") == "queued"
    assert seen[-1]["state"] == "done"
    assert any(set(item.get("figures") or ()) == FIGURES for item in seen)
    left = [item["figures"]["seconds_left"] for item in seen if item.get("figures")]
    assert left[-1] <= left[0]
    assert run.result().json()["info"].endswith("watched.pt error: None")
    assert picture.result().json()["images"] == before


def test_an_engine_that_is_killed_goes_on_from_the_last_save(
    trainer: httpx.Client, data: Path, threads: ThreadPoolExecutor
) -> None:
    create(trainer, "killed")
    run = threads.submit(train, trainer, data, "killed", STEPS)
    until(lambda: steps_made(trainer, "killed") > EVERY + 2)
    engine_of(data).kill()
    answer = run.result()
    assert answer.status_code == 200, answer.text
    (warning,) = answer.json()["warnings"]
    step = int(warning.removeprefix("the run broke off and went on from step "))
    assert step >= EVERY - 1
    assert (step + 1) % EVERY == 0
    assert [int(row[0]) for row in losses(data, "killed")] == list(range(1, STEPS + 1))
    assert torch.load(data / "embeddings" / "killed.pt", weights_only=True)["step"] == STEPS
    assert job(trainer, "killed")["attempts"] == 2


def test_a_cancelled_run_leaves_its_last_save(
    trainer: httpx.Client, data: Path, threads: ThreadPoolExecutor
) -> None:
    before = trainer.post("/sdapi/v1/txt2img", json=PICTURE).json()["images"]
    create(trainer, "cancelled")
    run = threads.submit(train, trainer, data, "cancelled", 100_000)
    until(lambda: steps_made(trainer, "cancelled") > EVERY)
    assert trainer.delete("/sdapi/v1/jobs/cancelled").json()["changed"]
    assert 400 <= run.result().status_code < 500
    assert job(trainer, "cancelled")["state"] == "cancelled"
    saves = sorted((data / "textual_inversion").rglob("cancelled-*.pt"))
    record = torch.load(saves[0], weights_only=True)
    assert record["step"] == EVERY - 1
    (data / "embeddings" / "cancelled.pt").write_bytes(saves[0].read_bytes())
    trainer.post("/sdapi/v1/refresh-embeddings").raise_for_status()
    used = trainer.post("/sdapi/v1/txt2img", json={**PICTURE, "prompt": "a cancelled"}).json()
    assert "TI hashes" in used["info"]
    assert trainer.post("/sdapi/v1/txt2img", json=PICTURE).json()["images"] == before


def put(value: Any, data: Path) -> Any:
    """A recorded value with this machine's folders."""
    text = json.dumps(value).replace("<work>", str(data / "work")).replace("<data>", str(data))
    return json.loads(text)


@pytest.mark.parametrize("name", IN_THE_ENGINE)
def test_recorded_faults_that_an_engine_finds(name: str, trainer: httpx.Client, data: Path) -> None:
    """As the original hides them with the option, as 4xx that name the field without it."""
    (case,) = (case for case in RECORDINGS["cases"] if case["case"] == name)
    for kind in ("embedding", "hypernetwork"):
        path = f"/sdapi/v1/create/{kind}"
        trainer.post(path, json=RECORDINGS["base"][path]).raise_for_status()
    body = put({**RECORDINGS["base"][case["path"]], **case["set"]}, data)
    trainer.post("/sdapi/v1/options", json={"training_lenient": True}).raise_for_status()
    answer = trainer.post(case["path"], json=body).json()
    trainer.post("/sdapi/v1/options", json={"training_lenient": False}).raise_for_status()
    moment = re.compile(r"[0-9-]{10,}")
    assert moment.sub("", answer["info"]) == moment.sub("", put(case["response"], data)["info"])
    strict = trainer.post(case["path"], json=body)
    if "create-and-save" in name:
        assert strict.status_code == 200  # no fault: the folder is made
    else:
        assert strict.status_code == 422
        assert next(iter(case["set"])) in strict.text
