"""Bodies of the training routes: plain objects whose names are arguments, as A1111 takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from pipelines.contract.errors import InvalidRequest
from sdapi.http.lax import to_dict

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
WHOLE: dict[str, Any] = {"type": "integer"}
YES_NO: dict[str, Any] = {"type": "boolean"}
ANYTHING: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of one route in their order: those that must be there, and others.

    ``own`` are ours: the original knows them not.
    """

    function: str
    required: Mapping[str, dict[str, Any]]
    optional: Mapping[str, dict[str, Any]]
    own: Mapping[str, dict[str, Any]]

    def check(self, body: Mapping[str, Any]) -> None:
        """Raise InvalidRequest, in the original's words, for names that are unknown or lacking."""
        known = {**self.required, **self.optional, **self.own}
        if unknown := next((name for name in body if name not in known), None):
            text = f"{self.function}() got an unexpected keyword argument '{unknown}'"
            raise InvalidRequest(text, field=unknown)
        if lacking := [name for name in self.required if name not in body]:
            count = f"{len(lacking)} required positional argument{'s' if len(lacking) > 1 else ''}"
            raise InvalidRequest(f"{self.function}() missing {count}: {_list(lacking)}", field=lacking[0])

    @property
    def schema(self) -> dict[str, Any]:
        """For the document."""
        properties = {**self.required, **self.optional, **self.own}
        return {"type": "object", "properties": properties, "required": list(self.required)}


def _list(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


CREATE_EMBEDDING = Arguments(
    function="create_embedding",
    required={"name": TEXT, "num_vectors_per_token": WHOLE, "overwrite_old": YES_NO},
    optional={"init_text": TEXT},
    own={},
)
CREATE_HYPERNETWORK = Arguments(
    function="create_hypernetwork",
    required={"name": TEXT, "enable_sizes": {"type": "array", "items": TEXT}, "overwrite_old": YES_NO},
    optional={
        "layer_structure": ANYTHING,
        "activation_func": TEXT,
        "weight_init": TEXT,
        "add_layer_norm": YES_NO,
        "use_dropout": YES_NO,
        "dropout_structure": ANYTHING,
    },
    own={},
)

_PLACES = {
    "learn_rate": TEXT,
    "batch_size": WHOLE,
    "gradient_step": WHOLE,
    "data_root": TEXT,
    "log_directory": TEXT,
    "training_width": WHOLE,
    "training_height": WHOLE,
    "varsize": YES_NO,
    "steps": WHOLE,
    "clip_grad_mode": TEXT,
    "clip_grad_value": TEXT,
    "shuffle_tags": YES_NO,
    "tag_drop_out": NUMBER,
    "latent_sampling_method": TEXT,
    "use_weight": YES_NO,
    "create_image_every": WHOLE,
}
_PREVIEW = {
    "preview_from_txt2img": YES_NO,
    "preview_prompt": TEXT,
    "preview_negative_prompt": TEXT,
    "preview_steps": WHOLE,
    "preview_sampler_name": TEXT,
    "preview_cfg_scale": NUMBER,
    "preview_seed": WHOLE,
    "preview_width": WHOLE,
    "preview_height": WHOLE,
}
TRAIN_EMBEDDING = Arguments(
    function="train_embedding",
    required={
        "id_task": ANYTHING,
        "embedding_name": TEXT,
        **_PLACES,
        "save_embedding_every": WHOLE,
        "template_filename": TEXT,
        "save_image_with_stored_embedding": YES_NO,
        **_PREVIEW,
    },
    optional={},
    own={"seed": WHOLE},
)
TRAIN_HYPERNETWORK = Arguments(
    function="train_hypernetwork",
    required={
        "id_task": ANYTHING,
        "hypernetwork_name": TEXT,
        **_PLACES,
        "save_hypernetwork_every": WHOLE,
        "template_filename": TEXT,
        **_PREVIEW,
    },
    optional={},
    own={"seed": WHOLE},
)
PREPROCESS = Arguments(
    function="preprocess",
    required={
        "id_task": ANYTHING,
        "process_src": TEXT,
        "process_dst": TEXT,
        "process_width": WHOLE,
        "process_height": WHOLE,
        "preprocess_txt_action": TEXT,
        "process_keep_original_size": YES_NO,
        "process_flip": YES_NO,
        "process_split": YES_NO,
        "process_caption": YES_NO,
    },
    optional={
        "process_caption_deepbooru": YES_NO,
        "split_threshold": NUMBER,
        "overlap_ratio": NUMBER,
        "process_focal_crop": YES_NO,
        "process_focal_crop_face_weight": NUMBER,
        "process_focal_crop_entropy_weight": NUMBER,
        "process_focal_crop_edges_weight": NUMBER,
        "process_focal_crop_debug": YES_NO,
        "process_multicrop": YES_NO,
        "process_multicrop_mindim": WHOLE,
        "process_multicrop_maxdim": WHOLE,
        "process_multicrop_minarea": WHOLE,
        "process_multicrop_maxarea": WHOLE,
        "process_multicrop_objective": TEXT,
        "process_multicrop_threshold": NUMBER,
    },
    own={},
)

CreateEmbeddingBody: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(to_dict), WithJsonSchema(CREATE_EMBEDDING.schema)
]
CreateHypernetworkBody: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(to_dict), WithJsonSchema(CREATE_HYPERNETWORK.schema)
]
TrainEmbeddingBody: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(to_dict), WithJsonSchema(TRAIN_EMBEDDING.schema)
]
TrainHypernetworkBody: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(to_dict), WithJsonSchema(TRAIN_HYPERNETWORK.schema)
]
PreprocessBody: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(to_dict), WithJsonSchema(PREPROCESS.schema)
]


class CreateResponse(BaseModel):
    """What was written, in A1111's words."""

    info: str


class TrainResponse(BaseModel):
    """How training ended, in A1111's words, and what was ignored or replaced."""

    info: str
    warnings: list[str] = []


class PreprocessResponse(BaseModel):
    """Whether pictures were prepared, in A1111's words."""

    info: str
    warnings: list[str] = []
