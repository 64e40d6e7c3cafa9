"""The preprocessors ("modules"): names, sliders and what they need, in the order of ``module_list``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A parameter of a preprocessor; values outside the range mean ``default``."""

    name: str
    minimum: float
    maximum: float
    step: float
    default: float


def _resolution(default: int = 512) -> Slider:
    return Slider(name="Resolution", minimum=64, maximum=2048, step=8, default=default)


HIDDEN = Slider(name="", minimum=0, maximum=1, step=0.01, default=0.5)
"""Stands for a slider that a preprocessor doesn't have."""
STANDARD = _resolution()


@dataclass(frozen=True, slots=True)
class Module:
    """One preprocessor. ``files`` are weights; ``types`` the control types that offer it.

    ``model_free``: works without a control model. ``tensor``: answers an embedding, not a picture.
    """

    key: str
    label: str = ""
    resolution: Slider | None = STANDARD
    a: Slider | None = None
    b: Slider | None = None
    model_free: bool = False
    tensor: bool = False
    takes_mask: bool = False
    needs_mask: bool = False
    files: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The label, which is the key for most."""
        return self.label or self.key

    @property
    def sliders(self) -> tuple[Slider, ...]:
        """Those that are shown."""
        return tuple(slider for slider in (self.resolution, self.a, self.b) if slider is not None)


BUFFALO = ("det_10g.onnx", "w600k_r50.onnx")
ANTELOPE = ("scrfd_10g_bnkps.onnx", "glintr100.onnx")
"""insightface's packs "buffalo_l" and "antelopev2": a detector and a recogniser each."""
FACE_HELPERS = ("detection_Resnet50_Final.pth", "parsing_bisenet.pth")
"""RetinaFace and BiSeNet."""

