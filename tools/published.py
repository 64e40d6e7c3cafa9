"""The published architectures as layouts, and the tensor shapes of checkpoints that have them."""

from __future__ import annotations

from torch import nn

from pipelines.families.loading.layout import TextLayout, VaeLayout
from pipelines.families.loading.open_clip_names import open_clip_tensor
from pipelines.families.loading.text import build_clip, build_open_clip
from pipelines.families.loading.vae import build_vae
from pipelines.families.loading.vae_names import ldm_vae_name
from pipelines.families.sd.unet import build_unet, names_of
from pipelines.families.sd.unet_layout import UNetLayout

Shapes = dict[str, tuple[int, ...]]


def unet(
    *,
    widths: tuple[int, ...] = (320, 640, 1280, 1280),
    down: tuple[tuple[int, ...], ...] = ((1, 1), (1, 1), (1, 1), ()),
    up: tuple[tuple[int, ...], ...] | None = None,
    middle: int | None = 1,
    context: int = 768,
    linear: bool = False,
    vector: int | None = None,
    channels: int = 4,
) -> UNetLayout:
    """A layout with the values that most published models share."""
    mirrored = tuple(level and (*level, level[0]) for level in reversed(down))
    return UNetLayout(
        in_channels=channels,
        out_channels=4,
        widths=widths,
        blocks_per_level=2,
        down_depths=down,
        up_depths=up or mirrored,
        mid_depth=middle,
        context_width=context,
        linear_projection=linear,
        vector_width=vector,
    )


SD1 = unet()
SD1_INPAINT = unet(channels=9)
SD1_EDIT = unet(channels=8)
SD2 = unet(context=1024, linear=True)
SDXL = unet(
    widths=(320, 640, 1280), down=((), (2, 2), (10, 10)), middle=10, context=2048, linear=True, vector=2816
)
REFINER = unet(
    widths=(384, 768, 1536, 1536),
    down=((), (4, 4), (4, 4), ()),
    middle=4,
    context=1280,
    linear=True,
    vector=2560,
)
SSD_1B = unet(
    widths=(320, 640, 1280),
    down=((), (2, 2), (4, 4)),
    up=((4, 4, 10), (2, 1, 1), ()),
    middle=None,
    context=2048,
    linear=True,
    vector=2816,
)
VAE = VaeLayout(widths=(128, 256, 512, 512), blocks_per_level=2, latent_channels=4, quant_convs=True)
CLIP_L = TextLayout(width=768, layers=12, hidden=3072, vocabulary=49408, positions=77, projection=None)
OPEN_CLIP_H = TextLayout(width=1024, layers=24, hidden=4096, vocabulary=49408, positions=77, projection=1024)
OPEN_CLIP_G = TextLayout(width=1280, layers=32, hidden=5120, vocabulary=49408, positions=77, projection=1280)


def parameter_count(module: nn.Module) -> float:
    """The number of a module's parameters, in millions."""
    return sum(parameter.numel() for parameter in module.parameters()) / 1e6


def unet_shapes(layout: UNetLayout, heads: int | None = None) -> Shapes:
    """Tensor shapes of a UNet under LDM's names, without prefix."""
    names = names_of(layout)
    return {
        f"{names.ldm(name.rpartition('.')[0])}.{name.rpartition('.')[2]}": tuple(parameter.shape)
        for name, parameter in build_unet(layout, heads=heads).named_parameters()
    }


def vae_shapes(layout: VaeLayout) -> Shapes:
    """Tensor shapes of an autoencoder under LDM's names, without prefix; attention as convolutions."""
    shapes: Shapes = {}
    for name, parameter in build_vae(layout).named_parameters():
        module, _, kind = name.rpartition(".")
        ldm = f"{ldm_vae_name(module, len(layout.widths))}.{kind}"
        convolution = ".attn_" in ldm and parameter.ndim == 2
        shapes[ldm] = (*parameter.shape, 1, 1) if convolution else tuple(parameter.shape)
    return shapes


def clip_shapes(layout: TextLayout) -> Shapes:
    """Tensor shapes of a CLIP tower under transformers' names, without prefix."""
    return {name: tuple(p.shape) for name, p in build_clip(layout).named_parameters()}


def open_clip_shapes(layout: TextLayout) -> Shapes:
    """Tensor shapes of an OpenCLIP tower under its own names, without prefix."""
    shapes: Shapes = {}
    for name, parameter in build_open_clip(layout).named_parameters():
        place = open_clip_tensor(name)
        first, *rest = parameter.shape
        shapes[place.name] = (first * 3, *rest) if place.third is not None else (first, *rest)
    return shapes


def prefixed(prefix: str, shapes: Shapes) -> Shapes:
    """The same shapes below a prefix."""
    return {prefix + name: shape for name, shape in shapes.items()}


def sd1_checkpoint(layout: UNetLayout = SD1) -> Shapes:
    """Every tensor of an SD1 checkpoint."""
    return {
        **prefixed("model.diffusion_model.", unet_shapes(layout, heads=8)),
        **prefixed("first_stage_model.", vae_shapes(VAE)),
        **prefixed("cond_stage_model.transformer.text_model.", clip_shapes(CLIP_L)),
    }


def sdxl_checkpoint() -> Shapes:
    """Every tensor of an SDXL checkpoint."""
    return {
        **prefixed("model.diffusion_model.", unet_shapes(SDXL)),
        **prefixed("first_stage_model.", vae_shapes(VAE)),
        **prefixed("conditioner.embedders.0.transformer.text_model.", clip_shapes(CLIP_L)),
        **prefixed("conditioner.embedders.1.model.", open_clip_shapes(OPEN_CLIP_G)),
    }
