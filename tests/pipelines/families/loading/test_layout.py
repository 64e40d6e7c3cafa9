"""Architectures are inferred from names and shapes as they were published."""

from __future__ import annotations

import pytest

from pipelines.families.loading.layout import (
    TextLayout,
    clip_layout,
    open_clip_layout,
    strip_prefix,
    vae_layout,
)
from pipelines.families.loading.text import build_clip, build_open_clip
from pipelines.families.loading.vae import build_vae
from tools import published
from tools.published import parameter_count


def test_vae_is_inferred_as_published() -> None:
    shapes = published.vae_shapes(published.VAE)
    assert len(shapes) == 248
    assert vae_layout(shapes) == published.VAE
    assert parameter_count(build_vae(published.VAE)) == pytest.approx(83.65, rel=1e-3)
    assert shapes["decoder.up.1.block.0.nin_shortcut.weight"] == (256, 512, 1, 1)
    assert shapes["encoder.mid.attn_1.proj_out.weight"] == (512, 512, 1, 1)


def test_clip_is_inferred_as_published() -> None:
    shapes = published.clip_shapes(published.CLIP_L)
    assert clip_layout(shapes) == published.CLIP_L
    assert published.CLIP_L.heads == 12
    assert parameter_count(build_clip(published.CLIP_L)) == pytest.approx(123.06, rel=1e-3)


@pytest.mark.parametrize(("layout", "heads"), [(published.OPEN_CLIP_H, 16), (published.OPEN_CLIP_G, 20)])
def test_open_clip_is_inferred_as_published(layout: TextLayout, heads: int) -> None:
    shapes = published.open_clip_shapes(layout)
    assert open_clip_layout(shapes) == layout
    assert layout.heads == heads
    assert shapes["transformer.resblocks.0.attn.in_proj_weight"] == (3 * layout.width, layout.width)
    assert parameter_count(build_open_clip(layout)) > 300


def test_prefixes_are_stripped() -> None:
    assert strip_prefix({"a.b": (1,), "c": (2,)}, "a.") == {"b": (1,)}
