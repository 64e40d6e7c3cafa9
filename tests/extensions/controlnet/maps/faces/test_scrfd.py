"""SCRFD: what the network is shown, and the faces that its answers mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.faces.scrfd import Face, find_faces, framed, kept, largest_face
from pipelines.contract.errors import CorruptFile, InvalidRequest
from pipelines.families.loading.onnx_net import read_onnx
from tests.extensions.controlnet.face_files import Told, tables, told_face, told_net, write_scrfd

PICTURE = np.zeros((320, 160, 3), np.uint8)
"""Half as large as it is shown."""


def found(*faces: Told) -> list[Face]:
    return find_faces(told_net(tables(*faces))[0], PICTURE)


@pytest.mark.parametrize(("stride", "column", "row"), [(8, 20, 31), (16, 3, 39), (32, 9, 0)])
@pytest.mark.parametrize("second", [False, True])
def test_a_face_is_where_its_anchor_says(stride: int, column: int, row: int, second: bool) -> None:
    points = np.array([(10, 20), (30, 22), (20, 30.5), (12, 40), (28, 41)], np.float32)
    told = Told(
        box=(-4, 8, 50, 60), points=points, score=0.75, stride=stride, column=column, row=row, second=second
    )
    (face,) = found(told)
    assert face.box == pytest.approx((-2, 4, 25, 30), abs=1e-4)
    assert face.points == pytest.approx(points / 2, abs=1e-4)
    assert face.points.dtype == np.float32
    assert face.score == 0.75
    assert face.area == pytest.approx(27 * 26, abs=1e-2)


def test_answers_are_offsets_from_the_corners_of_cells() -> None:
    outputs = tables()
    # the second anchor of the cell in column 1, row 2 of stride 16
    row = 2 * (2 * 40 + 1) + 1
    outputs[1][row] = 0.5
    outputs[4][row] = [1, 0.5, 2, 3]
    outputs[7][row] = np.arange(10)
    (face,) = find_faces(told_net(outputs)[0], np.zeros((640, 640, 3), np.uint8))
    assert face.box == (16 - 16, 32 - 8, 16 + 32, 32 + 48)
    assert face.points.tolist() == [[16 + 32 * i, 32 + 32 * i + 16] for i in range(5)]


def test_the_surest_comes_first_and_the_unsure_are_left_out() -> None:
    faces = found(told_face(100, 100, score=0.6), told_face(300, 100, score=0.49), told_face(300, 300))
    assert [face.score for face in faces] == pytest.approx([0.9, 0.6])
    assert faces[1].points[2].tolist() == pytest.approx([50, 50])


def test_of_faces_that_overlap_the_surest_stays() -> None:
    (face,) = found(told_face(100, 100, score=0.6), told_face(110, 100), told_face(110, 100, 1.1, 0.8, True))
    assert face.score == pytest.approx(0.9)


def test_overlap_counts_edges_as_one_pixel_wide() -> None:
    # 10 x 10 and 10 x 10 pixels that share 4 x 10: 40 / 160
    first, apart = (0, 0, 9, 9), (6, 0, 15, 9)
    # share 6 x 10: 60 / 140
    near = (4, 0, 13, 9)
    assert kept(np.array([first, apart], np.float32)) == [0, 1]
    assert kept(np.array([first, near, apart], np.float32)) == [0, 2]
    assert kept(np.zeros((0, 4), np.float32)) == []


def test_the_picture_lies_in_the_top_left_corner() -> None:
    tall = np.full((1280, 321, 3), 200, np.uint8)
    canvas, k = framed(tall)
    assert (canvas.shape, k) == ((640, 640, 3), 0.5)
    assert (canvas[:, :160] == 200).all() and not canvas[:, 160:].any()
    wide, k = framed(np.full((100, 300, 3), 200, np.uint8))
    assert k == 213 / 100
    assert (wide[:213] == 200).all() and not wide[213:].any()
    assert framed(np.full((1, 2000, 3), 9, np.uint8))[0].any()


def test_the_network_sees_normalised_rgb() -> None:
    net, seen = told_net(tables())
    find_faces(net, np.full((320, 160, 3), (255, 0, 127), np.uint8))
    (values,) = seen
    assert (values.shape, values.dtype) == ((1, 3, 640, 640), np.float32)
    assert values[0, :, 5, 5].tolist() == [127.5 / 128, -127.5 / 128, -0.5 / 128]
    assert values[0, :, 5, 600].tolist() == [-127.5 / 128] * 3


def test_the_order_and_rank_of_the_tables_do_not_matter() -> None:
    outputs = tables(told_face(100, 200))
    shuffled = [outputs[index][None] for index in np.random.RandomState(0).permutation(9)]
    (face,) = find_faces(told_net(shuffled)[0], PICTURE)
    assert face.points[2].tolist() == pytest.approx([50, 100])


def test_the_largest_face_has_the_largest_box() -> None:
    net, _ = told_net(tables(told_face(100, 100), told_face(200, 300, 1.5, score=0.6)))
    assert largest_face(net, PICTURE).score == pytest.approx(0.6)
    with pytest.raises(InvalidRequest, match="no face was found in the picture") as caught:
        largest_face(told_net(tables())[0], PICTURE)
    assert caught.value.field == "module"


def test_a_file_is_run(tmp_path: Path) -> None:
    net = read_onnx(write_scrfd(tmp_path / "det_10g.onnx", told_face(100, 200), told_face(50, 500)))
    assert [face.points[2].tolist() for face in find_faces(net, PICTURE)] == [[50, 100], [25, 250]]


def test_other_networks_are_refused() -> None:
    whole = tables()
    six = [one for one in whole if one.shape[1] != 10]
    short = [*whole[:8], whole[8][:-1]]
    for outputs in (six, short, [*whole, whole[0]], [*whole[:8], np.zeros((0, 10), np.float32)]):
        with pytest.raises(CorruptFile, match=r"told\.onnx is no SCRFD network with key points: it answers"):
            find_faces(told_net(outputs)[0], PICTURE)
