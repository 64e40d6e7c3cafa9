"""Rows of preprocessors for depth and surface normals."""

from __future__ import annotations

from extensions.controlnet.preprocessors.aux_detector import AuxDetector
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, Slider, folder, together

NEAR = Slider(name="Remove Near %", minimum=0, maximum=100, step=0.1, default=0)
BACKGROUND = Slider(name="Remove Background %", minimum=0, maximum=100, step=0.1, default=0)
DEPTHS: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="depth",
        label="depth_midas",
        types=("Depth",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("dpt_hybrid-midas-501f0c75.pt"),
        network="midas",
        variant=AuxDetector(package="midas", kind="MidasDetector"),
    ),
    Preprocessor(
        key="depth_zoe",
        types=("Depth",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("ZoeD_M12_N.pt"),
        network="zoe",
        variant=AuxDetector(package="zoe", kind="ZoeDetector"),
    ),
    Preprocessor(
        key="depth_leres",
        types=("Depth",),
        a=NEAR,
        b=BACKGROUND,
        load="extensions.controlnet.maps.annotators:load",
        files=together("res101.pth", "latest_net_G.pth"),
        network="leres",
        variant=AuxDetector(
            package="leres", kind="LeresDetector", call={"boost": False}, a="thr_a", b="thr_b"
        ),
    ),
    Preprocessor(
        key="depth_leres++",
        types=("Depth",),
        a=NEAR,
        b=BACKGROUND,
        load="extensions.controlnet.maps.annotators:load",
        files=together("res101.pth", "latest_net_G.pth"),
        network="leres",
        variant=AuxDetector(
            package="leres", kind="LeresDetector", call={"boost": True}, a="thr_a", b="thr_b"
        ),
    ),
    Preprocessor(
        key="depth_anything",
        types=("Depth",),
        load="extensions.controlnet.maps.detectors.depth_anything:load",
        files=(("depth_anything_vitl14.pth",), folder("depth_anything"), folder("depth-anything-large-hf")),
        variant="v1",
    ),
    Preprocessor(
        key="depth_anything_v2",
        types=("Depth",),
        load="extensions.controlnet.maps.detectors.depth_anything:load",
        files=(
            ("depth_anything_v2_vitl.safetensors",),
            ("depth_anything_v2_vitl.pth",),
            folder("depth_anything_v2"),
            folder("Depth-Anything-V2-Large-hf"),
        ),
        variant="v2",
    ),
    Preprocessor(
        key="depth_hand_refiner",
        types=("Depth",),
        unavailable="the MANO hand model and its code, whose licences forbid building them in",
    ),
    Preprocessor(
        key="normal_bae",
        types=("NormalMap",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("scannet.pt"),
        network="normalbae",
        variant=AuxDetector(package="normalbae", kind="NormalBaeDetector"),
    ),
    Preprocessor(
        key="normal_map",
        label="normal_midas",
        types=("NormalMap",),
        a=Slider(name="Normal Background Threshold", minimum=0.0, maximum=1.0, step=0.01, default=0.4),
        load="extensions.controlnet.maps.annotators:load",
        files=together("dpt_hybrid-midas-501f0c75.pt"),
        network="midas",
        variant=AuxDetector(
            package="midas", kind="MidasDetector", call={"depth_and_normal": True}, a="bg_th"
        ),
    ),
    Preprocessor(
        key="normal_dsine",
        types=("NormalMap",),
        a=Slider(name="Fov", minimum=0, maximum=360, step=0.1, default=60),
        b=Slider(name="Iterations", minimum=1, maximum=20, step=1, default=5),
        unavailable="DSINE, whose licence forbids building it in: use normal_bae",
    ),
)
