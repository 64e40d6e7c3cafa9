"""Ten thousand jobs of every kind on a real server: each is answered, and memory and disk stay flat.

`SDAPI_SOAK_JOBS=300 pytest -m slow tests/e2e/test_soak.py` is a short one, of a minute and a half.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import httpx
import pytest

from tests.running import running

JOBS = int(os.environ.get("SDAPI_SOAK_JOBS", "10000"))
WINDOW = JOBS // 5
"""Jobs that are looked at together: the second fifth, and the last."""
GROWTH = 24 * 2**20
"""Bytes by which the memory that engine and server always hold may differ between the two windows."""
REPORT = max(JOBS // 20, 1)
"""After so many jobs a line is printed."""
DISK_GROWTH = 64 * 2**20
"""The same for the files of the data folder: results of the last jobs are kept, up to a bound."""
CHECKPOINTS = ("soak-a", "soak-b", "soak-c")
LORAS = ("tiny-lora-unet-te", "tiny-lora-conv", "tiny-lokr", "tiny-ia3", "tiny-norm")
SIZES = (64, 96, 128)
MALFORMED: tuple[dict[str, Any], ...] = (
    {"width": "wide"},
    {"steps": 0},
    {"script_name": "no such script"},
    {"width": 3, "height": 10**9},
    {"override_settings": {"sd_vae": {"a": 1}}, "batch_size": -1},
    {"keep_alive": "soon"},
)


@pytest.fixture
def client(root: Path, models_dir: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with three checkpoints."""
    models, data = tmp_path / "models", tmp_path / "data"
    data.mkdir()
    shutil.copytree(models_dir / "Lora", models / "Lora")
    (models / "Stable-diffusion").mkdir()
    for name in CHECKPOINTS:
        source = models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"
        shutil.copy(source, models / "Stable-diffusion" / f"{name}.safetensors")
    with running(root, models, data, threads=1) as client:
        yield client


def stored_bytes(data: Path) -> int:
    """Bytes of the data folder but for saved pictures, which nobody asked for here."""
    return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())


