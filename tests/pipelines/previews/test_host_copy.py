"""Numbers come from the device without anybody waiting, unless they are asked for too early."""

from __future__ import annotations

import torch

from pipelines.previews.host_copy import HostCopy
from tests.cuda_stand_in import cuda_stand_in


def test_numbers_of_the_cpu_are_ready() -> None:
    copy = HostCopy(torch.tensor([1, 2]))
    assert copy.ready and copy.numbers().tolist() == [1, 2]


def test_numbers_of_the_device_come_late() -> None:
    with cuda_stand_in() as counted:
        tensor = torch.tensor([1, 2]).to("cuda:0")
        counted.take()
        copy = HostCopy(tensor)
        assert not copy.ready
        assert copy.ready and copy.numbers().tolist() == [1, 2]
        assert (counted.late.total(), counted.reads.total()) == (1, 0)


def test_asking_too_early_waits() -> None:
    with cuda_stand_in() as counted:
        tensor = torch.tensor([1, 2]).to("cuda:0")
        counted.take()
        assert HostCopy(tensor).numbers().tolist() == [1, 2]
        assert counted.reads.total() == 1
