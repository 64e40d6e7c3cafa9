"""The loop of one training run, as A1111 counts, saves and shows (spec 13.3)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.amp.grad_scaler import GradScaler
from torch.optim import Optimizer

from pipelines.contract.errors import Cancelled, NansProduced, SdapiError
from pipelines.contract.heed import heed
from pipelines.contract.training import TrainRequest, TrainResult
from pipelines.denoising.work import Work, pause, report
from pipelines.families.model import LoadedModel
from pipelines.training.batches import Batches
from pipelines.training.chance import Chance
from pipelines.training.clipping import clip_gradients
from pipelines.training.context import TrainingContext
from pipelines.training.dataset import Dataset
from pipelines.training.journal import Journal
from pipelines.training.preview import show
from pipelines.training.rates import Rates, read_rates
from pipelines.training.resume import RunFolder
from pipelines.training.texts import step_details, step_text
from pipelines.training.trainee import Trainee

RATE_FIELD, CLIP_FIELD = "steps.learn_rate", "steps.clip_value"


@dataclass(slots=True, kw_only=True)
class TrainingRun:
    """One run. Saves and pictures are due by the number one ahead of the steps made, as in A1111."""

    request: TrainRequest
    context: TrainingContext
    model: LoadedModel
    trainee: Trainee
    dataset: Dataset
    chance: Chance
    journal: Journal
    folder: RunFolder
    warn: Callable[[str], None]
    rates: Rates = field(init=False)
    clips: Rates | None = field(init=False, default=None)
    batches: Batches = field(init=False)
    optimizer: Optimizer = field(init=False)
    scaler: GradScaler = field(init=False)
    loss: float | None = None
    prompt: str = ""
    rate: float = 0.0
    seconds: float = 0.0
    """Running mean of a step's time."""

    def __post_init__(self) -> None:
        steps, start = self.request.steps, self.trainee.made
        self.rates = Rates(read_rates(steps.learn_rate, steps.steps, field=RATE_FIELD, start=start))
        if steps.clip_mode != "disabled":
            self.clips = Rates(read_rates(steps.clip_value, steps.steps, field=CLIP_FIELD, start=start))
        self.batches = Batches(
            sizes=self.dataset.sizes,
            batch_size=steps.batch_size,
            gradient_step=steps.gradient_step,
            chance=self.chance,
        )
        half = self.model.precision.unet == torch.float16
        self.scaler = GradScaler(self.model.device.type, enabled=half)

    def go(self) -> Work[TrainResult]:
        """Step to the end and write the file. Raises SdapiError."""
        self._begin()
        try:
            while not self._finished():
                yield from self._step()
        except Cancelled:
            raise
        except SdapiError as error:
            if not self.request.log.lenient:
                raise
            self.warn(f"training ended early: {error.message}")
        self._end()
        return TrainResult(path=self.request.target.path, step=self.trainee.made, loss=self.loss)

    def _begin(self) -> None:
        facts = {**self.trainee.facts(), "initial_step": self.trainee.made}
        self.trainee.prepare(self.dataset)
        self.trainee.put_on()
        sha256 = self.model.sha256
        model = self.model.name, sha256[:10] if sha256 else None
        self.optimizer = self.trainee.make_optimizer(self.rates.rate)
        self._load_optimizer()
        self.chance.restart()
        if (state := self.folder.read()) is not None:
            self._restore(state)
        else:
            self.journal.write_settings(facts, model, len(self.dataset.pictures))
            self.folder.write(self._state())

    def _finished(self) -> bool:
        made = self.trainee.made
        if made >= self.request.steps.steps or self.context.control.end_requested():
            return True
        for rates in filter(None, (self.rates, self.clips)):
            rates.at(made)
        return self.rates.finished

    def _step(self) -> Work[None]:
        """One step of the optimizer, and what is due after it."""
        started = time.perf_counter()
        self.rate = self.trainee.set_rate(self.optimizer, self.rates.rate)
        loss = yield from self._accumulate()
        self.trainee.made += 1
        self.loss = loss
        taken = time.perf_counter() - started
        self.seconds = taken if not self.seconds else 0.9 * self.seconds + 0.1 * taken
        made = self.trainee.made
        yield from report(batch=made)
        self.journal.note_loss(made, self.batches.steps_per_epoch, loss, self.rate)
        yield from self._save_and_show(made + 1)
        yield from report(
            batch=made,
            step=0,
            text=step_text(made=made, steps=self.request.steps.steps, loss=loss),
            figures=self._figures(loss),
            details=step_details(self.journal, made=made, prompt=self.prompt),
        )

    def _accumulate(self) -> Work[float]:
        self.optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for number in range(self.batches.gradient_step):
            if number:
                yield from pause()
            heed()
            total += self._backward()
        if self.request.trains == "lora":  # A1111 bounds gradients as they are scaled for fp16
            self.scaler.unscale_(self.optimizer)
        clip_gradients(self.trainee.parameters, self.request.steps.clip_mode, self.clips)
        if any(parameter.grad is not None for parameter in self.trainee.parameters):
            self.scaler.step(self.optimizer)
            self.scaler.update()
        return total

    def _backward(self) -> float:
        """The share of one batch in the loss, with its gradients. Raises NansProduced."""
        batch = self.dataset.batch(self.batches.take(), self.model, self.chance)
        self.prompt = batch.texts[0]
        with torch.enable_grad():
            loss = self.trainee.loss(batch, self.chance) / self.batches.gradient_step
            if loss.requires_grad:  # prompts may name nothing that is trained
                self.scaler.scale(loss).backward()
        if not math.isfinite(loss.item()):
            raise NansProduced("the loss is not a number any more: a lower rate may help", field=RATE_FIELD)
        return loss.item()

    def _save_and_show(self, number: int) -> Work[None]:
        log = self.request.log
        if log.save_every and number % log.save_every == 0:
            self._save(number)
        if log.picture_every and number % log.picture_every == 0 and self.request.preview is not None:
            yield from show(
                self.request.preview,
                number,
                trainee=self.trainee,
                journal=self.journal,
                folder=self.folder.path,
                prompt=self.prompt,
                warn=self.warn,
            )

    def _save(self, number: int) -> None:
        path = self.journal.save_path(number)
        numbered = self.trainee.names.word == "embedding"
        self.trainee.save(path, name=path.stem if numbered else self.request.name)
        self.journal.save_optimizer(path, self.trainee.optimizer_record(path, self.optimizer))
        self.journal.saved = path
        self.folder.write(self._state())

    def _end(self) -> None:
        heed()
        path = self.journal.target
        self.trainee.save(path, name=self.request.name)
        self.journal.save_optimizer(path, self.trainee.optimizer_record(path, self.optimizer))

    def _load_optimizer(self) -> None:
        record = self.journal.read_optimizer()
        if record is None or not self.trainee.accepts(record, self.journal.target):
            return
        try:
            self.optimizer.load_state_dict(record["optimizer_state_dict"])
        except (ValueError, LookupError, TypeError, AttributeError):
            self.warn("the state of the optimizer that lies beside the file doesn't fit and is left out")

    def _state(self) -> Mapping[str, Any]:
        return {
            "made": self.trainee.made,
            "parameters": [parameter.detach().cpu() for parameter in self.trainee.parameters],
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "chance": self.chance.state(),
            "batches": self.batches.state(),
            "rates": self.rates.index,
            "clips": 0 if self.clips is None else self.clips.index,
            "folder": str(self.journal.folder),
            "losses": self.journal.losses_size(),
        }

    def _restore(self, state: Mapping[str, Any]) -> None:
        """Go on from the last save of this run."""
        with torch.no_grad():
            for parameter, value in zip(self.trainee.parameters, state["parameters"], strict=True):
                parameter.copy_(value)
        self.trainee.made = int(state["made"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.chance.restore(state["chance"])
        self.batches.restore(state["batches"])
        self.rates.index = int(state["rates"])
        if self.clips is not None:
            self.clips.index = int(state["clips"])
        self.journal.folder = Path(state["folder"])
        self.journal.cut_losses(int(state["losses"]))
        self.warn(f"the run broke off and went on from step {self.trainee.made}")

    def _figures(self, loss: float) -> Mapping[str, float]:
        left = max(self.request.steps.steps - self.trainee.made, 0)
        return {
            "loss": loss,
            "learn_rate": self.rate,
            "seconds_per_step": self.seconds,
            "seconds_left": left * self.seconds,
        }
