"""Reference units: the picture's own features steer self-attention and feature statistics.

For every model call the reference, noised to the same level, passes the UNet once; the inputs and statistics
of its blocks are kept in banks, which the call itself reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn

from extensions.controlnet.control.injection.inject import prompt_rows, shares_at
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.effects import ReferenceEffect
from extensions.controlnet.units.spellings import ControlMode
from pipelines.plugin import ModelCall

SPREAD_FLOOR = 1e-6
FOUR_LEVELS = (4, 5, 7, 8, 10, 11), tuple(range(8))
"""Blocks whose statistics are steered, as LDM counts them: down, up."""
THREE_LEVELS = (4, 5, 7, 8), tuple(range(6))


@dataclass(slots=True)
class Bank:
    """Values of the references at one block, and the style fidelity of each."""

    values: list[Any] = field(default_factory=list[Any])
    fidelities: list[float] = field(default_factory=list[float])

    def add(self, value: object, fidelity: float) -> None:
        """Keep a value with its fidelity."""
        self.values.append(value)
        self.fidelities.append(fidelity)

    @property
    def fidelity(self) -> float:
        """The mean; 1 spares the negative prompt's rows, 0 treats all rows alike."""
        return sum(self.fidelities) / len(self.fidelities)


@dataclass(slots=True, kw_only=True)
class Reference:
    """One call's references; entered around the UNet. ``latents`` and ``units`` go together."""

    call: ModelCall
    units: Sequence[PreparedUnit]
    latents: Sequence[Callable[[], Tensor]]
    hires: bool
    generator: torch.Generator
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> object:
        """Fill the banks, then have the blocks read them."""
        unet = self.call.model.unet
        attention = {block: Bank() for block in transformer_blocks(unet)}
        norms = {preprocessor: Bank() for preprocessor, _ in gated_modules(unet)}
        for unit, latent in zip(self.units, self.latents, strict=True):
            fidelity = style_fidelity(unit, hires=self.hires, softened=has_three_levels(unet))
            with ExitStack() as writing:
                _write_attention(writing, attention, unit, fidelity)
                _write_norms(writing, unet, norms, unit, fidelity)
                self._pass(latent())
        _read_attention(self.stack, attention, self.call.rows.is_cond)
        _read_norms(self.stack, norms, prompt_rows(self.call, self.call.model.device))
        return self

    def __exit__(self, *error: object) -> None:
        """Put the blocks back."""
        self.stack.close()

    def _pass(self, latent: Tensor) -> None:
        """The noised reference through the UNet."""
        call, model = self.call, self.call.model
        latent = latent.to(model.device).expand(len(call.x), -1, -1, -1)
        noise = torch.randn(latent.shape, generator=self.generator, dtype=torch.float32).to(latent)
        signal, rest = shares_at(call)
        x = signal.to(latent.dtype) * latent + rest.to(latent.dtype) * noise
        if call.x.shape[1] > x.shape[1]:
            mask = torch.zeros_like(x[:, :1])
            x = torch.cat([x, mask, latent], dim=1)[:, : call.x.shape[1]]
        model.predict(x, call.timesteps, call.context, call.vector, hooked=True)


def style_fidelity(unit: PreparedUnit, *, hires: bool, softened: bool) -> float:
    """The unit's slider A as control mode, pass and shape of the UNet change it."""
    if unit.unit.control_mode is ControlMode.PROMPT or hires:
        return 0.0
    if unit.unit.control_mode is ControlMode.CONTROL:
        return 1.0
    value = min(max(unit.unit.threshold_a, 0.0), 1.0)
    return value**3 if softened else value


def has_three_levels(unet: UNet2DConditionModel) -> bool:
    """True for SDXL's three levels in place of four: other blocks are steered then, and less."""
    return len(unet.config["block_out_channels"]) == 3


def transformer_blocks(unet: UNet2DConditionModel) -> list[BasicTransformerBlock]:
    """All transformer blocks, widest first, in order of evaluation among equals."""
    mid = cast("nn.Module", unet.mid_block)
    parts: tuple[nn.Module, ...] = (*unet.down_blocks, mid, *unet.up_blocks)
    blocks = [m for part in parts for m in part.modules() if isinstance(m, BasicTransformerBlock)]
    return sorted(blocks, key=_narrowness)


def _narrowness(block: BasicTransformerBlock) -> int:
    return -int(cast("nn.LayerNorm", block.norm1).normalized_shape[0])


def gated_modules(unet: UNet2DConditionModel) -> list[tuple[nn.Module, float]]:
    """The blocks whose statistics are taken over, each with the weight that a unit must exceed."""
    inputs, outputs = THREE_LEVELS if has_three_levels(unet) else FOUR_LEVELS
    found: list[tuple[nn.Module, float]] = [(cast("nn.Module", unet.mid_block), 0.0)]
    found += [(_input(unet, i), (1.0 - j / len(inputs)) * 2) for j, i in enumerate(inputs)]
    found += [(_output(unet, i), j / len(outputs) * 2) for j, i in enumerate(outputs)]
    return found


