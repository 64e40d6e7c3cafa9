"""Rows of preprocessors that draw or read line art and scribbles."""

from __future__ import annotations

from extensions.controlnet.preprocessors.aux_detector import AuxDetector
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, Slider, together

LINE_ART: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="invert",
        label="invert (from white bg & black line)",
        types=("Canny", "Lineart", "MLSD", "Scribble"),
        resolution=None,
        run="extensions.controlnet.maps.algorithms:invert",
    ),
    Preprocessor(
        key="threshold",
        a=Slider(name="Binarization Threshold", minimum=0, maximum=255, step=0.01, default=127),
        run="extensions.controlnet.maps.algorithms:threshold",
        sized=True,
    ),
    Preprocessor(
        key="lineart",
        label="lineart_realistic",
        types=("Lineart",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("sk_model.pth", "sk_model2.pth"),
        network="lineart",
        variant=AuxDetector(package="lineart", kind="LineartDetector", call={"coarse": False}),
    ),
    Preprocessor(
        key="lineart_coarse",
        types=("Lineart",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("sk_model.pth", "sk_model2.pth"),
        network="lineart",
        variant=AuxDetector(package="lineart", kind="LineartDetector", call={"coarse": True}),
    ),
    Preprocessor(
        key="lineart_anime",
        types=("Lineart",),
        load="extensions.controlnet.maps.annotators:load",
        files=together("netG.pth"),
        network="lineart_anime",
        variant=AuxDetector(package="lineart_anime", kind="LineartAnimeDetector"),
    ),
    Preprocessor(
        key="lineart_anime_denoise",
        types=("Lineart",),
        load="extensions.controlnet.maps.detectors.manga_lines:load",
        files=together("erika.pth"),
    ),
    Preprocessor(
        key="lineart_standard",
        label="lineart_standard (from white bg & black line)",
        types=("Lineart",),
        run="extensions.controlnet.maps.algorithms:lineart_standard",
        sized=True,
    ),
    Preprocessor(
        key="scribble_xdog",
        types=("Scribble", "SparseCtrl"),
        a=Slider(name="XDoG Threshold", minimum=1, maximum=64, step=0.01, default=32),
        run="extensions.controlnet.maps.algorithms:scribble_xdog",
        sized=True,
    ),
    Preprocessor(
        key="scribble_hed",
        types=("Scribble", "SparseCtrl"),
        load="extensions.controlnet.maps.annotators:load",
        files=together("ControlNetHED.pth"),
        network="hed",
        variant=AuxDetector(package="hed", kind="HEDdetector", drawn=True),
    ),
    Preprocessor(
        key="pidinet_scribble",
        label="scribble_pidinet",
        types=("Scribble", "SparseCtrl"),
        load="extensions.controlnet.maps.annotators:load",
        files=together("table5_pidinet.pth"),
        network="pidi",
        variant=AuxDetector(package="pidi", kind="PidiNetDetector", drawn=True),
    ),
    Preprocessor(
        key="scribble",
        listed=False,
        run="extensions.controlnet.maps.algorithms:scribble_drawing",
        sized=True,
    ),
    Preprocessor(
        key="fake_scribble",
        listed=False,
        load="extensions.controlnet.maps.annotators:load",
        files=together("ControlNetHED.pth"),
        network="hed",
        variant=AuxDetector(package="hed", kind="HEDdetector", drawn=True, cut=10),
    ),
    Preprocessor(
        key="binary",
        listed=False,
        a=Slider(name="Binary Threshold", minimum=0, maximum=255, step=1, default=0),
        run="extensions.controlnet.maps.algorithms:binary",
        sized=True,
    ),
)
