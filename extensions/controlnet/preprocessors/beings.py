"""Rows of preprocessors that look for people, animals and faces."""

from __future__ import annotations

from extensions.controlnet.preprocessors.aux_detector import AuxDetector, PoseParts
from extensions.controlnet.preprocessors.face_files import ANTELOPE, FACE_HELPERS
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, Slider, together

BEINGS: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="openpose",
        types=("OpenPose",),
        load="extensions.controlnet.maps.annotators:load_openpose",
        files=together("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth"),
        network="open_pose",
        variant=PoseParts(body=True),
    ),
    Preprocessor(
        key="openpose_hand",
        types=("OpenPose",),
        load="extensions.controlnet.maps.annotators:load_openpose",
        files=together("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth"),
        network="open_pose",
        variant=PoseParts(body=True, hand=True),
    ),
    Preprocessor(
        key="openpose_face",
        types=("OpenPose",),
        load="extensions.controlnet.maps.annotators:load_openpose",
        files=together("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth"),
        network="open_pose",
        variant=PoseParts(body=True, face=True),
    ),
    Preprocessor(
        key="openpose_faceonly",
        types=("OpenPose",),
        load="extensions.controlnet.maps.annotators:load_openpose",
        files=together("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth"),
        network="open_pose",
        variant=PoseParts(face=True),
    ),
    Preprocessor(
        key="openpose_full",
        types=("OpenPose",),
        load="extensions.controlnet.maps.annotators:load_openpose",
        files=together("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth"),
        network="open_pose",
        variant=PoseParts(body=True, hand=True, face=True),
    ),
    Preprocessor(
        key="dw_openpose_full",
        types=("OpenPose",),
        load="extensions.controlnet.maps.poses.dwpose:load",
        files=together("yolox_l.onnx", "dw-ll_ucoco_384.onnx"),
    ),
    Preprocessor(
        key="animal_openpose",
        types=("OpenPose",),
        load="extensions.controlnet.maps.poses.animal_pose:load",
        files=together(
            "yolox_l.onnx", "rtmpose-m_simcc-ap10k_pt-aic-coco_210e-256x256-7a041aa1_20230206.onnx"
        ),
    ),
    Preprocessor(
        key="densepose",
        label="densepose (pruple bg & purple torso)",
        types=("OpenPose",),
        load="extensions.controlnet.maps.detectors.densepose:load",
        files=together("densepose_r50_fpn_dl.torchscript"),
        variant="viridis",
    ),
    Preprocessor(
        key="densepose_parula",
        label="densepose_parula (black bg & blue torso)",
        types=("OpenPose",),
        load="extensions.controlnet.maps.detectors.densepose:load",
        files=together("densepose_r50_fpn_dl.torchscript"),
        variant="parula",
    ),
    Preprocessor(
        key="mediapipe_face",
        a=Slider(name="Max Faces", minimum=1, maximum=10, step=1, default=1),
        b=Slider(name="Min Face Confidence", minimum=0.01, maximum=1.0, step=0.01, default=0.5),
        load="extensions.controlnet.maps.annotators:load",
        network="mediapipe_face",
        package="mediapipe",
        variant=AuxDetector(
            package="mediapipe_face", kind="MediapipeFaceDetector", a="max_faces", b="min_confidence"
        ),
    ),
    Preprocessor(
        key="facexlib",
        resolution=None,
        load="extensions.controlnet.maps.faces.grey_features:load",
        files=together(*FACE_HELPERS),
    ),
    Preprocessor(
        key="instant_id_face_keypoints",
        types=("Instant-ID",),
        load="extensions.controlnet.maps.faces.keypoints:load",
        files=together(ANTELOPE[0]),
    ),
)
