"""The engine's models behind the fields that graphs pass on: loaded, with their patches and hooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.invokeai.fields.model_values import CLIPField, LoRAField, ModelIdentifierField, UNetField
from extensions.invokeai.models.catalog import UnknownModelException
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType
from pipelines.plugin import CallHook, FreeU, GenerationOptions, NetworkUse, Patches, Tiling

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import LoadedModel


def checkpoint(context: InvocationContext, which: ModelIdentifierField) -> LoadedModel:
    """The checkpoint of a part of a main model, with its own VAE or the one beside it.

    Raises UnknownModelException, and what loading raises.
    """
    config = context.models.get_config(which)
    if config.type is not ModelType.Main:
        raise UnknownModelException(f"{config.name} is no checkpoint but a {config.type} file")
    services = context.services
    return services.work.services.load_checkpoint(config.path, GenerationOptions(), services.warnings.append)


def vae_model(context: InvocationContext, which: ModelIdentifierField) -> LoadedModel:
    """A model with the VAE that is meant: a checkpoint's own, or a file's in a checkpoint of its family."""
    config = context.models.get_config(which)
    if config.type is ModelType.Main:
        return checkpoint(context, which)
    residency = context.services.work.services.residency
    current = None if residency.current is None else residency.current.path
    host = vae_host(config, context.models.search_by_attrs(type=ModelType.Main), current)
    if host is None:
        raise UnknownModelException(f"the VAE {config.name} needs a checkpoint of its family beside it")
    return residency.checkpoint(host, vae=Path(config.path), name=host.stem)


def vae_host(vae: AnyModelConfig, mains: Sequence[AnyModelConfig], current: Path | None) -> Path | None:
    """The checkpoint in which a VAE file is used, whose scale of latents counts; None without any.

    It is the one in use, unless the VAE's name speaks of another family: nothing in the file does.
    """
    loaded = [main for main in mains if current is not None and Path(main.path) == current]
    fitting = [main for main in (*loaded, *mains) if main.base == vae.base]
    named = vae.base is not BaseModelType.StableDiffusion1
    ordered = (*fitting, *loaded, *mains) if named else (*loaded, *fitting, *mains)
    return Path(ordered[0].path) if ordered else None


def networks(context: InvocationContext, loras: Sequence[LoRAField], *, text: bool) -> tuple[NetworkUse, ...]:
    """The LoRAs of a text encoder or of a UNet."""
    uses: list[NetworkUse] = []
    for lora in loras:
        config = context.models.get_config(lora.lora)
        network = context.services.work.services.networks.get(Path(config.path))
        uses.append(
            NetworkUse(
                path=config.path,
                name=config.name,
                te=lora.weight if text else 0.0,
                unet=0.0 if text else lora.weight,
                version=network.version,
            )
        )
    return tuple(uses)


def text_patches(context: InvocationContext, clip: CLIPField) -> Patches:
    """The patches of a text encoder: its LoRAs."""
    return Patches(networks=networks(context, clip.loras, text=True))


def unet_patches(context: InvocationContext, unet: UNetField) -> Patches:
    """The patches of a UNet: its LoRAs and its tiling."""
    return Patches(networks=networks(context, unet.loras, text=False), tiling=wrapped(unet.seamless_axes))


def unet_hooks(unet: UNetField) -> tuple[CallHook, ...]:
    """Hooks on the calls of a UNet: FreeU, at the place where diffusers has it."""
    freeu = unet.freeu_config
    if freeu is None:
        return ()
    return (FreeU((freeu.b1, freeu.b2, freeu.s1, freeu.s2), version=1, placed="block"),)


def wrapped(axes: Sequence[str]) -> Tiling:
    """The axes along which pictures wrap around; True for both, False for none."""
    wanted = set(axes)
    if wanted in ({"x"}, {"y"}):
        return "x" if "x" in wanted else "y"
    return bool(wanted)


def model_of_clip(context: InvocationContext, clip: CLIPField) -> LoadedModel:
    """The checkpoint that a text encoder belongs to."""
    return checkpoint(context, clip.text_encoder)
