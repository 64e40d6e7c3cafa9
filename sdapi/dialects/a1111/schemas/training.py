"""Bodies of the training routes: plain objects whose names are arguments, as A1111 takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import SEEDS
from pipelines.contract.training_limits import MOST_VECTORS
from sdapi.dialects.a1111.schemas.training_kinds import (
    ACTIONS,
    ACTIVATIONS,
    ANYTHING,
    COUNT,
    EVERY,
    INITIALISATIONS,
    MOST_OVERLAP,
    NAME,
    NAMED,
    NUMBER,
    NUMBERS,
    OBJECTIVES,
    RATES,
    SHARE,
    SHARES,
    SIDE,
    SIZES,
    TEXT,
    WHOLE,
    WIDTHS,
    YES_NO,
)
from sdapi.http.lax import to_dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of one route in their order: those that must be there, and others.

    ``own`` are ours and unknown to the original. ``needed`` are optional there, but it fails without.
    """

    function: str
    required: Mapping[str, dict[str, Any]]
    optional: Mapping[str, dict[str, Any]]
    own: Mapping[str, dict[str, Any]]
    needed: tuple[str, ...] = ()

    @property
    def known(self) -> Mapping[str, dict[str, Any]]:
        """All arguments and their schemas, in order."""
        return {**self.required, **self.optional, **self.own}

    @property
    def kinds(self) -> Mapping[str, str]:
        """JSON types of the arguments that have one."""
        return {name: kind["type"] for name, kind in self.known.items() if "type" in kind}

    def check(self, body: Mapping[str, Any]) -> None:
        """Raise InvalidRequest, in the original's words, for names that are unknown or lacking."""
        if unknown := next((name for name in body if name not in self.known), None):
            text = f"{self.function}() got an unexpected keyword argument '{unknown}'"
            raise InvalidRequest(text, field=unknown)
        if lacking := [name for name in self.required if name not in body]:
            count = f"{len(lacking)} required positional argument{'s' if len(lacking) > 1 else ''}"
            raise InvalidRequest(f"{self.function}() missing {count}: {_list(lacking)}", field=lacking[0])

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of the body, for the OpenAPI document."""
        return {
            "type": "object",
            "properties": dict(self.known),
            "required": [*self.required, *self.needed],
            "additionalProperties": False,
        }


def _list(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


CREATE_EMBEDDING = Arguments(
    function="create_embedding",
    required={
        "name": NAME,
        "num_vectors_per_token": {"type": "integer", "minimum": 0, "maximum": MOST_VECTORS},
        "overwrite_old": YES_NO,
    },
    optional={"init_text": TEXT},
    own={},
)
CREATE_HYPERNETWORK = Arguments(
    function="create_hypernetwork",
    required={"name": NAME, "enable_sizes": SIZES, "overwrite_old": YES_NO},
    optional={
        "layer_structure": {"anyOf": [WIDTHS, NUMBERS]},
        "activation_func": {"type": "string", "enum": [*ACTIVATIONS, "None"], "nullable": True},
        "weight_init": {"type": "string", "enum": list(INITIALISATIONS)},
        "add_layer_norm": YES_NO,
        "use_dropout": YES_NO,
        "dropout_structure": {"anyOf": [SHARES, TEXT]},
    },
    own={},
    needed=("layer_structure", "weight_init"),
)

_PLACES = {
    "learn_rate": RATES,
    "batch_size": COUNT,
    "gradient_step": COUNT,
    "data_root": NAMED,
    "log_directory": NAMED,
    "training_width": SIDE,
    "training_height": SIDE,
    "varsize": YES_NO,
    "steps": COUNT,
    "clip_grad_mode": TEXT,
    "clip_grad_value": TEXT,
    "shuffle_tags": YES_NO,
    "tag_drop_out": SHARE,
    "latent_sampling_method": TEXT,
    "use_weight": YES_NO,
    "create_image_every": EVERY,
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
        "embedding_name": NAMED,
        **_PLACES,
        "save_embedding_every": EVERY,
        "template_filename": NAMED,
        "save_image_with_stored_embedding": YES_NO,
        **_PREVIEW,
    },
    optional={},
    own={"seed": {**WHOLE, "minimum": SEEDS[0], "maximum": SEEDS[1]}},
)
TRAIN_HYPERNETWORK = Arguments(
    function="train_hypernetwork",
    required={
        "id_task": ANYTHING,
        "hypernetwork_name": NAMED,
        **_PLACES,
        "save_hypernetwork_every": EVERY,
        "template_filename": NAMED,
        **_PREVIEW,
    },
    optional={},
    own={"seed": {**WHOLE, "minimum": SEEDS[0], "maximum": SEEDS[1]}},
)
PREPROCESS = Arguments(
    function="preprocess",
    required={
        "id_task": ANYTHING,
        "process_src": NAMED,
        "process_dst": NAMED,
        "process_width": SIDE,
        "process_height": SIDE,
        "preprocess_txt_action": {"type": "string", "enum": list(ACTIONS)},
        "process_keep_original_size": YES_NO,
        "process_flip": YES_NO,
        "process_split": YES_NO,
        "process_caption": YES_NO,
    },
    optional={
        "process_caption_deepbooru": YES_NO,
        "split_threshold": SHARE,
        "overlap_ratio": {**NUMBER, "minimum": 0, "maximum": MOST_OVERLAP},
        "process_focal_crop": YES_NO,
        "process_focal_crop_face_weight": SHARE,
        "process_focal_crop_entropy_weight": SHARE,
        "process_focal_crop_edges_weight": SHARE,
        "process_focal_crop_debug": YES_NO,
        "process_multicrop": YES_NO,
        "process_multicrop_mindim": WHOLE,
        "process_multicrop_maxdim": WHOLE,
        "process_multicrop_minarea": WHOLE,
        "process_multicrop_maxarea": WHOLE,
        "process_multicrop_objective": {**TEXT, "enum": list(OBJECTIVES)},
        "process_multicrop_threshold": SHARE,
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
    """The file that was written, in A1111's words."""

    info: str


class TrainResponse(BaseModel):
    """The end of training, in A1111's words, and warnings about what was ignored or replaced."""

    info: str
    warnings: list[str] = []


class PreprocessResponse(BaseModel):
    """The end of preprocessing, in A1111's words, and warnings."""

    info: str
    warnings: list[str] = []
