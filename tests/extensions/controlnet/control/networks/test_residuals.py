"""A unit's residuals, against diffusers' ControlNetModel on the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.embeddings import get_timestep_embedding
from safetensors.torch import save_file
from torch import Tensor

from extensions.controlnet.control.injection.inject import unit_residuals
from extensions.controlnet.control.networks.network import ControlNetwork, load_control_network
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.spellings import ControlMode
from extensions.controlnet.units.tensor_names import ldm_name
from pipelines.denoising.model_call import ModelCall
from pipelines.families.model import LoadedModel, Residuals
from tests.extensions.controlnet import tiny

POOLED_WIDTH, TIME_WIDTH, TIMES = 64, 32, 6
RAMP = (
    *(0.825**12, 0.825**11, 0.825**10, 0.825**9, 0.825**8, 0.825**7, 0.825**6, 0.825**5),
    *(0.825**4, 0.825**3, 0.825 * 0.825, 0.825, 1.0),
)


def published_network(*, sdxl: bool, pooled: bool = False) -> ControlNetModel:
    """As diffusers configures the networks it publishes: SDXL's vector is pooled text and sizes."""
    shared: dict[str, Any] = {
        "conditioning_embedding_out_channels": (16, 32, 96, 256),
        "layers_per_block": 2,
        "global_pool_conditions": pooled,
    }
    if not sdxl:
        network = ControlNetModel(
            block_out_channels=tiny.SD1_WIDTHS,
            cross_attention_dim=tiny.CONTEXT,
            attention_head_dim=8,
            **shared,
        )
        return tiny.randomised(network, seed=5)
    network = ControlNetModel(
        block_out_channels=tiny.SDXL_WIDTHS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        cross_attention_dim=tiny.SDXL_CONTEXT,
        transformer_layers_per_block=(1, 1, 2),
        attention_head_dim=(1, 1, 1),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_WIDTH,
        projection_class_embeddings_input_dim=POOLED_WIDTH + TIMES * TIME_WIDTH,
        **shared,
    )
    return tiny.randomised(network, seed=5)


def write_ldm(network: ControlNetModel, path: Path) -> Path:
    """The weights as the original repository stores them."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in network.state_dict().items():
        owner, _, kind = name.rpartition(".")
        tensors[f"control_model.{ldm_name(owner)}.{kind}"] = tensor.contiguous()
    save_file(tensors, path)
    return path


def expected(
    network: ControlNetModel, call: ModelCall, unit: PreparedUnit, scale: float = 1.0
) -> list[Tensor]:
    """diffusers' residuals, the middle's last."""
    added: dict[str, Tensor] | None = None
    if call.vector is not None:
        sizes = torch.tensor([64.0, 64.0, 0.0, 8.0, 64.0, 72.0])
        fourier = get_timestep_embedding(sizes, TIME_WIDTH, flip_sin_to_cos=True, downscale_freq_shift=0)
        call.vector[:, POOLED_WIDTH:] = fourier.flatten()
        added = {
            "text_embeds": call.vector[:, :POOLED_WIDTH],
            "time_ids": sizes.expand(len(call.x), -1),
        }
    with torch.no_grad():
        skips, middle = network(
            call.x,
            call.timesteps,
            encoder_hidden_states=call.context,
            controlnet_cond=unit.hint(hires=False).expand(len(call.x), -1, -1, -1),
            conditioning_scale=scale,
            added_cond_kwargs=added,
            return_dict=False,
        )
    return [*skips, middle]


def prepared(
    folder: Path, *, sdxl: bool, name: str = "canny", pooled: bool = False
) -> tuple[LoadedModel, ControlNetwork, ControlNetModel]:
    """A model, our network beside it and diffusers'."""
    theirs = published_network(sdxl=sdxl, pooled=pooled)
    model = tiny.tiny_model(sdxl=sdxl)
    path = write_ldm(theirs, folder / f"control_{name}.safetensors")
    return model, load_control_network(path, model, field="args.0.model"), theirs


