"""Describe the machine and the versions that a measurement was taken on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("torch", "diffusers", "transformers", "fastapi", "uvicorn")


def describe_machine(gpu: str | None = None) -> dict[str, str | int]:
    """CPU, cores, memory and GPU."""
    return {
        "cpu": cpu_name(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "gpu": gpu or "none",
        "system": f"{platform.system()} {platform.machine()}",
    }


def describe_versions() -> dict[str, str]:
    """Python and the packages that speed depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def cpu_name(info: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name, as far as the system has one."""
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
