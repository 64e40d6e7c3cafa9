"""ONNX files: every output in order, and errors that name the file and the field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.onnx_net import read_onnx
from tests.onnx_files import write_onnx

PICTURE = np.zeros((1, 3, 4, 6), np.float32)


def test_outputs_come_in_the_files_order(tmp_path: Path) -> None:
    told = {"wide": np.full((1, 2, 3), 5, np.float32), "narrow": np.full((1, 1, 1), 7, np.float32)}
    answers = read_onnx(write_onnx(tmp_path / "net.onnx", (4, 6), told))(PICTURE)
    assert [answer.shape for answer in answers] == [(1, 2, 3), (1, 1, 1)]
    assert [float(answer.max()) for answer in answers] == [5, 7]


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\0" * 99)
    with pytest.raises(CorruptFile, match=r"net\.onnx can't be loaded") as refused:
        read_onnx(path, "mask_model")
    assert refused.value.field == "mask_model"


def test_a_pointer_to_a_file_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(CorruptFile, match="LFS"):
        read_onnx(path)


def test_a_run_that_fails_is_the_files_fault(tmp_path: Path) -> None:
    net = read_onnx(write_onnx(tmp_path / "net.onnx", (4, 6), {"first": np.ones((1, 2, 3), np.float32)}))
    with pytest.raises(CorruptFile, match=r"net\.onnx can't be run") as refused:
        net(np.zeros((1, 1, 1, 1, 1), np.float32))
    assert refused.value.field == "module"
