"""The registry of model families; a new family is one file and one entry here."""

from __future__ import annotations

from pipelines.families.base import Family
from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sd2 import SD2
from pipelines.families.sd.sdxl import SDXL, SDXL_REFINER
from pipelines.families.unsupported import UNSUPPORTED

FAMILIES: dict[str, Family] = {family.name: family for family in (SD1, SD2, SDXL, SDXL_REFINER, *UNSUPPORTED)}
