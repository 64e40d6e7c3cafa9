"""Other extensions get maps by the names of preprocessors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.plugin import draw_map
from pipelines.contract.errors import InvalidRequest, MissingWeights
from tests.extensions.controlnet.control_engine import control_engine


def test_maps_have_the_pictures_size_and_what_makes_none_is_refused(tmp_path: Path) -> None:
    image = Image.new("RGB", (100, 40), "white")
    image.paste("black", (30, 10, 70, 30))
    with control_engine(tmp_path) as engine:
        services = engine.services
        found = draw_map("canny", image, services, a=100, b=200)
        assert (found.size, np.asarray(found).max() > 0) == ((100, 40), True)
        for name in ("no such thing", "clip_vision"):
            with pytest.raises(InvalidRequest, match="makes no maps"):
                draw_map(name, image, services)
        with pytest.raises(MissingWeights, match="HED"):
            draw_map("hed", image, services)