def assert_close(ours: list[Tensor], theirs: list[Tensor]) -> None:
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other.expand_as(mine), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sdxl", [False, True])
@pytest.mark.parametrize("weight", [1.0, 0.35, 2.0])
def test_balanced_units_add_what_diffusers_adds(tmp_path: Path, sdxl: bool, weight: float) -> None:
    model, ours, theirs = prepared(tmp_path, sdxl=sdxl)
    call, unit = tiny.tiny_call(model, rows=(True, True, False)), tiny.tiny_unit(weight=weight)
    wanted = expected(theirs, call, unit, scale=weight)
    assert len(wanted) == (10 if sdxl else 13)
    assert min(float(tensor.abs().max()) for tensor in wanted) > 1e-3
    assert_close(unit_residuals(unit, ours, call, hires=False), wanted)


@pytest.mark.parametrize("sdxl", [False, True])
def test_prompt_mode_softens_the_shallow_layers_for_all_rows(tmp_path: Path, sdxl: bool) -> None:
    model, ours, theirs = prepared(tmp_path, sdxl=sdxl)
    call, unit = tiny.tiny_call(model), tiny.tiny_unit(weight=0.8, control_mode=ControlMode.PROMPT)
    # SDXL's ten outputs take the ramp's first ten values
    wanted = [0.8 * k * t for k, t in zip(RAMP, expected(theirs, call, unit), strict=False)]
    assert_close(unit_residuals(unit, ours, call, hires=False), wanted)


@pytest.mark.parametrize("sdxl", [False, True])
def test_control_mode_leaves_the_negative_prompt_alone(tmp_path: Path, sdxl: bool) -> None:
    model, ours, theirs = prepared(tmp_path, sdxl=sdxl)
    rows = (True, False, True, False)
    call, unit = tiny.tiny_call(model, rows=rows), tiny.tiny_unit(control_mode=ControlMode.CONTROL)
    spared = torch.tensor(rows).float()[:, None, None, None]
    wanted = [k * t * spared for k, t in zip(RAMP, expected(theirs, call, unit), strict=False)]
    made = unit_residuals(unit, ours, call, hires=False)
    assert_close(made, wanted)
    assert all(bool((tensor[1] == 0).all()) for tensor in made)


def test_shuffle_networks_are_pooled_and_spare_the_negative_prompt(tmp_path: Path) -> None:
    model, ours, theirs = prepared(tmp_path, sdxl=False, name="v11e_sd15_shuffle", pooled=True)
    call, unit = tiny.tiny_call(model), tiny.tiny_unit("shuffle", weight=0.6)
    wanted = [t * torch.tensor([1.0, 0.0])[:, None, None, None] for t in expected(theirs, call, unit, 0.6)]
    made = unit_residuals(unit, ours, call, hires=False)
    assert all(tensor.shape[2:] == (1, 1) for tensor in made)
    assert_close(made, wanted)


def test_pooled_residuals_reach_every_pixel_of_the_unet(tmp_path: Path) -> None:
    model, ours, _ = prepared(tmp_path, sdxl=False, name="shuffle")
    call = tiny.tiny_call(model)
    made = unit_residuals(tiny.tiny_unit("shuffle"), ours, call, hires=False)
    network = load_control_network(ours.path.rename(tmp_path / "plain.safetensors"), model, field="model")
    sizes = [t.shape for t in unit_residuals(tiny.tiny_unit(), network, call, hires=False)]
    spread = [tensor.expand(size) for tensor, size in zip(made, sizes, strict=True)]
    outputs = [
        model.predict(
            call.x, call.timesteps, call.context, residuals=Residuals(skips=some[:-1], middle=some[-1])
        )
        for some in (made, spread)
    ]
    torch.testing.assert_close(outputs[0], outputs[1])
    assert not torch.allclose(outputs[0], model.predict(call.x, call.timesteps, call.context))


@pytest.mark.parametrize("sdxl", [False, True])
def test_advanced_weights_replace_weight_and_mode(tmp_path: Path, sdxl: bool) -> None:
    model, ours, theirs = prepared(tmp_path, sdxl=sdxl)
    given = tuple(0.1 * (i + 1) for i in range(10 if sdxl else 13))
    unit = tiny.tiny_unit(weight=0.2, control_mode=ControlMode.PROMPT, advanced_weighting=given)
    call = tiny.tiny_call(model)
    wanted = [k * t for k, t in zip(given, expected(theirs, call, unit), strict=True)]
    assert_close(unit_residuals(unit, ours, call, hires=False), wanted)