class Soak:
    """Draws jobs at random, from a fixed seed, and sees each to its end."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.random = Random(0)
        self.picture = ""

    def body(self, **more: Any) -> dict[str, Any]:
        """A small request of any size on any checkpoint, half of them with networks."""
        networks = self.random.sample(LORAS, self.random.choice((0, 0, 1, 2)))
        tags = "".join(f"<lora:{name}:{self.random.choice((0.5, 1))}>" for name in networks)
        return {
            "prompt": f"a red circle {self.random.randrange(50)} {tags}",
            "seed": self.random.randrange(1000),
            "steps": self.random.choice((1, 2)),
            "width": self.random.choice(SIZES),
            "height": self.random.choice(SIZES),
            "override_settings": {"sd_model_checkpoint": self.random.choice(CHECKPOINTS)},
            **more,
        }

    def text(self) -> None:
        """txt2img, sometimes two pictures, hires fix, or models that leave after it."""
        more: dict[str, Any] = self.random.choice(
            ({}, {}, {"batch_size": 2}, {"enable_hr": True, "hr_scale": 1.5}, {"keep_alive": 0})
        )
        self.picture = self.post("txt2img", self.body(**more))["images"][0]

    def image(self) -> None:
        """img2img from the last picture."""
        body = self.body(init_images=[self.picture], denoising_strength=0.6)
        self.post("img2img", body)

    def enlarged(self) -> None:
        """Extras: the last picture, larger, through a filter."""
        body = {"image": self.picture, "upscaler_1": "Lanczos", "upscaling_resize": 2}
        assert self.post("extra-single-image", body)["image"]

    def looked_at(self) -> None:
        """The last picture's parameters, and a map of it."""
        assert "Steps" in self.post("png-info", {"image": self.picture})["info"]
        body = {"controlnet_module": "canny", "controlnet_input_images": [self.picture]}
        answer = self.client.post("/controlnet/detect", json=body)
        assert answer.status_code == 200, answer.text

    def interrupted(self) -> None:
        """A long job that is ended or given up once it runs."""
        answer = self.client.post("/sdapi/v1/txt2img?async=true", json=self.body(steps=150))
        job = answer.json()["links"]["job"]
        while self.client.get(job).json()["state"] == "queued":
            time.sleep(0.01)
        cancel = self.random.random() < 0.5
        if cancel:
            self.client.delete(job)
        else:
            self.client.post("/sdapi/v1/interrupt", params={"id_task": answer.json()["id"]})
        while (state := self.client.get(job).json()["state"]) == "running":
            time.sleep(0.01)
        assert state in ({"cancelled", "done"} if cancel else {"done"})

    def malformed(self) -> None:
        """A request that is refused."""
        answer = self.client.post("/sdapi/v1/txt2img", json=self.body(**self.random.choice(MALFORMED)))
        assert 400 <= answer.status_code < 500, answer.text

    def fooocus(self) -> None:
        """A picture by Fooocus-API, in two of its steps."""
        body = {
            "prompt": f"a red circle {self.random.randrange(50)}",
            "base_model_name": f"{self.random.choice(CHECKPOINTS)}.safetensors",
            "aspect_ratios_selection": "64*64",
            "image_seed": self.random.randrange(1000),
            "advanced_params": {"overwrite_step": 2},
            "style_selections": [],
            "loras": [],
        }
        answer = self.client.post("/v1/generation/text-to-image", json=body)
        assert answer.status_code == 200, answer.text
        assert [picture["finish_reason"] for picture in answer.json()] == ["SUCCESS"], answer.text

    def swarm(self) -> None:
        """A picture by SwarmUI's API, each in a session of its own."""
        session = self.client.post("/API/GetNewSession", json={}).json()["session_id"]
        body = {"session_id": session, "images": 1, "prompt": "a red circle", "steps": 2, "donotsave": True}
        answer = self.client.post("/API/GenerateText2Image", json={**body, "width": 64, "height": 64})
        assert answer.status_code == 200 and answer.json()["images"], answer.text

    def graph(self) -> None:
        """A graph of one node by InvokeAI's API."""
        number = self.random.randrange(1000)
        node = {"id": "sum", "type": "add", "a": number, "b": 1}
        batch = {"graph": {"id": "graph", "nodes": {"sum": node}, "edges": []}, "runs": 1}
        answer = self.client.post("/api/v1/queue/default/enqueue_batch", json={"batch": batch})
        assert answer.status_code == 200, answer.text
        item = f"/api/v1/queue/default/i/{answer.json()['item_ids'][0]}"
        while (found := self.client.get(item).json())["status"] in ("pending", "in_progress"):
            time.sleep(0.01)
        assert found["status"] == "completed", found
        assert [result["value"] for result in found["session"]["results"].values()] == [number + 1]

    def post(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        """A request that must succeed."""
        answer = self.client.post(f"/sdapi/v1/{route}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def memory(self) -> tuple[float, float]:
        """Bytes of RAM of server and engine."""
        text = self.client.get("/metrics").text
        found = re.findall(r"^sdapi_(server|engine)_rss_bytes(?:{.*})? (\S+)$", text, re.MULTILINE)
        assert len(found) == 2
        by_name = {name: float(size) for name, size in found}
        return by_name["server"], by_name["engine"]


def held(sizes: Sequence[tuple[float, float]]) -> float:
    """Bytes that server and engine hold at their least: their lowest tenth.

    A heap swings by tens of MiB as models come and go; what leaks raises its floor, too.
    """
    return quantiles([sum(pair) for pair in sizes], n=10)[0]


def line(sizes: Sequence[tuple[float, float]]) -> str:
    """Describe the processes' memory since the last report."""
    server, engine = ([pair[index] / 2**20 for pair in sizes] for index in (0, 1))
    of = " ".join(
        f"{name} {min(s):.0f} {median(s):.0f} {max(s):.0f}"
        for name, s in (("server", server), ("engine", engine))
    )
    return f"MiB, least, median and most: {of}"


@pytest.mark.slow
def test_memory_and_disk_are_flat_over_ten_thousand_jobs(client: httpx.Client, tmp_path: Path) -> None:
    soak = Soak(client)
    body = soak.body(prompt="the same again <lora:tiny-lokr:1>", seed=1)
    first = soak.post("txt2img", body)["images"]
    soak.text()
    dialects = [soak.fooocus, soak.swarm, soak.graph]
    once = [soak.enlarged, soak.looked_at, soak.interrupted, soak.malformed, *dialects]
    kinds: list[Callable[[], None]] = [*[soak.text] * 6, *[soak.image] * 2, *once]
    started, sizes, stored = time.monotonic(), list[tuple[float, float]](), list[int]()
    for count in range(1, JOBS + 1):
        soak.random.choice(kinds)()
        sizes.append(soak.memory())
        stored.append(stored_bytes(tmp_path / "data"))
        if count % REPORT == 0:
            print(f"{count} jobs in {time.monotonic() - started:.0f} s; {line(sizes[-REPORT:])}", flush=True)
    before, after = held(sizes[WINDOW : 2 * WINDOW]), held(sizes[-WINDOW:])
    seconds = time.monotonic() - started
    print(f"{JOBS} jobs in {seconds:.0f} s; {before / 2**20:.0f} MiB, then {after / 2**20:.0f} MiB")
    assert after - before < GROWTH
    kept = median(stored[WINDOW : 2 * WINDOW]), median(stored[-WINDOW:])
    print(f"on disk {kept[0] / 2**20:.1f} MiB, then {kept[1] / 2**20:.1f} MiB")
    assert kept[1] - kept[0] < DISK_GROWTH
    assert soak.post("txt2img", body)["images"] == first
    assert client.get("/sdapi/v1/progress").json()["state"]["job_count"] == 0
