"""The colours of segmentation maps."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.maps.aux_package import aux_module
from extensions.controlnet.units.pictures import Array

_COCO = (
    "dc143c770b2000008e0000e66a00e4003c640050640000460000c0faaa1e64aa1edcdc00af74affa001ea52a2a"
    "ff4dff00e2fcb6b6ff00520078a69d6e4c00ae39ffc76400480076ffb3f0007d5cd10097bcd0b600dcb0ff63a4"
    "5c00498581ff4eb4ff00e400aefff32d59ff8686679194aeffd0bac5e2ffab86016d3f36cf8aff97005f09503d"
    "5469334a4169a6c466d0c3d2ff6d41008f95b300c2d1636a057900e3ffcd93bad0994501035fa1a3ff007700aa"
    "00b6c700a578b782585f20008272876e8185a64a76db8eb94fd272b25a3e41460f7fa7733b696a8e6c2dc4ac00"
    "5f3650804cffc93901f6007abfa2d0ffff8093d3cb966464a8abac9270c6d2aa645c8859da58b8f18100d911ff"
    "7c4ab5464646ffe4ff9ad000c1005c4c5b71ffb4c36a9ab0e6968c3c8fff8040805c5237fed47c494daeffa062"
    "ffffff68546da9a483e1c7ff89364a879edf07f6e76bffc83a2995b7798eff49616b8e23be9999928b8d4682b4"
    "86c79cd1e28c60246c60606040aa4098fb98d0e5e4cebaab98a14074700000728f66669cfa8dff"
)
"""133 colours as hexadecimal RGB: 80 things, 53 sorts of stuff, in COCO's order (panopticapi, BSD)."""


def coco_palette() -> Array:
    """(133, 3): a colour for every class of COCO's panoptic task."""
    return np.frombuffer(bytes.fromhex(_COCO), np.uint8).reshape(-1, 3)


def ade_palette() -> Array:
    """(150, 3): a colour for every class of ADE20K."""
    return np.asarray(aux_module("util").ade_palette(), np.uint8)
