"""Set up `.venv` from the lock file if needed, then run `sdapi [serve|generate|test|bench|gpu-check]`.

Modules that only a set-up needs are imported by it, which keeps the usual start fast.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "lock.sha256"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
MINIMUM = (3, 11)


def say(message: str) -> None:
    """Print a line about set-up to stderr, so that stdout stays the command's own."""
    print(f"launch: {message}", file=sys.stderr, flush=True)


def lock_digest() -> str:
    """Return the fingerprint of the lock file that a finished set-up is stamped with."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def is_ready() -> bool:
    """True if `.venv` was set up completely from the present lock file."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == lock_digest()


def succeeds(*command: str | Path) -> bool:
    """Run a command with its output shown; True if its exit status is 0."""
    import subprocess

    return subprocess.call([str(part) for part in command], stdout=sys.stderr) == 0


def create_environment() -> None:
    """Create an empty `.venv` with pip in it, in place of one whose Python is gone."""
    import subprocess
    import venv

    say("creating .venv")
    try:
        venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)
    except (subprocess.CalledProcessError, ImportError) as error:
        sys.exit(f"launch: can't create .venv with pip ({error}). On Debian and Ubuntu: install python3-venv")


def find_uv() -> str | None:
    """Return a path to uv: the one on PATH, the one in `.venv`, or a fresh one fetched by pip."""
    import shutil

    for search_path in (None, str(SCRIPTS)):
        found = shutil.which("uv", path=search_path)
        if found:
            return found
    succeeds(PYTHON, "-m", "pip", "install", "--quiet", "uv")
    return shutil.which("uv", path=str(SCRIPTS))


def install() -> bool:
    """Install what the lock file names, hashes checked: with uv, or else with pip (slower)."""
    uv = find_uv()
    compiled = ("--compile-bytecode", "--python", PYTHON)  # once, not in every process that starts
    if uv and succeeds(uv, "pip", "install", *compiled, "--require-hashes", "-r", LOCK):
        return True
    say("uv is not available or failed; trying pip")
    return succeeds(PYTHON, "-m", "pip", "install", "--require-hashes", "-r", LOCK)


def set_up() -> None:
    """Install the lock file's packages into `.venv`; stamp it last, so that a broken set-up starts over."""
    if not PYTHON.exists():
        create_environment()
    say("installing the packages of requirements.lock (first start or changed lock; about 6 GB)")
    if not install():
        sys.exit("launch: the packages could not be installed; the lines above say why")
    STAMP.write_text(lock_digest(), encoding="utf-8")


def run(interpreter: str, arguments: list[str]) -> int:
    """Hand over to `python -m sdapi` in the caller's folder, so that relative paths keep their meaning."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path}
    command = [interpreter, "-m", "sdapi", *arguments]
    if os.name != "nt":
        os.execve(interpreter, command, environment)
    import subprocess

    return subprocess.call(command, env=environment)


def main(arguments: list[str]) -> int:
    """Set up if needed and run the command; asking for help needs no set-up."""
    if sys.version_info < MINIMUM:
        sys.exit("launch: Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    if arguments[:1] in (["-h"], ["--help"]):
        return run(sys.executable, arguments)
    if not is_ready():
        set_up()
    return run(str(PYTHON), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
