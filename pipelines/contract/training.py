"""The requests of training and their results, as frozen data.

Every path is one that the server resolved; nothing here imports torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import EngineRequest, GenerationRequest
from pipelines.contract.results import EngineResult

LatentSampling: TypeAlias = Literal["once", "deterministic", "random"]
Clipping: TypeAlias = Literal["disabled", "value", "norm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEmbeddingRequest(EngineRequest):
    """Write a textual inversion of ``vectors`` rows that begins as ``init_text`` reads; "" is zeros."""

    checkpoint: str
    path: str
    vectors: int
    init_text: str = "*"
    overwrite: bool = False
    options: GenerationOptions = field(default_factory=GenerationOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class HypernetworkShape:
    """The layers of a hypernetwork's small networks.

    ``sizes``: channels that get a pair of networks. ``layer_structure``: widths as multiples of those, from
    1 to 1. ``dropout_structure``: one share for each of them, empty for none.
    """

    sizes: tuple[int, ...]
    layer_structure: tuple[float, ...]
    activation: str | None = None
    weight_init: str = "Normal"
    layer_norm: bool = False
    use_dropout: bool = False
    dropout_structure: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateHypernetworkRequest(EngineRequest):
    """Write an untrained hypernetwork."""

    path: str
    shape: HypernetworkShape
    overwrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult(EngineResult):
    """The file that was written."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingUpload:
    """A picture that came with its words in the request."""

    image: bytes
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPictures:
    """The pictures of a folder or of the request, and how they become latents and prompts.

    ``template``: lines with ``[name]`` and ``[filewords]``, of which one is drawn for each picture.
    ``folder_as_sent`` is the folder in the client's spelling. ``varsize`` leaves pictures at their size; with
    a ``bucket_step`` they keep their shape, in sizes that are multiples of it. ``use_weight``: alpha is how
    much a place counts. ``word_regex`` finds words in file names, which ``join_string`` joins. ``uploads``
    take the place of the folder.
    """

    folder: str
    width: int
    height: int
    template: tuple[str, ...]
    template_file: str = ""
    folder_as_sent: str = ""
    varsize: bool = False
    shuffle_tags: bool = False
    tag_drop_out: float = 0.0
    latents: LatentSampling = "once"
    use_weight: bool = False
    word_regex: str = ""
    join_string: str = " "
    bucket_step: int = 0
    uploads: tuple[TrainingUpload, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSteps:
    """Length and rate of a run. ``learn_rate`` and ``clip_value``: schedules such as ``0.01:100, 0.001``."""

    steps: int
    learn_rate: str
    batch_size: int = 1
    gradient_step: int = 1
    clip_mode: Clipping = "disabled"
    clip_value: str = "0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLog:
    """The files that are written while training goes on, below ``folder``; 0 is never.

    ``folder_as_sent`` is the folder in the client's spelling. ``embedding_pictures``: previews also carry the
    embedding in their pixels. ``lenient``: no folder is made for the settings file alone, as in A1111.
    """

    folder: str
    folder_as_sent: str = ""
    save_every: int = 0
    picture_every: int = 0
    csv_every: int = 500
    settings_file: bool = True
    optimizer_state: bool = False
    embedding_pictures: bool = False
    lenient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPreview:
    """A generation that shows how far training is.

    ``prompt_from_picture``: its prompt is that of the batch, and its seed is drawn. ``broken``: the reason
    why it can't be made, at which training ends early, as in A1111.
    """

    request: GenerationRequest
    prompt_from_picture: bool = True
    broken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingTarget:
    """Train the textual inversion of a file."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HypernetworkTarget:
    """Train the hypernetwork of a file."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraTarget:
    """Train a new LoRA into a file.

    ``rank``, ``alpha``: of each layer. ``unet``: the UNet is trained; the text encoders are with a
    ``text_encoder_rate`` above 0. ``rate_schedule``: a name of diffusers' schedules, with ``warmup`` steps
    and ``cycles``. ``min_snr``: gamma of the weighting, 0 for none. ``prediction``: what the network is
    trained to predict, "" for the checkpoint's own. ``precision`` of the file: ``fp16``, ``bf16`` or
    ``float``. ``comment`` goes into its metadata.
    """

    path: str
    rank: int = 16
    alpha: float = 16.0
    unet: bool = True
    text_encoder_rate: float = 0.0
    rate_schedule: str = "constant"
    warmup: int = 0
    cycles: int = 1
    weight_decay: float = 0.01
    min_snr: float = 0.0
    noise_offset: float = 0.0
    prediction: Literal["", "epsilon", "v_prediction"] = ""
    precision: str = "fp16"
    comment: str = ""


TrainingTarget: TypeAlias = EmbeddingTarget | HypernetworkTarget | LoraTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest(EngineRequest):
    """Train something on pictures.

    ``run`` names this run for ever, so that one that broke off goes on from its last saved step. ``seed``: of
    order, noise and timesteps, from the moment the optimizer is made.
    """

    run: str
    seed: int
    name: str
    checkpoint: str
    target: TrainingTarget
    pictures: TrainingPictures
    steps: TrainingSteps
    log: TrainingLog
    preview: TrainingPreview | None = None
    options: GenerationOptions = field(default_factory=GenerationOptions)

    @property
    def trains(self) -> str:
        """The kind of the target in one word, as in the label of the job."""
        words = {EmbeddingTarget: "embedding", HypernetworkTarget: "hypernetwork", LoraTarget: "lora"}
        return words[type(self.target)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainResult(EngineResult):
    """The trained file, the steps made so far, and the last loss (NaN-free; None if no step was made)."""

    path: str
    step: int
    loss: float | None = None
