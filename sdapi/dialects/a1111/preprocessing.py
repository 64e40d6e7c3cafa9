"""Make a request of the arguments of the older route preprocess."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import check_picture, within
from pipelines.contract.preprocessing import FocalCrop, MultiCrop, PreprocessRequest
from sdapi.core.state import State
from sdapi.dialects.a1111.arguments import ArgumentReader
from sdapi.dialects.a1111.schemas.training import PREPROCESS
from sdapi.dialects.a1111.schemas.training_kinds import ACTIONS, MOST_OVERLAP, OBJECTIVES
from sdapi.intent.options import resolve_options


def preprocess_request(body: Mapping[str, Any], state: State) -> PreprocessRequest:
    """The request for preprocessing a folder. Raises InvalidRequest that names the argument."""
    read = ArgumentReader(body)
    read.check(PREPROCESS.kinds)
    source, destination = _folders(body, state)
    width, height = read.whole("process_width", 512), read.whole("process_height", 512)
    within("process_width", width, 8, state.config.limits.side)
    within("process_height", height, 8, state.config.limits.side)
    check_picture("process_width", width, height, state.config.limits)
    action = str(body["preprocess_txt_action"])
    if action not in ACTIONS:
        raise InvalidRequest(f"must be one of {', '.join(ACTIONS)}", field="preprocess_txt_action")
    return PreprocessRequest(
        source=str(source),
        destination=str(destination),
        width=width,
        height=height,
        text_action=action,
        keep_size=read.truth("process_keep_original_size"),
        flip=read.truth("process_flip"),
        split=read.truth("process_split"),
        split_threshold=read.share("split_threshold", 0.5),
        overlap_ratio=read.share("overlap_ratio", 0.2, most=MOST_OVERLAP),
        caption=read.truth("process_caption"),
        tags=read.truth("process_caption_deepbooru"),
        focal=_focal(read) if read.truth("process_focal_crop") else None,
        multi=_multi(read, state) if read.truth("process_multicrop") else None,
        options=resolve_options(state.store, None).generation,
    )


def _folders(body: Mapping[str, Any], state: State) -> tuple[Path, Path]:
    places = state.config.places
    for field in ("process_src", "process_dst"):
        if not isinstance(body[field], str) or not body[field]:
            raise InvalidRequest("must be a folder", field=field)
    source = places.picture_folder(body["process_src"], field="process_src")
    destination = places.training_folder(body["process_dst"], field="process_dst")
    if not os.path.isdir(source):
        raise InvalidRequest("there is no such folder", field="process_src")
    if source == destination:
        raise InvalidRequest("is the folder that is read, too", field="process_dst")
    return source, destination


def _focal(read: ArgumentReader) -> FocalCrop:
    return FocalCrop(
        edges=read.share("process_focal_crop_edges_weight", 0.5),
        entropy=read.share("process_focal_crop_entropy_weight", 0.15),
        faces=read.share("process_focal_crop_face_weight", 0.9),
        debug=read.truth("process_focal_crop_debug"),
    )


def _multi(read: ArgumentReader, state: State) -> MultiCrop:
    usual, limits = MultiCrop(), state.config.limits
    objective = read.text("process_multicrop_objective", "Maximize area")
    if objective not in OBJECTIVES:
        raise InvalidRequest(f"must be one of {', '.join(OBJECTIVES)}", field="process_multicrop_objective")
    plan = MultiCrop(
        least_side=read.whole("process_multicrop_mindim", usual.least_side),
        most_side=read.whole("process_multicrop_maxdim", usual.most_side),
        least_area=read.whole("process_multicrop_minarea", usual.least_area),
        most_area=read.whole("process_multicrop_maxarea", usual.most_area),
        maximise_area=OBJECTIVES[objective],
        threshold=read.share("process_multicrop_threshold", usual.threshold),
    )
    within("process_multicrop_mindim", plan.least_side, 64, limits.side)
    within("process_multicrop_maxdim", plan.most_side, plan.least_side, limits.side)
    within("process_multicrop_maxarea", plan.most_area, 1, limits.pixels)
    return plan
