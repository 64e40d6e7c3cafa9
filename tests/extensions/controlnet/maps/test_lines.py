"""Thin lines: peaks, skeletons, pruned spurs, and strokes of a pen."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.maps.lines import nms, scribble, skeleton, thin_peaks
from extensions.controlnet.units.pictures import Array


def bar(top: int, bottom: int) -> Array:
    """(32, 48) with a white bar of these rows, away from the edges."""
    flat = np.zeros((32, 48), np.uint8)
    flat[top:bottom, 8:40] = 255
    return flat


def test_peaks_are_the_largest_along_one_of_four_directions() -> None:
    ridge = np.zeros((9, 9), np.uint8)
    ridge[3], ridge[4], ridge[5] = 100, 200, 100
    kept = thin_peaks(ridge)
    assert (kept[4] == 200).all()
    # beside the ridge a pixel is as large as its neighbours along the row
    assert (kept[3] == 100).all()
    hill = np.zeros((5, 5), np.uint8)
    hill[1:4, 1:4] = 50
    hill[2, 2] = 90
    hill[2, 1] = 40
    assert (thin_peaks(hill)[2, 2], thin_peaks(hill)[2, 1]) == (90, 0)


def test_a_bar_becomes_a_line_of_one_pixel() -> None:
    thin = skeleton(bar(12, 19), prune=False)
    assert set(np.unique(thin)) == {0, 255}
    assert ((thin[:, 16:32] > 0).sum(axis=0) == 1).all()
    assert not thin[:12].any() and not thin[19:].any()


def test_a_line_is_its_own_skeleton() -> None:
    line = bar(15, 16)
    assert np.array_equal(skeleton(line, prune=False), line)


def test_pruning_takes_two_pixels_off_every_end() -> None:
    line = bar(15, 16)
    pruned = skeleton(line, prune=True)
    # an end matches two of the eight kernels, one after the other
    assert np.flatnonzero(pruned[15]).tolist() == list(range(10, 38))
    assert not np.delete(pruned, 15, axis=0).any()


def test_maxima_above_the_threshold_are_white() -> None:
    flat = np.zeros((32, 48), np.uint8)
    flat[16] = 255
    kept = nms(flat, threshold=50, sigma=1.0)
    assert set(np.unique(kept)) == {0, 255}
    assert (kept[16] == 255).all()
    assert not nms(flat, threshold=200, sigma=1.0).any()


def test_strokes_are_wide_and_a_higher_cut_makes_them_narrower() -> None:
    flat = np.zeros((48, 64), np.uint8)
    flat[18:30] = 255
    wide, narrow = scribble(flat), scribble(flat, cut=30)
    rows = [np.flatnonzero(made[:, 32]) for made in (wide, narrow)]
    assert set(np.unique(wide)) == {0, 255}
    assert len(rows[0]) > len(rows[1]) > 1
    assert not scribble(np.full((16, 16), 120, np.uint8)).any()
