"""What a model family is: everything in which checkpoints of one kind differ from another kind's.

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
    """Channels that a network takes: ``latent`` of them, and what it is told of a picture beside them."""
    more = {"none": 0, "inpaint": 1 + latent, "edit": latent, "depth": 1}
    return latent + more[conditioning]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latents:
    """What an autoencoder makes of pictures: latents = (its own - ``shift``) * ``scale``.

    ``cell``: pixels along the side of one latent cell.
    """

    channels: int
    cell: int
    scale: float
    shift: float = 0.0

    def cells(self, pixels: int) -> int:
        """How many whole cells lie along so many pixels."""
        return pixels // self.cell

    def whole(self, pixels: int) -> int:
        """So many pixels without what is left beside the last whole cell."""
        return self.cells(pixels) * self.cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """How latents are shown without their autoencoder.

    ``rgb``: red, green and blue of each latent channel. ``approx_nn``: files of the small network, best
    first. ``taesd``: what the file names of the tiny autoencoder begin with.
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

    A checkpoint that lacks it may have it in a file of its own in ``folder``, below the models folder;
    ``recognises`` tells such a file by its tensors, or the checkpoint that has it. None: only a file that is
    asked for takes its place (option sd_vae).
    """

    name: str
    recognises: Callable[[Shapes], bool]
    folder: str | None


PROJECTIONS = ("_q_proj", "_k_proj", "_v_proj")
"""Parts of an attention whose three projections are one matrix in the original code."""


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

    ``title`` is for people. ``native_side``: of the pictures in pixels that it draws best. ``parts`` are
    those that may lie in files of their own; ``patches`` what may be done to the backbone beside adapters of
    the LoRA family. ``rounds_masks``: the mask that an inpainting network is told is black and white.
    ``large``: what the flag --medvram-sdxl is about. ``stages``: what a batch goes through, ``STAGES`` unless
    the family has a stage of its own. ``training``: None for a family that can't be trained.
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
        """Whether a file with these tensors is a checkpoint of this family."""
        ...

    def conditioning_of(self, shapes: Shapes) -> ImageConditioning:
        """What the network of such a checkpoint is told of a picture beside the latents.

        Raises UnsupportedModel, CorruptFile.
        """
        ...

    def context_width(self, shapes: Shapes) -> int:
        """Channels of the text conditioning of such a checkpoint. Raises UnsupportedModel."""
        ...

    def build(self, files: ModelFiles, place: BuildPlace) -> LoadedModel:
        """The model of these files. Raises CorruptFile, UnsupportedModel or MissingWeights."""
        ...

    def call(self, model: LoadedModel, inputs: BackboneInputs) -> Tensor:
        """Evaluate the backbone: (rows, channels, h, w), in its dtype."""
        ...

    def encoders(self, model: LoadedModel, *, autocast: bool) -> tuple[TextEncoder, ...]:
        """The model's text encoders in the order of the plan's towers.

        ``autocast``: run fp16 weights under autocast, as A1111 does.
        """
        ...

    def layers(self, model: LoadedModel) -> Mapping[str, nn.Module]:
        """Every layer that adapter files may change, by the name that ``find_layer`` answers."""
        ...

    def find_layer(self, key: str, layers: Collection[str]) -> Target | None:
        """The layer that a key of an adapter file means; None if there is none of that name."""
        ...

    def in_text_encoder(self, layer: str) -> bool:
        """Whether the multiplier of the text encoders applies to a layer."""
        ...

    def attention_depth(self, path: str, levels: int) -> int | None:
        """How deep the backbone's self-attention at ``path`` lies, None for other modules (HyperTile)."""
        ...