MODULES: tuple[Module, ...] = (
    Module("none"),
    Module("ip-adapter-auto", tensor=True, types=("IP-Adapter",)),
    Module(
        "tile_resample",
        a=Slider(name="Down Sampling Rate", minimum=1.0, maximum=8.0, step=0.01, default=1.0),
        types=("Tile",),
    ),
    Module("pidinet", label="softedge_pidinet", files=("table5_pidinet.pth",), types=("SoftEdge",)),
    Module(
        "oneformer_ade20k",
        label="seg_ofade20k",
        files=("250_16_swin_l_oneformer_ade20k_160k.pth",),
        types=("Segmentation",),
    ),
    Module(
        "pidinet_scribble",
        label="scribble_pidinet",
        files=("table5_pidinet.pth",),
        types=(
            "Scribble",
            "SparseCtrl",
        ),
    ),
    Module(
        "revision_clipvision",
        a=Slider(name="Noise Augmentation", minimum=0.0, maximum=1.0, step=0.01, default=0.0),
        model_free=True,
        tensor=True,
        files=("clip_g.pth",),
        types=("Revision",),
    ),
    Module(
        "reference_only",
        a=Slider(
            name="Style Fidelity (only for Balanced mode)", minimum=0.0, maximum=1.0, step=0.01, default=0.5
        ),
        model_free=True,
        types=("Reference",),
    ),
    Module(
        "recolor_luminance",
        a=Slider(name="Gamma Correction", minimum=0.1, maximum=2.0, step=0.001, default=1.0),
        types=("Recolor",),
    ),
    Module(
        "openpose_full",
        files=(
            "body_pose_model.pth",
            "hand_pose_model.pth",
            "facenet.pth",
        ),
        types=("OpenPose",),
    ),
    Module("normal_bae", files=("scannet.pt",), types=("NormalMap",)),
    Module(
        "mlsd",
        a=Slider(name="MLSD Value Threshold", minimum=0.01, maximum=2.0, step=0.01, default=0.1),
        b=Slider(name="MLSD Distance Threshold", minimum=0.01, maximum=20.0, step=0.01, default=0.1),
        files=("mlsd_large_512_fp32.pth",),
        types=("MLSD",),
    ),
    Module("lineart_standard", label="lineart_standard (from white bg & black line)", types=("Lineart",)),
    Module(
        "ip-adapter_clip_sd15",
        label="ip-adapter_clip_h",
        tensor=True,
        takes_mask=True,
        files=("clip_h.pth",),
        types=("IP-Adapter",),
    ),
    Module("inpaint_only", resolution=None, needs_mask=True, types=("Inpaint",)),
    Module("depth", label="depth_midas", files=("dpt_hybrid-midas-501f0c75.pt",), types=("Depth",)),
    Module(
        "canny",
        a=Slider(name="Low Threshold", minimum=1, maximum=255, step=1, default=100),
        b=Slider(name="High Threshold", minimum=1, maximum=255, step=1, default=200),
        types=("Canny",),
    ),
    Module(
        "invert",
        label="invert (from white bg & black line)",
        resolution=None,
        types=(
            "Canny",
            "Lineart",
            "MLSD",
            "Scribble",
        ),
    ),
    Module(
        "tile_colorfix+sharp",
        a=Slider(name="Variation", minimum=3.0, maximum=32.0, step=1.0, default=8.0),
        b=Slider(name="Sharpness", minimum=0.0, maximum=2.0, step=0.01, default=1.0),
        types=("Tile",),
    ),
    Module(
        "tile_colorfix",
        a=Slider(name="Variation", minimum=3.0, maximum=32.0, step=1.0, default=8.0),
        types=("Tile",),
    ),
    Module(
        "threshold", a=Slider(name="Binarization Threshold", minimum=0, maximum=255, step=0.01, default=127)
    ),
    Module(
        "clip_vision",
        label="t2ia_style_clipvision",
        tensor=True,
        files=("clip_vitl.pth",),
        types=("T2I-Adapter",),
    ),
    Module("pidinet_sketch", label="t2ia_sketch_pidi", files=("table5_pidinet.pth",), types=("T2I-Adapter",)),
    Module("color", label="t2ia_color_grid", types=("T2I-Adapter",)),
    Module(
        "softedge_teed",
        a=Slider(name="Safe Steps", minimum=0, maximum=10, step=1, default=2),
        files=("7_model.pth",),
        types=("SoftEdge",),
    ),
    Module("pidinet_safe", label="softedge_pidisafe", files=("table5_pidinet.pth",), types=("SoftEdge",)),
    Module("hed_safe", label="softedge_hedsafe", files=("ControlNetHED.pth",), types=("SoftEdge",)),
    Module("hed", label="softedge_hed", files=("ControlNetHED.pth",), types=("SoftEdge",)),
    Module(
        "softedge_anyline",
        resolution=_resolution(1280),
        a=Slider(name="Safe Steps", minimum=0, maximum=10, step=1, default=2),
        files=("MTEED.pth",),
        types=("SoftEdge",),
    ),
    Module("shuffle", resolution=None, types=("Shuffle",)),
    Module(
        "segmentation", label="seg_ufade20k", files=("upernet_global_small.pth",), types=("Segmentation",)
    ),
    Module(
        "oneformer_coco",
        label="seg_ofcoco",
        files=("150_16_swin_l_oneformer_coco_100ep.pth",),
        types=("Segmentation",),
    ),
    Module("anime_face_segment", label="seg_anime_face", files=("UNet.pth",), types=("Segmentation",)),
    Module(
        "scribble_xdog",
        a=Slider(name="XDoG Threshold", minimum=1, maximum=64, step=0.01, default=32),
        types=(
            "Scribble",
            "SparseCtrl",
        ),
    ),
    Module(
        "scribble_hed",
        files=("ControlNetHED.pth",),
        types=(
            "Scribble",
            "SparseCtrl",
        ),
    ),
    Module(
        "revision_ignore_prompt",
        a=Slider(name="Noise Augmentation", minimum=0.0, maximum=1.0, step=0.01, default=0.0),
        model_free=True,
        tensor=True,
        files=("clip_g.pth",),
        types=("Revision",),
    ),
    Module(
        "reference_adain+attn",
        a=Slider(
            name="Style Fidelity (only for Balanced mode)", minimum=0.0, maximum=1.0, step=0.01, default=0.5
        ),
        model_free=True,
        types=("Reference",),
    ),
    Module(
        "reference_adain",
        a=Slider(
            name="Style Fidelity (only for Balanced mode)", minimum=0.0, maximum=1.0, step=0.01, default=0.5
        ),
        model_free=True,
        types=("Reference",),
    ),
    Module(
        "recolor_intensity",
        a=Slider(name="Gamma Correction", minimum=0.1, maximum=2.0, step=0.001, default=1.0),
        types=("Recolor",),
    ),
    Module("openpose_hand", types=("OpenPose",)),
    Module("openpose_faceonly", types=("OpenPose",)),
    Module("openpose_face", types=("OpenPose",)),
    Module("openpose", types=("OpenPose",)),
    Module(
        "normal_map",
        label="normal_midas",
        a=Slider(name="Normal Background Threshold", minimum=0.0, maximum=1.0, step=0.01, default=0.4),
        files=("dpt_hybrid-midas-501f0c75.pt",),
        types=("NormalMap",),
    ),
    Module(
        "normal_dsine",
        a=Slider(name="Fov", minimum=0, maximum=360, step=0.1, default=60),
        b=Slider(name="Iterations", minimum=1, maximum=20, step=1, default=5),
        files=("dsine.pt",),
        types=("NormalMap",),
    ),
    Module("mobile_sam", files=("mobile_sam.pt",), types=("Segmentation",)),
    Module(
        "mediapipe_face",
        a=Slider(name="Max Faces", minimum=1, maximum=10, step=1, default=1),
        b=Slider(name="Min Face Confidence", minimum=0.01, maximum=1.0, step=0.01, default=0.5),
    ),
    Module("lineart", label="lineart_realistic", files=("sk_model.pth",), types=("Lineart",)),
    Module("lineart_coarse", files=("sk_model2.pth",), types=("Lineart",)),
    Module("lineart_anime_denoise", files=("erika.pth",), types=("Lineart",)),
    Module("lineart_anime", files=("netG.pth",), types=("Lineart",)),
    Module(
        "ip-adapter_pulid",
        resolution=None,
        tensor=True,
        files=("EVA02_CLIP_L_336_psz14_s6B.pt", *ANTELOPE, *FACE_HELPERS),
        types=("IP-Adapter",),
    ),
    Module(
        "ip-adapter_face_id_plus",
        tensor=True,
        files=("clip_h.pth", *BUFFALO),
        types=("IP-Adapter",),
    ),
    Module("ip-adapter_face_id", tensor=True, files=BUFFALO, types=("IP-Adapter",)),
    Module(
        "ip-adapter_clip_sdxl_plus_vith",
        tensor=True,
        takes_mask=True,
        files=("clip_h.pth",),
        types=("IP-Adapter",),
    ),
    Module(
        "ip-adapter_clip_sdxl",
        label="ip-adapter_clip_g",
        tensor=True,
        takes_mask=True,
        files=("clip_g.pth",),
        types=("IP-Adapter",),
    ),
    Module("instant_id_face_keypoints", files=ANTELOPE[:1], types=("Instant-ID",)),
    Module("instant_id_face_embedding", tensor=True, files=ANTELOPE, types=("Instant-ID",)),
    Module(
        "inpaint_only+lama",
        resolution=None,
        needs_mask=True,
        files=("ControlNetLama.pth",),
        types=("Inpaint",),
    ),
    Module(
        "inpaint", label="inpaint_global_harmonious", resolution=None, needs_mask=True, types=("Inpaint",)
    ),
    Module("facexlib", resolution=None),
    Module(
        "dw_openpose_full",
        files=(
            "yolox_l.onnx",
            "dw-ll_ucoco_384.onnx",
        ),
        types=("OpenPose",),
    ),
    Module("depth_zoe", files=("ZoeD_M12_N.pt",), types=("Depth",)),
    Module(
        "depth_leres++",
        a=Slider(name="Remove Near %", minimum=0, maximum=100, step=0.1, default=0),
        b=Slider(name="Remove Background %", minimum=0, maximum=100, step=0.1, default=0),
        files=(
            "res101.pth",
            "latest_net_G.pth",
        ),
        types=("Depth",),
    ),
    Module(
        "depth_leres",
        a=Slider(name="Remove Near %", minimum=0, maximum=100, step=0.1, default=0),
        b=Slider(name="Remove Background %", minimum=0, maximum=100, step=0.1, default=0),
        files=("res101.pth",),
        types=("Depth",),
    ),
    Module("depth_hand_refiner", types=("Depth",)),
    Module("depth_anything_v2", files=("depth_anything_v2_vitl.safetensors",), types=("Depth",)),
    Module("depth_anything", files=("depth_anything_vitl14.pth",), types=("Depth",)),
    Module(
        "densepose_parula",
        label="densepose_parula (black bg & blue torso)",
        files=("densepose_r50_fpn_dl.torchscript",),
        types=("OpenPose",),
    ),
    Module(
        "densepose",
        label="densepose (pruple bg & purple torso)",
        files=("densepose_r50_fpn_dl.torchscript",),
        types=("OpenPose",),
    ),
    Module(
        "blur_gaussian",
        a=Slider(name="Sigma", minimum=0.01, maximum=64.0, step=0.01, default=9.0),
        types=("Tile",),
    ),
    Module("animal_openpose", files=("yolox_l.onnx",), types=("OpenPose",)),
)

RETIRED: tuple[Module, ...] = (
    Module("scribble"),
    Module("fake_scribble", files=("ControlNetHED.pth",)),
    Module("binary", a=Slider(name="Binary Threshold", minimum=0, maximum=255, step=1, default=0)),
    Module("tile_gaussian", a=Slider(name="Noise", minimum=0.01, maximum=64.0, step=0.01, default=5.0)),
)
"""Those of early 2023 that clients may still ask for; no listing shows them."""
RENAMED = {"te_hed": "softedge_teed"}
"""Former names of modules."""
_BY_NAME = {
    **{module.title.lower(): module for module in MODULES},
    **{module.key.lower(): module for module in (*MODULES, *RETIRED)},
}


def find_module(name: str | None) -> Module | None:
    """A module by key, label or former name in any letter case; nothing and ``None`` are ``none``."""
    wanted = (name or "none").strip().lower()
    wanted = RENAMED.get(wanted, wanted)
    # labels are often sent without the explanation in brackets
    return _BY_NAME.get(wanted) or next(
        (m for m in MODULES if m.title.lower().partition(" (")[0] == wanted), None
    )
