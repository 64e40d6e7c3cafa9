"""Rows of preprocessors that embed pictures in place of words."""

from __future__ import annotations

from extensions.controlnet.preprocessors.effects import ImagePromptEffect, RevisionEffect, StyleEffect
from extensions.controlnet.preprocessors.face_files import ANTELOPE, BUFFALO, FACE_HELPERS
from extensions.controlnet.preprocessors.preprocessor import MaskUse, Preprocessor, Slider, together

NOISE = Slider(name="Noise Augmentation", minimum=0.0, maximum=1.0, step=0.01, default=0.0)
EMBEDDERS: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="ip-adapter-auto",
        types=("IP-Adapter",),
        mask=MaskUse.READ,
        effect=ImagePromptEffect(),
        undetected=("ip-adapter-auto",),
    ),
    Preprocessor(
        key="ip-adapter_clip_sd15",
        label="ip-adapter_clip_h",
        types=("IP-Adapter",),
        embed="extensions.controlnet.image_prompts.embedders:clip_embedding",
        files=together("clip_h.pth"),
        mask=MaskUse.TAKEN,
        effect=ImagePromptEffect(),
    ),
    Preprocessor(
        key="ip-adapter_clip_sdxl",
        label="ip-adapter_clip_g",
        types=("IP-Adapter",),
        embed="extensions.controlnet.image_prompts.embedders:clip_embedding",
        files=together("clip_g.pth"),
        mask=MaskUse.TAKEN,
        effect=ImagePromptEffect(),
    ),
    Preprocessor(
        key="ip-adapter_clip_sdxl_plus_vith",
        types=("IP-Adapter",),
        embed="extensions.controlnet.image_prompts.embedders:clip_embedding",
        files=together("clip_h.pth"),
        mask=MaskUse.TAKEN,
        effect=ImagePromptEffect(),
    ),
    Preprocessor(
        key="ip-adapter_face_id",
        types=("IP-Adapter",),
        embed="extensions.controlnet.image_prompts.embedders:face_embedding",
        files=together(*BUFFALO),
        variant=BUFFALO,
        effect=ImagePromptEffect(),
    ),
    Preprocessor(
        key="ip-adapter_face_id_plus",
        types=("IP-Adapter",),
        embed="extensions.controlnet.image_prompts.embedders:face_and_clip_embedding",
        files=together("clip_h.pth", *BUFFALO),
        variant=BUFFALO,
        effect=ImagePromptEffect(),
    ),
    Preprocessor(
        key="ip-adapter_pulid",
        types=("IP-Adapter",),
        resolution=None,
        embed="extensions.controlnet.image_prompts.embedders:portrait_embedding",
        files=together("EVA02_CLIP_L_336_psz14_s6B.pt", *ANTELOPE, *FACE_HELPERS),
        variant=ANTELOPE,
        mask=MaskUse.READ,
        effect=ImagePromptEffect(),
    ),
    Preprocessor(
        key="instant_id_face_embedding",
        types=("Instant-ID",),
        embed="extensions.controlnet.image_prompts.embedders:scaled_face_embedding",
        files=together(*ANTELOPE),
        variant=ANTELOPE,
        effect=ImagePromptEffect(several=False),
    ),
    Preprocessor(
        key="clip_vision",
        label="t2ia_style_clipvision",
        types=("T2I-Adapter",),
        embed="extensions.controlnet.image_prompts.embedders:clip_embedding",
        files=together("clip_vitl.pth"),
        mask=MaskUse.READ,
        effect=StyleEffect(),
        undetected=("clip_vision",),
    ),
    Preprocessor(
        key="revision_clipvision",
        types=("Revision",),
        a=NOISE,
        embed="extensions.controlnet.image_prompts.embedders:clip_embedding",
        files=together("clip_g.pth"),
        mask=MaskUse.READ,
        effect=RevisionEffect(),
        model_free=True,
        undetected=("revision_clipvision",),
    ),
    Preprocessor(
        key="revision_ignore_prompt",
        types=("Revision",),
        a=NOISE,
        embed="extensions.controlnet.image_prompts.embedders:clip_embedding",
        files=together("clip_g.pth"),
        mask=MaskUse.READ,
        effect=RevisionEffect(drops_text=True),
        model_free=True,
        undetected=("revision_ignore_prompt",),
    ),
)
