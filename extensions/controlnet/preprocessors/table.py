"""Every preprocessor by its names, in the order of ``module_list``; no torch."""

from __future__ import annotations

from extensions.controlnet.preprocessors.beings import BEINGS
from extensions.controlnet.preprocessors.depths import DEPTHS
from extensions.controlnet.preprocessors.edges import EDGES
from extensions.controlnet.preprocessors.effects import Effect
from extensions.controlnet.preprocessors.embedders import EMBEDDERS
from extensions.controlnet.preprocessors.line_art import LINE_ART
from extensions.controlnet.preprocessors.pictures import PICTURES
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.segments import SEGMENTS

ORDER = """
none ip-adapter-auto tile_resample pidinet oneformer_ade20k pidinet_scribble revision_clipvision
reference_only recolor_luminance openpose_full normal_bae mlsd lineart_standard ip-adapter_clip_sd15
inpaint_only depth canny invert tile_colorfix+sharp tile_colorfix threshold clip_vision
pidinet_sketch color softedge_teed pidinet_safe hed_safe hed softedge_anyline shuffle segmentation
oneformer_coco anime_face_segment scribble_xdog scribble_hed revision_ignore_prompt
reference_adain+attn reference_adain recolor_intensity openpose_hand openpose_faceonly openpose_face
openpose normal_map normal_dsine mobile_sam mediapipe_face lineart lineart_coarse
lineart_anime_denoise lineart_anime ip-adapter_pulid ip-adapter_face_id_plus ip-adapter_face_id
ip-adapter_clip_sdxl_plus_vith ip-adapter_clip_sdxl instant_id_face_keypoints
instant_id_face_embedding inpaint_only+lama inpaint facexlib dw_openpose_full depth_zoe
depth_leres++ depth_leres depth_hand_refiner depth_anything_v2 depth_anything densepose_parula
densepose blur_gaussian animal_openpose
""".split()
"""The keys of the original's listing; all others follow in the order of their registration."""

PREPROCESSORS: dict[str, Preprocessor] = {}
"""Every preprocessor by its key, hidden ones too."""


def register_preprocessor(*rows: Preprocessor) -> None:
    """Add preprocessors; the same row twice is one. Raises ValueError for a name that another one has."""
    for row in rows:
        known = find_exactly(row.key) or find_exactly(row.title)
        if known is not None and known != row:
            raise ValueError(f"{row.title} is already the name of preprocessor {known.key}")
        PREPROCESSORS[row.key] = row


def listed_preprocessors() -> tuple[Preprocessor, ...]:
    """The preprocessors that listings show, in order."""
    return tuple(row for row in PREPROCESSORS.values() if row.listed)


def find_exactly(name: str) -> Preprocessor | None:
    """The preprocessor of a key, label or former name in any letter case; labels yield to keys."""
    wanted = name.strip().lower()
    rows = PREPROCESSORS.values()
    by_key = (row for row in rows if wanted in (row.key.lower(), *row.former))
    by_label = (row for row in rows if wanted == row.title.lower())
    return next(by_key, None) or next(by_label, None)


def find_preprocessor(name: str | None) -> Preprocessor | None:
    """A preprocessor by any of its names; None and an empty name mean ``none``."""
    wanted = name or "none"
    found = find_exactly(wanted)
    if found is not None:
        return found
    # labels are often sent without the explanation in brackets
    bare = wanted.strip().lower()
    return next((row for row in PREPROCESSORS.values() if row.title.lower().partition(" (")[0] == bare), None)


def keys_with(effect: type[Effect]) -> tuple[str, ...]:
    """The keys of all preprocessors whose units have an effect of that kind."""
    return tuple(row.key for row in PREPROCESSORS.values() if isinstance(row.effect, effect))


_ROWS = {
    row.key: row for rows in (EDGES, LINE_ART, DEPTHS, BEINGS, SEGMENTS, PICTURES, EMBEDDERS) for row in rows
}
register_preprocessor(*(_ROWS.pop(key) for key in ORDER), *_ROWS.values())
