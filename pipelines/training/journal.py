"""The files that a training run leaves in its folder: settings, losses, saves, pictures, as A1111's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.catalog.disk import telling
from pipelines.contract.errors import CorruptFile, InvalidRequest
from pipelines.contract.training import TrainRequest
from pipelines.families.loading.read import load_pickle
from pipelines.training.archive import write_torch, write_whole
from pipelines.training.trainee import TraineeNames

HEADER = "step,epoch,epoch_step,loss,learn_rate"


@dataclass(slots=True, kw_only=True)
class Journal:
    """The files of one run below ``folder``. ``saved`` and ``pictured`` are the last of their kind."""

    request: TrainRequest
    names: TraineeNames
    folder: Path
    saved: Path | None = None
    pictured: str = ""
    started: datetime = field(default_factory=datetime.now)

    @classmethod
    def begin(cls, request: TrainRequest, names: TraineeNames) -> Journal:
        """Begin a journal in a folder of today's date and of the trained name."""
        started = datetime.now()
        folder = Path(request.log.folder) / started.strftime("%Y-%m-%d") / request.name
        return cls(request=request, names=names, folder=folder, started=started)

    @property
    def target(self) -> Path:
        """The file that is trained."""
        return Path(self.request.target.path)

    def save_path(self, number: int) -> Path:
        """Return the path of the save of a number."""
        return self.folder / self.names.folder / f"{self.request.name}-{number}{self.names.suffix}"

    def picture_path(self, number: int, *, kind: str = "images") -> Path:
        """Return the path of the picture of a number."""
        return self.folder / kind / f"{self.request.name}-{number}.png"

    def write_settings(self, facts: Mapping[str, Any], model: tuple[str, str | None], pictures: int) -> None:
        """Write the run's settings, unless switched off; ``model`` is a checkpoint's name and hash.

        Raises DiskFull, NotWritten.
        """
        log = self.request.log
        if not log.settings_file:
            return
        path = self.folder / f"settings-{self.started:%Y-%m-%d-%H-%M-%S}.json"
        if log.lenient and not (log.save_every or log.picture_every or self.folder.is_dir()):
            # the original makes the folder only for saves and pictures
            raise InvalidRequest(f"[Errno 2] No such file or directory: '{path}'", field="log.folder")
        content = self._settings(facts, model, pictures)
        write_whole(path, json.dumps(content, indent=4, ensure_ascii=False).encode())

    def _settings(
        self, facts: Mapping[str, Any], model: tuple[str, str | None], pictures: int
    ) -> Mapping[str, Any]:
        request = self.request
        plan, steps, log = request.pictures, request.steps, request.log
        shown = Path(log.folder_as_sent or log.folder) / self.folder.relative_to(Path(log.folder))
        own = dict(facts)
        initial = own.pop("initial_step")
        stored = {"save_image_with_stored_embedding": log.embedding_pictures}
        return {
            "datetime": self.started.strftime("%Y-%m-%d %H:%M:%S"),
            "model_name": model[0],
            "model_hash": model[1],
            "num_of_dataset_images": pictures,
            **own,
            "learn_rate": steps.learn_rate,
            "batch_size": steps.batch_size,
            "gradient_step": steps.gradient_step,
            "data_root": plan.folder_as_sent or plan.folder,
            "log_directory": str(shown),
            "training_width": plan.width,
            "training_height": plan.height,
            "steps": steps.steps,
            "clip_grad_mode": steps.clip_mode,
            "clip_grad_value": steps.clip_value,
            "latent_sampling_method": plan.latents,
            "create_image_every": log.picture_every,
            f"save_{self.names.word}_every": log.save_every,
            **(stored if self.names.word == "embedding" else {}),
            "template_file": plan.template_file,
            **self._preview_settings(),
            "initial_step": initial,
        }

    def _preview_settings(self) -> Mapping[str, Any]:
        preview = self.request.preview
        if preview is None or preview.prompt_from_picture:
            return {}
        asked = preview.request
        return {
            "preview_prompt": asked.prompt,
            "preview_negative_prompt": asked.negative_prompt,
            "preview_steps": asked.steps,
            "preview_sampler_name": asked.sampler,
            "preview_cfg_scale": asked.cfg_scale,
            "preview_seed": asked.seeds.seed,
            "preview_width": asked.width,
            "preview_height": asked.height,
        }

    def note_loss(self, made: int, per_epoch: int, loss: float, rate: float) -> None:
        """Append a line to the table of losses, if one is due after ``made`` steps.

        Raises DiskFull, NotWritten.
        """
        every = self.request.log.csv_every
        if not every or made % every:
            return
        path = self.folder / self.names.losses
        epoch, step = divmod(made - 1, per_epoch)
        line = f"{made},{epoch},{step},{loss:.7f},{rate}\n"
        with telling(f"write {path.name}", "training ends here"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", newline="") as file:
                file.write(line if file.tell() else f"{HEADER}\n{line}")

    def losses_size(self) -> int:
        """Return the size of the table of losses in bytes; runs of one day share it."""
        path = self.folder / self.names.losses
        return path.stat().st_size if path.is_file() else 0

    def cut_losses(self, size: int) -> None:
        """Cut off the lines beyond ``size`` bytes, which a run that broke off makes again."""
        if self.losses_size() > size:
            os.truncate(self.folder / self.names.losses, size)

    def save_optimizer(self, path: Path, record: Mapping[str, Any]) -> None:
        """Write the optimizer's state next to the file ``path``, if the option is on."""
        if self.request.log.optimizer_state:
            beside = path.with_name(f"{path.name}.optim")
            write_torch(beside, record, name=beside.stem)

    def read_optimizer(self) -> Mapping[str, Any] | None:
        """Read the optimizer's state next to the trained file; None if there is none or it is damaged."""
        beside = self.target.with_name(f"{self.target.name}.optim")
        try:
            return load_pickle(beside) if beside.is_file() else None
        except CorruptFile:
            return None

    def write(self, path: Path, data: bytes) -> None:
        """Write one file of the run. Raises DiskFull, NotWritten."""
        write_whole(path, data)

    def note_picture(self, number: int, png: bytes, prompt: str) -> Path:
        """Keep a preview. Raises DiskFull, NotWritten."""
        path = self.picture_path(number)
        self.write(path, png)
        self.pictured = f"{path}, prompt: {prompt}"
        return path
