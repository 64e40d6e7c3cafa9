"""Make a training run of a training route's arguments, checked in A1111's order."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipelines.contract.errors import InvalidRequest, NotFound
from pipelines.contract.training import (
    Clipping,
    EmbeddingTarget,
    HypernetworkTarget,
    LatentSampling,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainRequest,
)
from pipelines.contract.training_limits import check_training
from pipelines.training.rates import read_rates
from sdapi.core.state import State
from sdapi.dialects.a1111.arguments import ArgumentReader
from sdapi.dialects.a1111.schemas.training import TRAIN_EMBEDDING, TRAIN_HYPERNETWORK
from sdapi.dialects.a1111.training_preview import preview_for
from sdapi.intent.checkpoints import current_checkpoint
from sdapi.intent.options import resolve_options
from sdapi.intent.training import chosen_checkpoint, files_in, find_template, run_seed, template_lines

CLIPPING: Mapping[str, Clipping] = {"value": "value", "norm": "norm"}
LATENTS: Mapping[str, LatentSampling] = {"deterministic": "deterministic", "random": "random"}
ARGUMENTS = {"embedding": TRAIN_EMBEDDING, "hypernetwork": TRAIN_HYPERNETWORK}
Trained = Literal["embedding", "hypernetwork"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingArguments:
    """The body of a training route. ``lenient``: errors are in the original's own words."""

    trains: Trained
    body: Mapping[str, Any]
    state: State
    lenient: bool

    @property
    def read(self) -> ArgumentReader:
        """A reader for arguments that the original doesn't check."""
        return ArgumentReader(self.body)

    async def request(self) -> TrainRequest:
        """Make the request for the run. Raises the first 4xx in the original's order of checks."""
        path = self._target()
        self._rate()
        self._counted("batch_size", "Batch size")
        self._counted("gradient_step", "Gradient accumulation step")
        folder = self._pictures_folder()
        template = self._template()
        self._steps()
        self._every(f"save_{self.trains}_every", "Save {name}")
        self._every("create_image_every", "Create image")
        log_folder = self._log_folder()
        self._schedules()
        self.read.check(ARGUMENTS[self.trains].kinds)
        pictures = self._pictures(folder, template)
        checkpoint = chosen_checkpoint(self.state)
        kind = EmbeddingTarget if self.trains == "embedding" else HypernetworkTarget
        request = TrainRequest(
            run=secrets.token_hex(16),
            seed=run_seed(None if self.body.get("seed") is None else self.read.whole("seed")),
            name=str(self.body[f"{self.trains}_name"]),
            checkpoint=checkpoint.filename,
            target=kind(path=str(path)),
            pictures=pictures,
            steps=self._pace(),
            log=self._log(log_folder),
            preview=await preview_for(self.read, pictures, self.state, lenient=self.lenient),
            options=resolve_options(self.state.store, None).generation,
        )
        check_training(request, self.state.config.limits, pictures=files_in(folder))
        return request

    def _refuse(self, text: str, field: str) -> InvalidRequest:
        return InvalidRequest(text, field=field)

    def _target(self) -> Path:
        field = f"{self.trains}_name"
        name = self.body[field]
        if not name:
            raise self._refuse(f"{self.trains} not selected", field)
        found = self._find(str(name))
        if found is None:
            raise NotFound(self._missing(name), field=field)
        return found

    def _find(self, name: str) -> Path | None:
        catalog = self.state.catalog
        if self.trains == "hypernetwork":
            return next((Path(row.path) for row in catalog.hypernetworks() if row.name == name), None)
        checkpoint = current_checkpoint(self.state.store, catalog)
        fitting, _ = catalog.embeddings(checkpoint.filename if checkpoint else None)
        return next((Path(row.path) for row in fitting if row.name == name and row.path), None)

    def _missing(self, name: object) -> str:
        if not self.lenient:
            fitting = " that fits the checkpoint" if self.trains == "embedding" else ""
            return f"no {self.trains}{fitting} is called {name!r}"
        if self.trains == "embedding":
            return repr(name)
        return "expected str, bytes or os.PathLike object, not NoneType"

    def _rate(self) -> None:
        if not self.body["learn_rate"]:
            raise self._refuse("Learning rate is empty or 0", "learn_rate")

    def _counted(self, field: str, title: str) -> None:
        value = self.body[field]
        if not isinstance(value, int):
            raise self._refuse(f"{title} must be integer", field)
        if value <= 0:
            raise self._refuse(f"{title} must be positive", field)

    def _pictures_folder(self) -> Path:
        sent = self.body["data_root"]
        if not sent:
            raise self._refuse("Dataset directory is empty", "data_root")
        folder = self.state.config.places.picture_folder(str(sent), field="data_root")
        if not os.path.isdir(folder):  # a name that no file system allows is no folder either
            raise self._refuse("Dataset directory doesn't exist", "data_root")
        return folder

    def _template(self) -> Path:
        name = self.body["template_filename"]
        if not name:
            raise self._refuse("Prompt template file not selected", "template_filename")
        found = find_template(self.state, str(name))
        if found is None:
            raise self._refuse(f"Prompt template file {name} not found", "template_filename")
        return found

    def _steps(self) -> None:
        steps = self.body["steps"]
        if not steps:
            raise self._refuse("Max steps is empty or 0", "steps")
        self._counted("steps", "Max steps")

    def _every(self, field: str, title: str) -> None:
        value = self.body[field]
        if value is None:
            return
        if not isinstance(value, int):
            raise self._refuse(f"{title} must be integer", field)
        if value < 0:
            raise self._refuse(f"{title} must be positive or 0", field)

    def _log_folder(self) -> Path:
        sent = self.body["log_directory"]
        if not sent:
            raise self._refuse("Log directory is empty", "log_directory")
        return self.state.config.places.training_folder(str(sent), field="log_directory")

    def _schedules(self) -> None:
        """Check that rates are readable texts; only the job sees whether they reach beyond the steps made."""
        fields = ["learn_rate"]
        if self.read.text("clip_grad_mode") in CLIPPING:
            fields.append("clip_grad_value")
        for field in fields:
            value = self.body[field]
            if not isinstance(value, str):
                ours = 'must be a text, a number such as "0.005" or a schedule such as "0.01:100, 0.001"'
                original = f"'{type(value).__name__}' object has no attribute 'split'"
                raise self._refuse(original if self.lenient else ours, field)
            read_rates(value, self.body["steps"], field=field)

    def _pictures(self, folder: Path, template: Path) -> TrainingPictures:
        body, values = self.body, self.state.store.values()
        width, height = self.read.whole("training_width"), self.read.whole("training_height")
        if self.lenient and min(width, height) < 1:
            raise self._refuse("No images have been found in the dataset.", "training_width")
        return TrainingPictures(
            folder=str(folder),
            folder_as_sent=str(body["data_root"]),
            width=width,
            height=height,
            template=template_lines(template, field="template_filename"),
            template_file=str(template),
            varsize=self.read.truth("varsize"),
            shuffle_tags=self.read.truth("shuffle_tags"),
            tag_drop_out=float(self.read.number("tag_drop_out")),
            latents=LATENTS.get(self.read.text("latent_sampling_method"), "once"),
            use_weight=self.read.truth("use_weight"),
            word_regex=_checked_regex(str(values["dataset_filename_word_regex"] or "")),
            join_string=str(values["dataset_filename_join_string"] or ""),
        )

    def _pace(self) -> TrainingSteps:
        body = self.body
        return TrainingSteps(
            steps=body["steps"],
            learn_rate=body["learn_rate"],
            batch_size=body["batch_size"],
            gradient_step=body["gradient_step"],
            clip_mode=CLIPPING.get(self.read.text("clip_grad_mode"), "disabled"),
            clip_value=self.read.text("clip_grad_value"),
        )

    def _log(self, folder: Path) -> TrainingLog:
        body, values = self.body, self.state.store.values()
        stored = self.trains == "embedding" and self.read.truth("save_image_with_stored_embedding")
        return TrainingLog(
            folder=str(folder),
            folder_as_sent=str(body["log_directory"]),
            save_every=body[f"save_{self.trains}_every"] or 0,
            picture_every=body["create_image_every"] or 0,
            csv_every=max(0, int(values["training_write_csv_every"] or 0)),
            settings_file=bool(values["save_training_settings_to_txt"]),
            optimizer_state=bool(values["save_optimizer_state"]),
            embedding_pictures=stored,
            lenient=self.lenient,
        )


def _checked_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        text = f"option dataset_filename_word_regex is no regular expression: {error}"
        raise InvalidRequest(text) from error
    return pattern
