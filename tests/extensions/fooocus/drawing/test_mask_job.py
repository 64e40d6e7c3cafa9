"""``generate_mask`` in the engine."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from extensions.fooocus.masking import MaskRequest, MaskResult, MaskWish
from tests.extensions.fooocus.drawing.mask_models import half_mask_engine
from tests.extensions.fooocus.drawing.test_masks import as_bytes


def test_a_mask_of_the_pictures_size(models_dir: Path, tmp_path: Path) -> None:
    engine = half_mask_engine(models_dir, tmp_path)
    wish = MaskWish(model="u2net", field="mask_model")
    result = engine.run(MaskRequest(image=as_bytes(Image.new("RGB", (50, 30), "red")), wish=wish))
    engine.close()
    assert isinstance(result, MaskResult)
    with Image.open(io.BytesIO(result.image)) as mask:
        assert (mask.size, mask.mode, mask.format) == ((50, 30), "L", "PNG")
