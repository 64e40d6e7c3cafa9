"""Make a training run of the body of train/lora."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import within
from pipelines.contract.training import (
    LoraTarget,
    TrainingLog,
    TrainingPictures,
    TrainingPreview,
    TrainingSteps,
    TrainingUpload,
    TrainRequest,
)
from pipelines.contract.training_limits import check_training
from pipelines.sampling.sampler_names import is_sampler
from sdapi.core.state import State
from sdapi.dialects.a1111.arguments import naming
from sdapi.dialects.a1111.schemas.lora import CHOICES, RANGES, TrainLoraRequest
from sdapi.intent.intent import Intent, SeedsIntent
from sdapi.intent.options import resolve_options
from sdapi.intent.training import chosen_checkpoint, files_in, flag_folder, plain_name, preview_of, run_seed

NAMES = {
    "steps.batch_size": "train_batch_size",
    "steps.steps": "max_train_steps",
    "steps.learn_rate": "learning_rate",
    "pictures.folder": "train_data_dir",
    "pictures.tag_drop_out": "caption_tag_dropout_rate",
    "steps.clip_value": "max_grad_norm",
    "log.folder": "logging_dir",
    "preview.request.sampler": "sample_sampler",
    "checkpoint": "sd_model_checkpoint",
}
"""This route's names of fields that all training has."""
OF_SAMPLES = {
    "steps": "sample_steps",
    "cfg_scale": "sample_cfg_scale",
    "seeds.seed": "sample_seed",
    "prompt": "sample_prompt",
    "negative_prompt": "sample_negative_prompt",
}
"""Its names of the fields of the pictures that are made on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraBody:
    """A body and the server that it came to."""

    body: TrainLoraRequest
    state: State

    @property
    def names(self) -> Mapping[str, str]:
        """This route's names by our paths; a side is ``resolution`` unless it was sent by itself."""
        width = "width" if self.body.width else "resolution"
        height = "height" if self.body.height else "resolution"
        return {**NAMES, "pictures.width": width, "pictures.height": height}

    async def request(self) -> TrainRequest:
        """Make the request for the run. Raises 4xx that name the field."""
        body = self.body
        self._check()
        name = plain_name(body.output_name, field="output_name")
        path = flag_folder(self.state, "lora_dir", "models/Lora") / f"{name}.safetensors"
        if path.exists() and not body.overwrite:
            raise InvalidRequest(f"{path.name} is there already; send overwrite: true", field="overwrite")
        pictures = await self._pictures()
        options = resolve_options(self.state.store, None).generation
        if body.clip_skip is not None:
            options = replace(options, CLIP_stop_at_last_layers=body.clip_skip)
        request = TrainRequest(
            run=secrets.token_hex(16),
            seed=run_seed(body.seed),
            name=name,
            checkpoint=chosen_checkpoint(self.state, body.sd_model_checkpoint).filename,
            target=self._target(path),
            pictures=pictures,
            steps=self._steps(),
            log=self._log(),
            preview=await self._preview(pictures),
            options=options,
        )
        count = len(pictures.uploads) or files_in(Path(pictures.folder))
        check_training(request, self.state.config.limits, pictures=count)
        return request

    def _check(self) -> None:
        body = self.body
        for field, (low, high) in RANGES.items():
            if (value := getattr(body, field)) is not None:
                within(field, value, low, high)
        for field, known in CHOICES.items():
            if getattr(body, field) not in known:
                raise InvalidRequest(f"must be one of {', '.join(known)}", field=field)
        if body.network_train_unet_only and body.network_train_text_encoder_only:
            raise InvalidRequest("nothing is left to train", field="network_train_text_encoder_only")
        if bool(body.images) == bool(body.train_data_dir):
            text = "train_data_dir, or images: one of them has the pictures"
            raise InvalidRequest(text, field="train_data_dir")

    def _alpha(self) -> float:
        return float(self.body.network_dim if self.body.network_alpha is None else self.body.network_alpha)

    async def _pictures(self) -> TrainingPictures:
        body = self.body
        width, height = body.width or body.resolution, body.height or body.resolution
        folder = Path()
        if body.train_data_dir:
            places = self.state.config.places
            folder = places.picture_folder(body.train_data_dir, field="train_data_dir")
            if not os.path.isdir(folder):
                raise InvalidRequest(f"{body.train_data_dir!r} is no folder", field="train_data_dir")
        return TrainingPictures(
            folder=str(folder),
            folder_as_sent=body.train_data_dir or "the request",
            width=width,
            height=height,
            template=(f"{body.caption_prefix}[filewords]",),
            shuffle_tags=body.shuffle_caption,
            tag_drop_out=body.caption_tag_dropout_rate,
            use_weight=body.alpha_mask,
            bucket_step=body.bucket_reso_steps if body.enable_bucket else 0,
            uploads=await self._uploads(),
        )

    async def _uploads(self) -> tuple[TrainingUpload, ...]:
        within("images", len(self.body.images), 0, self.state.config.limits.pictures)
        return tuple(
            [
                TrainingUpload(
                    image=await self.state.images.read(one.image, field=f"images.{number}"), words=one.caption
                )
                for number, one in enumerate(self.body.images)
            ]
        )

    def _target(self, path: Path) -> LoraTarget:
        body = self.body
        rate = body.text_encoder_lr if body.text_encoder_lr is not None else body.learning_rate
        prediction = {None: "", True: "v_prediction", False: "epsilon"}[body.v_parameterization]
        return LoraTarget(
            path=str(path),
            rank=body.network_dim,
            alpha=self._alpha(),
            unet=not body.network_train_text_encoder_only,
            text_encoder_rate=0.0 if body.network_train_unet_only else rate,
            rate_schedule=body.lr_scheduler,
            warmup=body.lr_warmup_steps,
            cycles=body.lr_scheduler_num_cycles,
            weight_decay=body.weight_decay,
            min_snr=body.min_snr_gamma,
            noise_offset=body.noise_offset,
            prediction=cast("Literal['', 'epsilon', 'v_prediction']", prediction),
            precision=body.save_precision,
            comment=body.training_comment,
        )

    def _steps(self) -> TrainingSteps:
        body = self.body
        return TrainingSteps(
            steps=body.max_train_steps,
            learn_rate=repr(body.learning_rate if body.unet_lr is None else body.unet_lr),
            batch_size=body.train_batch_size,
            gradient_step=body.gradient_accumulation_steps,
            clip_mode="norm" if body.max_grad_norm else "disabled",
            clip_value=repr(body.max_grad_norm),
        )

    def _log(self) -> TrainingLog:
        body, values = self.body, self.state.store.values()
        folder = self.state.config.places.training_folder(body.logging_dir, field="logging_dir")
        return TrainingLog(
            folder=str(folder),
            folder_as_sent=body.logging_dir,
            save_every=body.save_every_n_steps,
            picture_every=body.sample_every_n_steps,
            csv_every=max(0, int(values["training_write_csv_every"] or 0)),
            settings_file=bool(values["save_training_settings_to_txt"]),
        )

    async def _preview(self, pictures: TrainingPictures) -> TrainingPreview | None:
        body = self.body
        if not body.sample_every_n_steps:
            return None
        if not is_sampler(body.sample_sampler):
            raise InvalidRequest(f"no sampler is called {body.sample_sampler!r}", field="sample_sampler")
        intent = Intent(
            prompt=body.sample_prompt or "",
            negative_prompt=body.sample_negative_prompt,
            sampler=body.sample_sampler,
            steps=body.sample_steps,
            cfg_scale=body.sample_cfg_scale,
            seeds=SeedsIntent(seed=None if body.sample_seed == -1 else body.sample_seed),
            width=pictures.width,
            height=pictures.height,
        )
        names = self.names
        sides = {"width": names["pictures.width"], "height": names["pictures.height"]}
        with naming({**OF_SAMPLES, **sides}):
            return await preview_of(intent, self.state, prompt_from_picture=body.sample_prompt is None)
