"""From the command line to the settings of an engine: folders, device, precision, memory."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from pipelines.contract.settings import EngineSettings, Folders
from pipelines.extending.extension_packages import PACKAGE, find_extensions
from sdapi.core.config import wanted_extensions, work_limits
from sdapi.flags.parse import ROOT
from sdapi.flags.table import EXTENSIONS, WEIGHTS
from sdapi.jobs.keep_alive import parse_keep_alive


def settings_from_flags(flags: Namespace) -> EngineSettings:
    """Settings of the first (or only) engine."""
    return EngineSettings(
        folders=folders_from_flags(flags),
        device=devices_from_flags(flags)[0],
        no_half=flags.no_half or flags.precision == "full",
        no_half_vae=flags.no_half_vae,
        precision=flags.precision,
        memory_mode="lowvram" if flags.lowvram else "medvram" if flags.medvram else "normal",
        medvram_sdxl=flags.medvram_sdxl,
        channels_last=flags.opt_channelslast,
        nan_check=not flags.disable_nan_check,
        hashing=not flags.no_hashing,
        forced_vae=Path(flags.vae_path) if flags.vae_path else None,
        first_checkpoint=_existing(flags.ckpt),
        fallback_config=_existing(flags.config),
        filename_length=flags.filenames_max_length,
        unix_filenames=flags.unix_filenames_sanitization,
        threads=flags.threads,
        compile_unet=flags.compile,
        cuda_graphs=not flags.no_cuda_graphs,
        concurrent_jobs=flags.concurrent_jobs,
        extensions=extensions_from_flags(flags),
        ram_budget=_mebibytes("--ram-budget", flags.ram_budget),
        vram_budget=_mebibytes("--vram-budget", flags.vram_budget),
        log_json=flags.log_json,
        extension_flags={flag.key: getattr(flags, flag.key) for rows in EXTENSIONS.values() for flag in rows},
        keep_alive=keep_alive_from_flags(flags),
        limits=work_limits(vars(flags)),
    )


def settings_per_device(flags: Namespace) -> tuple[EngineSettings, ...]:
    """Settings of every engine: one for each device that ``--devices`` names."""
    settings = settings_from_flags(flags)
    return tuple(replace(settings, device=device) for device in devices_from_flags(flags))


def devices_from_flags(flags: Namespace) -> tuple[str, ...]:
    """Device strings, at least one; ``auto`` unless flags name one. ``--use-cpu all`` wins over the rest."""
    if {"all", "sd"} & set(flags.use_cpu):
        return ("cpu",)
    if flags.devices:
        names = [name.strip() for name in flags.devices.split(",") if name.strip()]
        return tuple(f"cuda:{name}" if name.isdigit() else name for name in names) or ("auto",)
    if flags.device_id:
        return (f"cuda:{flags.device_id}",)
    return ("xpu",) if flags.use_ipex else ("auto",)


def keep_alive_from_flags(flags: Namespace) -> float:
    """The server's keep_alive in seconds. Raises SystemExit."""
    try:
        return parse_keep_alive(flags.keep_alive)
    except ValueError as error:
        raise SystemExit(f"--keep-alive: {error}") from error


def _mebibytes(name: str, value: int | None) -> int | None:
    if value is not None and value <= 0:
        raise SystemExit(f"{name}: must be above 0, not {value}")
    return None if value is None else value * 2**20


def folders_from_flags(flags: Namespace) -> Folders:
    """Every folder that is searched, in A1111's order."""
    models = models_folder(flags)
    return Folders(
        data=Path(flags.data_dir),
        models=models,
        checkpoints=_folders(flags.ckpt_dir, models / "Stable-diffusion"),
        vaes=_folders(models / "VAE", flags.vae_dir),
        loras=_folders(flags.lora_dir, flags.lyco_dir_backcompat),
        embeddings=_folders(flags.embeddings_dir),
        hypernetworks=_folders(flags.hypernetwork_dir),
        esrgan=_folders(flags.esrgan_models_path),
        realesrgan=_folders(flags.realesrgan_models_path),
        dat=_folders(flags.dat_models_path, models / "HAT"),
        swinir=_folders(flags.swinir_models_path),
        scunet=_folders(flags.scunet_models_path),
        gfpgan=_folders(flags.gfpgan_models_path),
        codeformer=_folders(flags.codeformer_models_path),
        clip=_folders(flags.clip_models_path or models / "CLIP"),
        of_extensions=_folders(*(getattr(flags, key) for key in WEIGHTS)),
        styles=tuple(flags.styles_file),
        allowed_outputs=_folders(*(flags.allow_outdir or ())),
    )


def extensions_from_flags(flags: Namespace, own: Path = ROOT / PACKAGE) -> tuple[str, ...]:
    """Names of the extensions with a module for engines, unless they are switched off."""
    if flags.disable_all_extensions:
        return ()
    return wanted_extensions(find_extensions("engine", (own, Path(flags.data_dir) / PACKAGE)), vars(flags))


def models_folder(flags: Namespace) -> Path:
    """The folder of the model folders."""
    return Path(flags.models_dir or Path(flags.data_dir) / "models")


def _folders(*places: str | Path | None) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(Path(place) for place in places if place))


def _existing(file: str) -> Path | None:
    """The file if it is there: A1111 names default files that usually aren't."""
    return Path(file) if Path(file).is_file() else None
