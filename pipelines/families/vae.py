"""Pictures to latents and back, in A1111's order of operations and roundings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn

from pipelines.contract.errors import NansProduced, OutOfMemory
from pipelines.families.base import Latents


@dataclass(slots=True, kw_only=True)
class Codec:
    """An autoencoder with the scale of its latents.

    ``nan_check`` guards decoding. On NaN the weights become bf16 (``to_bfloat16_first``, option
    auto_vae_precision_bfloat16) or fp32 (``to_float32``, option auto_vae_precision).
    """

    module: AutoencoderKL
    latents: Latents
    nan_check: bool = True
    to_bfloat16_first: bool = False
    to_float32: bool = True
    warnings: list[str] = field(default_factory=list[str])

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the weights."""
        return next(self.module.parameters()).dtype

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.module.parameters()).device

    def encode(
        self, pictures: Tensor, *, generator: torch.Generator | None = None, together: bool = False
    ) -> Tensor:
        """Draw scaled posterior samples: (B, 3, H, W) in [0, 1] -> (B, C, h, w) in fp32.

        The noise comes from ``generator`` or, without one, from torch's default CPU generator, in the order
        of the pictures; ``together`` encodes the batch in one call with one draw.
        """
        groups: Iterable[Tensor] = (pictures,) if together else pictures.split(1)
        return self.scaled(torch.cat([self._sample(group, generator) for group in groups]))

    def encode_mode(self, pictures: Tensor) -> Tensor:
        """Return the posterior mode, unscaled (for InstructPix2Pix): (B, 3, H, W) in [0, 1] -> fp32."""
        return torch.cat([self.posterior(picture)[0] for picture in pictures.split(1)]).float()

    def posterior(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, not scaled: (B, 3, H, W) in [0, 1] -> two of (B, C, h, w)."""
        pixels = 2 * pictures.to(device=self.device, dtype=self.dtype) - 1
        with torch.no_grad():
            posterior = self._encode_or_tile(pixels)
        mean, logvar = posterior.chunk(2, dim=1)
        return mean, logvar.clamp(-30.0, 20.0)

    def scaled(self, own: Tensor) -> Tensor:
        """Shift and scale the autoencoder's own latents to those that networks take."""
        return (own - self.latents.shift) * self.latents.scale

    def decode(self, latent: Tensor) -> Tensor:
        """Decode one latent (1, C, h, w) to (1, 3, H, W) about [-1, 1] in the weights' dtype.

        A NaN switches the weights to bf16 or fp32 for good, with a warning; raises NansProduced if there is
        no wider dtype left and OutOfMemory if not even tiles fit.
        """
        picture = self._decode(latent)
        while self.nan_check and bool(picture.flatten()[0].isnan()):
            self._widen()
            picture = self._decode(latent)
        return picture

    def take_warnings(self) -> tuple[str, ...]:
        """Return and forget the warnings since the last call: switched dtypes, tiles."""
        taken = tuple(self.warnings)
        self.warnings.clear()
        return taken

    def _sample(self, pictures: Tensor, generator: torch.Generator | None) -> Tensor:
        mean, logvar = self.posterior(pictures)
        noise = torch.randn(mean.shape, generator=generator, dtype=torch.float32).to(mean.device)
        return mean + torch.exp(logvar / 2) * noise

    def _encode_or_tile(self, pixels: Tensor) -> Tensor:
        try:
            return self._parameters(pixels, tiled=False)
        except torch.OutOfMemoryError:
            self._note_tiling("encoded")
        try:
            return self._parameters(pixels, tiled=True)
        except torch.OutOfMemoryError as error:
            raise OutOfMemory("the device has too little memory to encode a picture of this size") from error

    def _parameters(self, pixels: Tensor, *, tiled: bool) -> Tensor:
        self.module.use_tiling = tiled
        return self.module.encode(pixels).latent_dist.parameters  # pyright: ignore[reportAttributeAccessIssue]

    def _decode(self, latent: Tensor) -> Tensor:
        scaled = (1.0 / self.latents.scale) * latent.to(device=self.device, dtype=self.dtype)
        cells = scaled + self.latents.shift
        with torch.no_grad():
            return self._decode_or_tile(cells)

    def _decode_or_tile(self, cells: Tensor) -> Tensor:
        try:
            return self._pixels(cells, tiled=False)
        except torch.OutOfMemoryError:
            self._note_tiling("decoded")
        try:
            return self._pixels(cells, tiled=True)
        except torch.OutOfMemoryError as error:
            raise OutOfMemory("the device has too little memory to decode a picture of this size") from error

    def _pixels(self, cells: Tensor, *, tiled: bool) -> Tensor:
        self.module.use_tiling = tiled
        return self.module.decode(cast("torch.FloatTensor", cells), return_dict=False)[0]

    def _note_tiling(self, verb: str) -> None:
        torch.cuda.empty_cache()
        self.warnings.append(f"too little memory for the whole picture: it was {verb} in blended tiles")

    def _widen(self) -> None:
        if self.to_bfloat16_first and self.dtype != torch.bfloat16:
            target = torch.bfloat16
        elif self.to_float32 and not self.to_bfloat16_first and self.dtype != torch.float32:
            target = torch.float32
        else:
            raise NansProduced("the VAE produced NaN")
        self.warnings.append(f"the VAE produced NaN in {_short(self.dtype)}; it now runs in {_short(target)}")
        nn.Module.to(self.module, dtype=target)


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
