"""Control-LoRA and difference files: the network that comes of them and the checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from safetensors.torch import save_file
from torch import Tensor

from extensions.controlnet.control.networks.control_lora import load_control_lora
from extensions.controlnet.control.networks.network import load_control_network
from extensions.controlnet.units.detect import ControlKind, detect
from extensions.controlnet.units.tensor_names import ldm_name
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.families.model import LoadedModel
from tests.extensions.controlnet import tiny

RANK = 3
OWN = ("input_hint_block.", "zero_convs.", "middle_block_out.")


def control_net(model: LoadedModel) -> ControlNetModel:
    """A ControlNet that isn't far from the model's encoder."""
    torch.manual_seed(2)
    network = ControlNetModel.from_unet(model.unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
    for parameter in network.parameters():
        parameter.data += torch.randn(parameter.shape) * 0.05
    return network.eval().requires_grad_(False)


def ldm_tensors(module: torch.nn.Module) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for name, tensor in module.named_parameters():
        owner, _, kind = name.rpartition(".")
        found[f"{ldm_name(owner)}.{kind}"] = tensor.detach()
    return found


def outputs(network: ControlNetModel, model: LoadedModel, hint: Tensor) -> list[Tensor]:
    call = tiny.tiny_call(model)
    skips, middle = network(
        call.x,
        call.timesteps,
        encoder_hidden_states=call.context,
        class_labels=call.vector,
        controlnet_cond=hint.expand(2, -1, -1, -1),
        return_dict=False,
    )
    return [*skips, middle]


def lora_of(network: ControlNetModel) -> dict[str, Tensor]:
    """A file that changes every second weight by a low rank, and holds norms and biases whole."""
    tensors: dict[str, Tensor] = {"lora_controlnet": torch.zeros(1)}
    for number, (name, tensor) in enumerate(ldm_tensors(network).items()):
        module = name.removesuffix(".weight")
        if name.startswith(OWN) or name.endswith("bias") or tensor.ndim == 1:
            tensors[name] = tensor.clone()
        elif number % 4 < 2:
            tail = tensor.shape[2:]
            tensors[f"{module}.up"] = torch.randn(tensor.shape[0], RANK, *[1] * len(tail)) * 0.1
            tensors[f"{module}.down"] = torch.randn(RANK, *tensor.shape[1:]) * 0.1
    return tensors


@pytest.mark.parametrize("sdxl", [False, True])
def test_a_control_lora_is_the_unet_plus_low_ranks(tmp_path: Path, sdxl: bool) -> None:
    model = tiny.tiny_model(sdxl=sdxl)
    network = control_net(model)
    tensors = lora_of(network)
    assert detect({n: tuple(t.shape) for n, t in tensors.items()}, Path("x")) is ControlKind.CONTROL_LORA
    save_file(tensors, tmp_path / "lora.safetensors")
    loaded = load_control_lora(tmp_path / "lora.safetensors", model, field="f")

    unet = dict(model.unet.named_parameters())
    for name, parameter in network.named_parameters():
        owner, _, kind = name.rpartition(".")
        module = ldm_name(owner)
        if kind == "weight" and f"{module}.{kind}" not in tensors:
            change = torch.zeros_like(parameter)
            if f"{module}.up" in tensors:
                up, down = tensors[f"{module}.up"], tensors[f"{module}.down"]
                change = torch.einsum("or,ri->oi", up.flatten(1), down.flatten(1)).reshape(parameter.shape)
            parameter.copy_(unet[name] + change)
    hint, call = torch.rand(1, 3, 64, 64), tiny.tiny_call(model)
    made = loaded(call.x, hint, call.timesteps, call.context, call.vector)
    wanted = outputs(network, model, hint)
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(made, wanted, strict=True))


def test_a_difference_file_is_added_to_the_unet(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    network = control_net(model)
    own = dict(model.unet.named_parameters())
    tensors = {"difference": torch.zeros(1)}
    for name, tensor in network.named_parameters():
        owner, _, kind = name.rpartition(".")
        tensors[f"{ldm_name(owner)}.{kind}"] = (tensor - own[name] if name in own else tensor).contiguous()
    save_file(tensors, tmp_path / "diff.safetensors")
    loaded = load_control_network(tmp_path / "diff.safetensors", model, field="f")
    hint, call = torch.rand(1, 3, 64, 64), tiny.tiny_call(model)
    made = loaded(call.x, hint, call.timesteps, call.context, call.vector)
    wanted = outputs(network, model, hint)
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(made, wanted, strict=True))


def test_what_does_not_go_with_the_checkpoint_is_refused(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    tensors = lora_of(control_net(model))
    save_file(tensors, tmp_path / "sd1.safetensors")
    with pytest.raises(UnsupportedModel, match="different base models"):
        load_control_lora(tmp_path / "sd1.safetensors", tiny.tiny_model(sdxl=True), field="f")
    half = next(name for name in tensors if name.endswith(".down"))
    del tensors[half]
    save_file(tensors, tmp_path / "half.safetensors")
    with pytest.raises(CorruptFile, match=r"\.down is missing"):
        load_control_lora(tmp_path / "half.safetensors", model, field="f")
