"""The UNet upsamples in LDM's order, and takes a complete added vector."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from pipelines.families.sd.unet import DoublingUpsample, build_unet, unet_config
from tools import published


def test_upsampling_convolves_before_it_resizes() -> None:
    torch.manual_seed(0)
    upsample = DoublingUpsample(4, use_conv=True, out_channels=4)
    x = torch.randn(1, 4, 5, 5)
    with torch.no_grad():
        convolution = upsample.get_submodule("conv")
        doubled = convolution(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        assert torch.equal(upsample(x), doubled)
        assert torch.equal(upsample(x, (10, 10)), doubled)
        assert torch.equal(upsample(x, (9, 9)), F.interpolate(doubled, size=(9, 9), mode="nearest"))
        assert not torch.allclose(upsample(x, (9, 9)), convolution(F.interpolate(x, size=(9, 9))))


def test_every_upsampler_is_replaced() -> None:
    unet = build_unet(published.unet(widths=(32, 32, 64, 64), context=64), heads=8)
    upsamplers = [module for name, module in unet.named_modules() if name.endswith("upsamplers.0")]
    assert len(upsamplers) == 3
    assert all(isinstance(module, DoublingUpsample) for module in upsamplers)


def test_group_norms_have_the_originals_epsilons() -> None:
    unet = build_unet(published.unet(widths=(32, 32, 64, 64), context=64), heads=8)
    for name, module in unet.named_modules():
        if isinstance(module, torch.nn.GroupNorm):
            assert module.eps == (1e-6 if name.endswith(".norm") else 1e-5), name


def test_vector_enters_as_a_projected_embedding() -> None:
    config = unet_config(published.SDXL, None)
    assert config["class_embed_type"] == "projection"
    assert config["projection_class_embeddings_input_dim"] == 2816
    assert unet_config(published.SD1, 8)["class_embed_type"] is None