def _input(unet: UNet2DConditionModel, index: int) -> nn.Module:
    return _last(unet.down_blocks[(index - 1) // 3], (index - 1) % 3)


def _output(unet: UNet2DConditionModel, index: int) -> nn.Module:
    block: Any = unet.up_blocks[index // 3]
    if index % 3 == 2 and block.upsamplers is not None:
        upsampler: nn.Module = block.upsamplers[0]
        return upsampler
    return _last(block, index % 3)


def _last(block: Any, index: int) -> nn.Module:
    attentions = getattr(block, "attentions", None)
    return attentions[index] if attentions else block.resnets[index]


def _write_attention(
    stack: ExitStack, banks: dict[BasicTransformerBlock, Bank], unit: PreparedUnit, fidelity: float
) -> None:
    if not (isinstance(unit.effect, ReferenceEffect) and unit.effect.attention):
        return
    for rank, (block, bank) in enumerate(banks.items()):
        if unit.unit.weight <= rank / len(banks):
            continue

        def keep(
            preprocessor: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], bank: Bank = bank
        ) -> None:
            bank.add((args[0] if args else kwargs["hidden_states"]).detach().clone(), fidelity)

        handle = block.attn1.register_forward_pre_hook(keep, with_kwargs=True)
        stack.callback(handle.remove)


def _write_norms(
    stack: ExitStack,
    unet: UNet2DConditionModel,
    banks: dict[nn.Module, Bank],
    unit: PreparedUnit,
    fidelity: float,
) -> None:
    if not (isinstance(unit.effect, ReferenceEffect) and unit.effect.statistics):
        return
    for preprocessor, gate in gated_modules(unet):
        if unit.unit.weight <= gate:
            continue

        def keep(owner: nn.Module, args: Any, output: Any, bank: Bank = banks[preprocessor]) -> None:
            value = output[0] if isinstance(output, tuple) else output
            bank.add(torch.var_mean(value, dim=(2, 3), keepdim=True, correction=0), fidelity)

        stack.callback(preprocessor.register_forward_hook(keep).remove)


def _read_attention(
    stack: ExitStack, banks: dict[BasicTransformerBlock, Bank], is_cond: Sequence[bool]
) -> None:
    negative = [row for row, cond in enumerate(is_cond) if not cond]
    for block, bank in banks.items():
        if not bank.values:
            continue
        own = block.attn1.__dict__.get("forward")
        block.attn1.forward = _reading(block.attn1.forward, bank, negative)
        stack.callback(_put_back, block.attn1, own)


def _put_back(attention: nn.Module, own: object) -> None:
    """Undo: ``own`` is what another patch had set on the instance, or None."""
    del attention.__dict__["forward"]
    if own is not None:
        attention.__dict__["forward"] = own


def _reading(inner: Callable[..., Tensor], bank: Bank, negative: Sequence[int]) -> Callable[..., Tensor]:
    def forward(hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        seen = torch.cat([hidden_states, *bank.values], dim=1)
        kwargs["encoder_hidden_states"] = seen
        referred = inner(hidden_states, **kwargs)
        kwargs["encoder_hidden_states"] = None
        spared = referred.clone()
        if negative and bank.fidelity > 1e-5:
            alone = inner(torch.stack([hidden_states[row] for row in negative]), **kwargs)
            for row, values in zip(negative, alone, strict=True):
                spared[row] = values
        return bank.fidelity * spared + (1.0 - bank.fidelity) * referred

    return forward


def _read_norms(stack: ExitStack, banks: dict[nn.Module, Bank], cond: Tensor) -> None:
    for preprocessor, bank in banks.items():
        if not bank.values:
            continue

        def change(owner: nn.Module, args: Any, output: Any, bank: Bank = bank) -> Any:
            if isinstance(output, tuple):
                return (_restyled(output[0], bank, cond), *output[1:])
            return _restyled(output, bank, cond)

        stack.callback(preprocessor.register_forward_hook(change).remove)


def _restyled(x: Tensor, bank: Bank, cond: Tensor) -> Tensor:
    """x with the references' mean and spread per channel."""
    variance, mean = torch.var_mean(x, dim=(2, 3), keepdim=True, correction=0)
    spread = variance.clamp(min=SPREAD_FLOOR).sqrt()
    wanted_variance = sum(v for v, _ in bank.values) / len(bank.values)
    wanted_mean = sum(m for _, m in bank.values) / len(bank.values)
    wanted_spread = cast("Tensor", wanted_variance).clamp(min=SPREAD_FLOOR).sqrt()
    referred = (x - mean) / spread * wanted_spread + wanted_mean
    spared = torch.where(cond, referred, x)
    return bank.fidelity * spared + (1.0 - bank.fidelity) * referred
