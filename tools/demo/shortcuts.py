"""Skips blocks whose residual branch is zero, which saves time without changing the result."""

from diffusers import UNet2DConditionModel
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import Tensor, nn


class ShortcutOnly(ResnetBlock2D):
    """A residual block whose branch is zero and not computed."""

    def forward(self, input_tensor: Tensor, temb: Tensor | None = None) -> Tensor:
        """The input, with its channels changed where the block changes them."""
        return input_tensor if self.conv_shortcut is None else self.conv_shortcut(input_tensor)


class PassThrough(Transformer2DModel):
    """An attention block whose branch is zero and not computed."""

    def forward(self, hidden_states: Tensor, **_others: object) -> tuple[Tensor]:
        """The input, as transformers wrap it."""
        return (hidden_states,)


def skip_zero_branches(network: nn.Module) -> None:
    """Stops computing every block whose last layer is all zero."""
    for module in network.modules():
        if isinstance(module, ResnetBlock2D) and not module.conv2.weight.any():
            module.__class__ = ShortcutOnly
        if isinstance(module, Transformer2DModel) and not module.proj_out.weight.any():
            module.__class__ = PassThrough


def set_fine_blocks(unet: UNet2DConditionModel, live: bool) -> None:
    """Turns three of the finest level's residual blocks, zero at first, into shortcuts or back.

    Its attention blocks, zero too and half of the whole cost, are always passed through.
    """
    down, up = unet.down_blocks[0], unet.up_blocks[3]
    for attention in (*down.attentions, *up.attentions):
        attention.__class__ = PassThrough
    for block in (down.resnets[1], up.resnets[0], up.resnets[1]):
        block.__class__ = ResnetBlock2D if live else ShortcutOnly
