"""Units' fields in requests of every kind: img2img's mask, hires fix, batches, other files."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipelines.contract.errors import CorruptFile, InvalidRequest, UnsupportedModel
from pipelines.contract.requests import Hires, Img2Img, Inpaint, Seeds
from pipelines.engine.engine import Engine
from tests.engines import make_request, pixels
from tests.extensions.controlnet.control_engine import MODELS, control_engine, generate
from tests.extensions.controlnet.drawings import drawing

CONTROL = "tiny-control-canny"


def png(array: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


NOISE = png(np.random.RandomState(0).randint(0, 256, (64, 64, 3)).astype(np.uint8))
MASK = png(np.pad(np.full((32, 32), 255, np.uint8), 16))
ANOTHER = "another base"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("controlnets")
    tensors = load_file(MODELS / "ControlNet" / f"{CONTROL}.safetensors")
    torch.save({"state_dict": tensors}, folder / "wrapped.pth")
    narrow = {n: t[:, :8] if n.endswith("attn2.to_k.weight") else t for n, t in tensors.items()}
    save_file({n: t.contiguous() for n, t in narrow.items()}, folder / f"{ANOTHER}.safetensors")
    save_file({"nothing": torch.zeros(1)}, folder / "unknown.safetensors")
    (folder / "damaged.pth").write_bytes(b"x")
    with control_engine(folder / "data", controlnets=folder) as made:
        yield made


def unit(**values: Any) -> dict[str, Any]:
    return {"image": drawing(), "module": "canny", "model": CONTROL, **values}


def img2img(**changes: Any) -> dict[str, Any]:
    inpaint = Inpaint(mask=MASK, only_masked=False, **changes)
    return {"img2img": Img2Img(images=(NOISE,), inpaint=inpaint), "denoising_strength": 0.8}


def test_the_option_of_hires_fix_counts_with_hires_fix_only(engine: Engine) -> None:
    high = {"hr_option": "High res only"}
    assert np.array_equal(pixels(generate(engine, unit(**high))), pixels(generate(engine, unit())))
    hires: dict[str, Any] = {"hires": Hires(scale=1.5), "denoising_strength": 0.5}
    made = [pixels(generate(engine, unit(hr_option=o), **hires)) for o in ("High res only", "Both")]
    assert not np.array_equal(made[0], made[1])


def test_inpaint_only_leaves_the_mask_to_an_img2img_request(engine: Engine) -> None:
    made = {
        module: generate(engine, unit(image=None, module=module), **img2img())
        for module in ("inpaint", "inpaint_only")
    }
    assert np.array_equal(pixels(made["inpaint"]), pixels(made["inpaint_only"]))
    assert any("counts as inpaint" in warning for warning in made["inpaint_only"].warnings)
    assert "inpaint_only" in str(made["inpaint_only"].info["infotexts"])


@pytest.mark.parametrize(("mask", "blank"), [(png(np.zeros((64, 64), np.uint8)), True), (MASK, False)])
def test_a_blank_mask_is_warned_of(engine: Engine, mask: bytes, blank: bool) -> None:
    result = generate(engine, unit(module="inpaint_only", mask=mask))
    place = "always_on.controlnet.args.0.mask: the mask is blank"
    assert any(warning.startswith(place) for warning in result.warnings) == blank


def test_a_blank_mask_of_the_request_is_warned_of_by_its_name(engine: Engine) -> None:
    inpaint = Inpaint(mask=png(np.zeros((64, 64), np.uint8)), only_masked=False)
    lent: dict[str, Any] = {"img2img": Img2Img(images=(NOISE,), inpaint=inpaint), "denoising_strength": 0.8}
    result = generate(engine, unit(image=None, module="inpaint"), **lent)
    assert any(warning.startswith("mask.picture: the mask is blank") for warning in result.warnings)


def test_pictures_are_encoded_once_for_a_job(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from extensions.controlnet import job_state as extension

    seen: list[tuple[int, ...]] = []
    encode = extension.job_latents

    def counted(job: Any, values: Tensor) -> Tensor:
        seen.append(tuple(values.shape))
        return encode(job, values)

    monkeypatch.setattr(extension, "job_latents", counted)
    two = (
        {"image": drawing(), "module": "reference_only"},
        {"image": drawing(), "module": "reference_adain"},
    )
    generate(engine, *two, batch_count=2)
    assert seen == [(1, 3, 64, 64)]


@pytest.mark.parametrize(("subseed", "strength"), [(5, 0.0), (5, 0.4)])
def test_a_given_subseed_counts_whatever_its_strength(engine: Engine, subseed: int, strength: float) -> None:
    def map_of(seeds: Seeds) -> Any:
        return pixels(generate(engine, unit(module="shuffle"), seeds=seeds), 1)

    given = map_of(Seeds(seed=10, subseed=subseed, subseed_strength=strength))
    assert np.array_equal(given, map_of(Seeds(seed=subseed, subseed=10)))
    random = map_of(Seeds(seed=10, subseed=77, subseed_strength=strength, random_subseed=True))
    assert np.array_equal(random, map_of(Seeds(seed=10, subseed=10)))


def test_files_may_be_wrapped(engine: Engine) -> None:
    assert np.array_equal(pixels(generate(engine, unit(model="wrapped"))), pixels(generate(engine, unit())))


@pytest.mark.parametrize(("model", "error"), [("unknown", UnsupportedModel), ("damaged", CorruptFile)])
def test_files_that_are_something_else_name_the_field(
    engine: Engine, model: str, error: type[InvalidRequest]
) -> None:
    with pytest.raises(error, match=model) as caught:
        generate(engine, unit(model=model))
    assert caught.value.field == "always_on.controlnet.args.0.model"


def test_embeddings_need_an_ip_adapter(engine: Engine) -> None:
    with pytest.raises(InvalidRequest, match="IP-Adapter model") as caught:
        generate(engine, unit(ipadapter_input="AA"))
    assert caught.value.field == "always_on.controlnet.args.0.ipadapter_input"


def test_leniency_reaches_into_the_sampling(engine: Engine) -> None:
    with pytest.raises(InvalidRequest, match="not compatible"):
        generate(engine, unit(model=ANOTHER))
    options = replace(make_request(MODELS).options, extension={"controlnet_lenient": True})
    result = generate(engine, unit(model=ANOTHER), options=options)
    assert len(result.images) == 1
    assert any("made without ControlNet" in warning for warning in result.warnings)
    assert np.array_equal(pixels(result), pixels(generate(engine)))


def test_a_reference_takes_no_region(engine: Engine) -> None:
    region = base64.b64encode(MASK).decode()
    with pytest.raises(InvalidRequest, match="whole picture") as caught:
        generate(engine, {"image": drawing(), "module": "reference_only", "effective_region_mask": region})
    assert caught.value.field == "always_on.controlnet.args.0.effective_region_mask"


def test_passes_of_one_height_and_two_widths(engine: Engine) -> None:
    hires = Hires(resize_x=96, resize_y=64)
    result = generate(engine, unit(), hires=hires, denoising_strength=0.5)
    assert pixels(result).shape == (64, 96, 3)


def test_pictures_of_a_line_are_made_or_refused_by_name(engine: Engine) -> None:
    line = base64.b64encode(png(np.zeros((2, 700, 3), np.uint8))).decode()
    for mode in ("Resize and Fill", "Just Resize"):
        generate(engine, unit(image=line, resize_mode=mode, processor_res=64))
    long = base64.b64encode(png(np.zeros((1, 60000, 3), np.uint8))).decode()
    with pytest.raises(InvalidRequest, match="too large") as caught:
        generate(engine, unit(image=long, processor_res=64))
    assert caught.value.field == "always_on.controlnet.args.0.module"
