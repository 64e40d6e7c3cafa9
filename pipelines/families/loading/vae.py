"""Build diffusers' autoencoder for an inferred layout and fill it from LDM-named tensors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor

from pipelines.catalog.contents import instead
from pipelines.contract.errors import CorruptFile, SdapiError, UnsupportedModel
from pipelines.families.loading.assemble import TensorPool, fill
from pipelines.families.loading.bare import without_values
from pipelines.families.loading.layout import VAE_PREFIX, VaeLayout, strip_prefix, vae_layout
from pipelines.families.loading.read import read_tensors
from pipelines.families.loading.vae_names import ldm_vae_name

# diffusers annotates tuples of any length as tuples of one
_AUTOENCODER: Callable[..., AutoencoderKL] = AutoencoderKL


def build_vae(layout: VaeLayout) -> AutoencoderKL:
    """Build an empty autoencoder on the meta device."""
    levels = len(layout.widths)
    with without_values():
        return _AUTOENCODER(
            down_block_types=("DownEncoderBlock2D",) * levels,
            up_block_types=("UpDecoderBlock2D",) * levels,
            block_out_channels=layout.widths,
            layers_per_block=layout.blocks_per_level,
            latent_channels=layout.latent_channels,
            use_quant_conv=layout.quant_convs,
            use_post_quant_conv=layout.quant_convs,
            sample_size=512,
        )


def load_vae(pool: TensorPool, *, prefix: str, dtype: torch.dtype) -> AutoencoderKL:
    """Build the autoencoder whose tensors lie below ``prefix`` in ``pool``. Raises CorruptFile."""
    shapes = {name: tuple(tensor.shape) for name, tensor in pool.tensors.items()}
    layout = vae_layout(strip_prefix(shapes, prefix))
    vae = build_vae(layout)
    levels = len(layout.widths)

    def find(name: str) -> Tensor | None:
        module, _, kind = name.rpartition(".")
        return pool.take(f"{prefix}{ldm_vae_name(module, levels)}.{kind}")

    fill(vae, find, dtype=dtype, what="VAE")
    return vae


def load_vae_file(path: Path, *, dtype: torch.dtype, channels: int) -> AutoencoderKL:
    """Build the autoencoder of a file of its own, whose latents must have so many channels.

    Raises CorruptFile, or UnsupportedModel for other contents or another family's, naming the file.
    """
    pool = TensorPool(read_tensors(path))
    prefix = VAE_PREFIX if any(name.startswith(VAE_PREFIX) for name in pool.tensors) else ""
    if f"{prefix}encoder.down.0.block.0.conv1.weight" not in pool.tensors:
        raise UnsupportedModel(f"{path.name}: {instead(pool.tensors, 'VAE')}", field="options.sd_vae")
    try:
        vae = load_vae(pool, prefix=prefix, dtype=dtype)
    except SdapiError as error:
        raise CorruptFile(f"{path.name} is not a usable VAE: {error.message}") from error
    made = int(vae.config["latent_channels"])
    if made != channels:
        text = f"{path.name} makes latents of {made} channels, the checkpoint takes {channels}"
        raise UnsupportedModel(text, field="options.sd_vae")
    return vae
