"""Rows of preprocessors that hand the picture on, or its colours: tiles, references, fills, recolouring."""

from __future__ import annotations

from extensions.controlnet.preprocessors.effects import (
    ColourEffect,
    RecolourEffect,
    ReferenceEffect,
    RepaintEffect,
)
from extensions.controlnet.preprocessors.preprocessor import MaskUse, Preprocessor, Slider

VARIATION = Slider(name="Variation", minimum=3.0, maximum=32.0, step=1.0, default=8.0)
GAMMA = Slider(name="Gamma Correction", minimum=0.1, maximum=2.0, step=0.001, default=1.0)
FIDELITY = Slider(
    name="Style Fidelity (only for Balanced mode)", minimum=0.0, maximum=1.0, step=0.01, default=0.5
)
PICTURES: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="none",
        run="extensions.controlnet.maps.algorithms:identity",
        saves=False,
    ),
    Preprocessor(
        key="tile_resample",
        types=("Tile",),
        a=Slider(name="Down Sampling Rate", minimum=1.0, maximum=8.0, step=0.01, default=1.0),
        run="extensions.controlnet.maps.algorithms:tile_resample",
    ),
    Preprocessor(
        key="tile_colorfix",
        types=("Tile",),
        a=VARIATION,
        run="extensions.controlnet.maps.algorithms:identity",
        effect=ColourEffect(),
    ),
    Preprocessor(
        key="tile_colorfix+sharp",
        types=("Tile",),
        a=VARIATION,
        b=Slider(name="Sharpness", minimum=0.0, maximum=2.0, step=0.01, default=1.0),
        run="extensions.controlnet.maps.algorithms:identity",
        effect=ColourEffect(sharpens=True),
    ),
    Preprocessor(
        key="tile_gaussian",
        listed=False,
        a=Slider(name="Noise", minimum=0.01, maximum=64.0, step=0.01, default=5.0),
        run="extensions.controlnet.maps.algorithms:blur_gaussian",
    ),
    Preprocessor(
        key="blur_gaussian",
        types=("Tile",),
        a=Slider(name="Sigma", minimum=0.01, maximum=64.0, step=0.01, default=9.0),
        run="extensions.controlnet.maps.algorithms:blur_gaussian",
    ),
    Preprocessor(
        key="color",
        label="t2ia_color_grid",
        types=("T2I-Adapter",),
        run="extensions.controlnet.maps.algorithms:color_grid",
    ),
    Preprocessor(
        key="shuffle",
        types=("Shuffle",),
        resolution=None,
        run="extensions.controlnet.maps.algorithms:content_shuffle",
        random=True,
        fixed_resolution=512,
    ),
    Preprocessor(
        key="recolor_luminance",
        types=("Recolor",),
        a=GAMMA,
        run="extensions.controlnet.maps.algorithms:recolor_luminance",
        effect=RecolourEffect(kind="luminance"),
    ),
    Preprocessor(
        key="recolor_intensity",
        types=("Recolor",),
        a=GAMMA,
        run="extensions.controlnet.maps.algorithms:recolor_intensity",
        effect=RecolourEffect(kind="intensity"),
    ),
    Preprocessor(
        key="reference_only",
        types=("Reference",),
        a=FIDELITY,
        run="extensions.controlnet.maps.algorithms:identity",
        effect=ReferenceEffect(statistics=False),
        model_free=True,
    ),
    Preprocessor(
        key="reference_adain",
        types=("Reference",),
        a=FIDELITY,
        run="extensions.controlnet.maps.algorithms:identity",
        effect=ReferenceEffect(attention=False),
        model_free=True,
    ),
    Preprocessor(
        key="reference_adain+attn",
        types=("Reference",),
        a=FIDELITY,
        run="extensions.controlnet.maps.algorithms:identity",
        effect=ReferenceEffect(),
        model_free=True,
    ),
    Preprocessor(
        key="inpaint",
        label="inpaint_global_harmonious",
        types=("Inpaint",),
        resolution=None,
        run="extensions.controlnet.maps.algorithms:identity",
        mask=MaskUse.NEEDED,
        effect=RepaintEffect(),
    ),
    Preprocessor(
        key="inpaint_only",
        types=("Inpaint",),
        resolution=None,
        run="extensions.controlnet.maps.algorithms:identity",
        mask=MaskUse.NEEDED,
        effect=RepaintEffect(keeps_outside=True, under_mask="inpaint"),
    ),
    Preprocessor(
        key="inpaint_only+lama",
        types=("Inpaint",),
        resolution=None,
        load="extensions.controlnet.maps.detectors.lama:load",
        files=(("ControlNetLama.pth",), ("big-lama.pt",)),
        mask=MaskUse.NEEDED,
        effect=RepaintEffect(keeps_outside=True, filled=True),
    ),
)
