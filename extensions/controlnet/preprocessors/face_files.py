"""Files of networks for faces that several preprocessors share; the packs' authors allow research only."""

from __future__ import annotations

BUFFALO = ("det_10g.onnx", "w600k_r50.onnx")
ANTELOPE = ("scrfd_10g_bnkps.onnx", "glintr100.onnx")
"""insightface's packs "buffalo_l" and "antelopev2": a detector and a recogniser each."""
FACE_HELPERS = ("detection_Resnet50_Final.pth", "parsing_bisenet.pth")
"""RetinaFace, which finds faces, and BiSeNet, which labels their parts."""
