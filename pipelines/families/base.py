"""The interface of a model family: everything in which checkpoints of one kind differ from another kind's.

The rest of the engine asks these questions and never a family's name. Needs no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from pipelines.families.loading.layout import Shapes
from pipelines.families.text import TextEncoder, TextPlan
from pipelines.families.trained import Trainable

if TYPE_CHECKING:
    from torch import Tensor, nn

    from pipelines.families.files import BuildPlace, ModelFiles
    from pipelines.families.model import BackboneInputs, LoadedModel

ImageConditioning: TypeAlias = Literal["none", "inpaint", "edit", "depth"]
PredictionType: TypeAlias = Literal["epsilon", "v_prediction"]


def input_channels(conditioning: ImageConditioning, latent: int) -> int:
    """Return the channels of a network's input: ``latent``, and those that condition it on a picture."""
    more = {"none": 0, "inpaint": 1 + latent, "edit": latent, "depth": 1}
    return latent + more[conditioning]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latents:
    """The latents of a family: latents = (the autoencoder's own - ``shift``) * ``scale``.

    ``cell``: pixels along the side of one latent cell.
    """

    channels: int
    cell: int
    scale: float
    shift: float = 0.0

    def cells(self, pixels: int) -> int:
        """Return the number of whole cells along so many pixels."""
        return pixels // self.cell

    def whole(self, pixels: int) -> int:
        """Return the pixels that whole cells cover, of so many along one side."""
        return self.cells(pixels) * self.cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """The means to show latents without their autoencoder.

    ``rgb``: red, green and blue of each latent channel. ``approx_nn``: files of the small network, best
    first. ``taesd``: the beginning of the tiny autoencoder's file names.
    """

    rgb: tuple[tuple[float, float, float], ...]
    approx_nn: tuple[str, ...] = ()
    taesd: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Memory that checkpoints of a family take, told before one is loaded.

    ``backbone``, ``unused``: beginnings of the names of the backbone's tensors in a checkpoint, and of those
    that are not loaded. ``backbone_values``, ``decoder_values``: numbers that are held at least, for each
    pixel of a picture, while the backbone or the autoencoder's decoder is evaluated.
    """

    backbone: tuple[str, ...]
    unused: tuple[str, ...] = ()
    backbone_values: float
    decoder_values: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPart:
    """A named part of a model, such as ``vae``.

    A checkpoint that lacks it may have it in a file of its own in ``folder``, below the models folder; None:
    only a file that is asked for takes its place (option sd_vae). ``recognises`` is true for the tensors of
    such a file, and for those of a checkpoint that has the part.
    """

    name: str
    recognises: Callable[[Shapes], bool]
    folder: str | None


PROJECTIONS = ("_q_proj", "_k_proj", "_v_proj")
"""Name endings of an attention's three projections, which are one matrix in the original code."""


@dataclass(frozen=True, slots=True)
class Target:
    """A layer that an adapter file changes; of a fused attention also which of its ``PROJECTIONS``."""

    layer: str
    projection: str = ""


PatchKind: TypeAlias = Literal["hypertile", "token_merging", "hypernetworks"]
ALL_PATCHES: frozenset[PatchKind] = frozenset(("hypertile", "token_merging", "hypernetworks"))


STAGES: tuple[str, ...] = ("start", "sample", "enlarge", "decode", "finish")
"""The stages that a batch goes through; one that a family adds is called ``module:function``."""


class Family(Protocol):
    """A kind of checkpoint.

    ``title`` is for people. ``native_side``: pixels along the side of the pictures that it draws best.
    ``parts``: those that may lie in files of their own. ``patches``: changes that its backbone takes in
    addition to adapters of the LoRA family. ``rounds_masks``: an inpainting network is given its mask in
    black and white. ``large``: the flag --medvram-sdxl applies. ``stages``: of a batch, ``STAGES`` unless the
    family has a stage of its own. ``training``: None for a family that can't be trained.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def native_side(self) -> int: ...
    @property
    def latents(self) -> Latents: ...
    @property
    def previews(self) -> Previews: ...
    @property
    def footprint(self) -> Footprint: ...
    @property
    def text(self) -> TextPlan: ...
    @property
    def parts(self) -> tuple[ModelPart, ...]: ...
    @property
    def patches(self) -> frozenset[PatchKind]: ...
    @property
    def rounds_masks(self) -> bool: ...
    @property
    def large(self) -> bool: ...
    @property
    def stages(self) -> tuple[str, ...]: ...
    @property
    def training(self) -> Trainable | None: ...

    def recognises(self, shapes: Shapes) -> bool:
        """True if a file with these tensors is a checkpoint of this family."""
        ...

    def conditioning_of(self, shapes: Shapes) -> ImageConditioning:
        """Return the conditioning on a picture that such a checkpoint's network takes besides the latents.

        Raises UnsupportedModel, CorruptFile.
        """
        ...

    def context_width(self, shapes: Shapes) -> int:
        """Return the channels of such a checkpoint's text conditioning. Raises UnsupportedModel."""
        ...

    def build(self, files: ModelFiles, place: BuildPlace) -> LoadedModel:
        """Build the model of these files. Raises CorruptFile, UnsupportedModel or MissingWeights."""
        ...

    def call(self, model: LoadedModel, inputs: BackboneInputs) -> Tensor:
        """Evaluate the backbone: (rows, channels, h, w), in its dtype."""
        ...

    def encoders(self, model: LoadedModel, *, autocast: bool) -> tuple[TextEncoder, ...]:
        """Return the model's text encoders in the order of the plan's towers.

        ``autocast``: run fp16 weights under autocast, as A1111 does.
        """
        ...

    def layers(self, model: LoadedModel) -> Mapping[str, nn.Module]:
        """Return every layer that adapter files may change, by the names that ``find_layer`` returns."""
        ...

    def find_layer(self, key: str, layers: Collection[str]) -> Target | None:
        """Return the layer that a key of an adapter file means; None if there is none of that name."""
        ...

    def in_text_encoder(self, layer: str) -> bool:
        """True if the multiplier of the text encoders applies to a layer."""
        ...

    def attention_depth(self, path: str, levels: int) -> int | None:
        """Return the depth of the backbone's self-attention at ``path``, None for other modules (HyperTile).

        ``levels``: number of the backbone's down blocks.
        """
        ...
