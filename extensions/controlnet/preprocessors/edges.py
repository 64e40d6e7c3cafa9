"""Rows of preprocessors that find edges: Canny's, straight lines, soft edges."""

from __future__ import annotations

from extensions.controlnet.preprocessors.aux_detector import AuxDetector
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, Slider, resolution_slider, together

SAFE_STEPS = Slider(name="Safe Steps", minimum=0, maximum=10, step=1, default=2)
EDGES: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="canny",
        types=("Canny",),
        a=Slider(name="Low Threshold", minimum=1, maximum=255, step=1, default=100),
        b=Slider(name="High Threshold", minimum=1, maximum=255, step=1, default=200),
        run="extensions.controlnet.maps.algorithms:canny",
        sized=True,
        softened=True,
    ),
    Preprocessor(
        key="mlsd",
        types=("MLSD",),
        a=Slider(name="MLSD Value Threshold", minimum=0.01, maximum=2.0, step=0.01, default=0.1),
        b=Slider(name="MLSD Distance Threshold", minimum=0.01, maximum=20.0, step=0.01, default=0.1),
        load="extensions.controlnet.maps.annotators:load",
        files=together("mlsd_large_512_fp32.pth"),
        network="mlsd",
        variant=AuxDetector(package="mlsd", kind="MLSDdetector", a="thr_v", b="thr_d"),
        softened=True,
    ),
    Preprocessor(
        key="pidinet",
        label="softedge_pidinet",
        types=("SoftEdge",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("table5_pidinet.pth"),
        network="pidi",
        variant=AuxDetector(package="pidi", kind="PidiNetDetector"),
    ),
    Preprocessor(
        key="pidinet_safe",
        label="softedge_pidisafe",
        types=("SoftEdge",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("table5_pidinet.pth"),
        network="pidi",
        variant=AuxDetector(package="pidi", kind="PidiNetDetector", call={"safe": True}),
    ),
    Preprocessor(
        key="pidinet_sketch",
        label="t2ia_sketch_pidi",
        types=("T2I-Adapter",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("table5_pidinet.pth"),
        network="pidi",
        variant=AuxDetector(package="pidi", kind="PidiNetDetector", call={"apply_filter": True}),
    ),
    Preprocessor(
        key="hed",
        label="softedge_hed",
        types=("SoftEdge",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("ControlNetHED.pth"),
        network="hed",
        variant=AuxDetector(package="hed", kind="HEDdetector"),
    ),
    Preprocessor(
        key="hed_safe",
        label="softedge_hedsafe",
        types=("SoftEdge",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("ControlNetHED.pth"),
        network="hed",
        variant=AuxDetector(package="hed", kind="HEDdetector", call={"safe": True}),
    ),
    Preprocessor(
        key="softedge_teed",
        former=("te_hed",),
        types=("SoftEdge",),
        a=SAFE_STEPS,
        load="extensions.controlnet.maps.annotators:load",
        files=together("7_model.pth"),
        network="teed",
        variant=AuxDetector(
            package="teed", kind="TEEDdetector", read={"filename": "7_model.pth"}, a="safe_steps"
        ),
    ),
    Preprocessor(
        key="softedge_anyline",
        types=("SoftEdge",),
        resolution=resolution_slider(1280),
        a=SAFE_STEPS,
        load="extensions.controlnet.maps.detectors.anyline:load",
        files=together("MTEED.pth"),
    ),
)
