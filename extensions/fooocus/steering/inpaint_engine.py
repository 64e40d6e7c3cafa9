"""Fooocus' inpaint engine: features on the first layer and a patch on all, for four fifths of the steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from extensions.fooocus.steering.call import InpaintFiles
from pipelines.plugin import (
    CorruptFile,
    ModelCall,
    NetworkUse,
    Patches,
    Predictor,
    decode_picture,
    job_latents,
    read_tensors,
    to_tensor,
)

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, MakePredictor, Switch, Work

SHARE = 0.8
"""Share of the steps after which the checkpoint goes on without the patch, unless a refiner follows."""
GREY = 0.5


class InpaintEngine:
    """The patch and the call hook by which a generation repaints. ``features``: (1, C, h, w)."""

    def __init__(self, files: InpaintFiles, features: Tensor) -> None:
        patch = Path(files.patch)
        self._features = features
        self._use = NetworkUse(path=str(patch), name=patch.name, version=patch.stat().st_mtime_ns)
        self._begun = False

    def patched(self, patches: Patches) -> Patches:
        """The patches with this one, at the first call only: a model that takes over later does without."""
        if self._begun:
            return patches
        self._begun = True
        return replace(patches, networks=(*patches.networks, self._use))

    def __call__(self, call: ModelCall) -> ModelCall:
        """The call with the head's features, while the patch is on."""
        if self._use not in call.patches.networks:
            return call
        return replace(call, attention=(*call.attention, _Added(call.model.unet, self._features)))


class _Added:
    """While entered, the features are added to what the first layer answers."""

    def __init__(self, unet: nn.Module, features: Tensor) -> None:
        self._layer: Any = unet.conv_in
        self._features = features
        self._handle: RemovableHandle | None = None

    def __enter__(self) -> None:
        def add(module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor:
            return output + self._features.to(output)

        self._handle = self._layer.register_forward_hook(add)

    def __exit__(self, *error: object) -> None:
        if self._handle is not None:
            self._handle.remove()


def begun(job: GenerationJob, files: InpaintFiles) -> InpaintEngine:
    """The engine for the picture and mask of a generation. Raises CorruptFile."""
    source = job.request.img2img
    assert source is not None
    assert source.inpaint is not None
    assert source.inpaint.latent_mask is not None
    picture = to_tensor([decode_picture(source.images[0], field="start.images.0")])
    mask = _mask(source.inpaint.latent_mask)
    job.reseed(job.seeds[-1])
    latents = job_latents(job, picture * (1 - mask) + GREY * mask)
    cells = functional.max_pool2d(mask, job.loaded.latents.cell).to(latents)
    kernel = head_kernel(Path(files.head), latents.shape[1] + 1).to(latents)
    padded = functional.pad(torch.cat([cells, latents], dim=1), (1, 1, 1, 1), mode="replicate")
    return InpaintEngine(files, functional.conv2d(padded, kernel))


def _mask(data: bytes) -> Tensor:
    """(1, 1, H, W) of 0 and 1."""
    return (to_tensor([decode_picture(data, field="mask.picture")])[:, :1] > GREY).float()


def head_kernel(path: Path, channels: int) -> Tensor:
    """The one kernel in a head's file, (C, channels, 3, 3). Raises CorruptFile for any other."""
    for tensor in read_tensors(path).values():
        if tensor.ndim == 4 and tensor.shape[1:] == (channels, 3, 3):
            return tensor
    raise CorruptFile(f"{path.name} holds no kernel for {channels} channels")


def back_to_plain(job: GenerationJob, total: int, make: MakePredictor) -> Switch:
    """A switch to the checkpoint without the patch. ``total``: the model calls of the pass."""
    switched = False

    def switch(state: Predictor, sigma: Tensor, call: int) -> Predictor | Work[Predictor]:
        nonlocal switched
        if switched or call / max(total, 1) < SHARE:
            return state
        switched = True
        return make(job.loaded, False)

    return switch
