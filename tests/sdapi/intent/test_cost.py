"""Requests that can't fit into an engine's memory are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import OverBudget
from pipelines.contract.limits import cost_of
from pipelines.contract.requests import GenerationRequest, Hires, Img2Img, Seeds
from sdapi.http.limits import Limits
from sdapi.intent.cost import check_memory
from tests.sdapi.conftest import MakeServer


def request(**changes: Any) -> GenerationRequest:
    """A quarter of a megapixel, 20 steps."""
    values: dict[str, Any] = {"checkpoint": "/gone", "width": 500, "height": 500, "steps": 20, **changes}
    return GenerationRequest(seeds=Seeds(seed=1, subseed=2), **values)


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, 5),
        ({"batch_size": 2, "batch_count": 3}, 30),
        ({"img2img": Img2Img(images=(b"",)), "denoising_strength": 0.5}, 2.5),
        ({"hires": Hires(scale=2), "denoising_strength": 0.5}, 5 + 10),
        ({"hires": Hires(scale=2, steps=10), "denoising_strength": 1.0}, 5 + 10),
    ],
)
def test_cost_is_megapixels_times_steps(changes: dict[str, Any], cost: float) -> None:
    assert cost_of(request(**changes)) == pytest.approx(cost, rel=0.05)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": 150}, "steps"),
        ({"n_iter": 8}, "n_iter"),
        ({"batch_size": 8}, "batch_size"),
        ({"width": 4096}, "width"),
        ({"enable_hr": True, "hr_scale": 4}, "hr_scale"),
    ],
)
def test_too_much_is_refused_and_says_where(
    body: dict[str, Any], field: str, make_server: MakeServer
) -> None:
    server = make_server(max_cost=20)
    answer = server.client.post("/sdapi/v1/txt2img", json={"steps": 20, **body})
    assert answer.status_code == 422
    assert answer.json()["errors"].startswith(f"{field}: the request's cost is")
    assert server.jobs.submitted == []
    assert server.client.post("/sdapi/v1/txt2img", json={"steps": 20}).status_code == 200
    assert make_server().client.post("/sdapi/v1/txt2img", json={"steps": 20, **body}).status_code == 200


def test_a_checkpoint_beyond_the_budget_is_refused_before_it_waits(models_dir: Path) -> None:
    path = str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    check_memory(request(checkpoint=path), Limits(ram=20))
    with pytest.raises(OverBudget, match=r"tiny-sd1.safetensors takes .* MiB of RAM") as error:
        check_memory(request(checkpoint=path), Limits(ram=20, full_precision=True))
    assert error.value.field == "checkpoint"
    check_memory(request(), Limits(ram=1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"width": 4000}, "width"),
        ({"batch_size": 64}, "batch_size"),
        ({"hires": Hires(scale=4)}, "hires.scale"),
    ],
)
def test_pictures_beyond_the_device_are_refused(
    changes: dict[str, Any], field: str, models_dir: Path
) -> None:
    path = str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    check_memory(request(checkpoint=path), Limits(vram=400))
    with pytest.raises(OverBudget, match="at least") as error:
        check_memory(request(checkpoint=path, **changes), Limits(vram=400))
    assert error.value.field == field


@pytest.mark.parametrize("content", [None, b"", b"no checkpoint"])
def test_what_is_no_checkpoint_is_the_engines_to_refuse(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "odd.safetensors"
    if content is not None:
        path.write_bytes(content)
    check_memory(request(checkpoint=str(path), width=4000), Limits(vram=1, ram=1))
