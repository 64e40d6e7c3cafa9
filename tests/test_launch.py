"""launch.py: set-up happens once, from the lock, with uv or else with pip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import launch

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with a lock and nothing else, that launch.py takes for its own."""
    (tmp_path / "requirements.lock").write_text("six==1.0 --hash=sha256:0\n", encoding="utf-8")
    scripts = tmp_path / ".venv" / "bin"
    places = {
        "ROOT": tmp_path,
        "LOCK": tmp_path / "requirements.lock",
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv" / "lock.sha256",
        "SCRIPTS": scripts,
        "PYTHON": scripts / "python",
    }
    for name, place in places.items():
        monkeypatch.setattr(launch, name, place)
    return tmp_path


def pretend_environment(home: Path) -> None:
    (home / ".venv" / "bin").mkdir(parents=True)
    (home / ".venv" / "bin" / "python").touch()


def record_commands(monkeypatch: pytest.MonkeyPatch, *failing: str) -> list[str]:
    """Collect the commands that would be run; those that contain a word of ``failing`` fail."""
    commands: list[str] = []

    def succeeds(*command: str | Path) -> bool:
        commands.append(" ".join(map(str, command)))
        return not any(word in commands[-1] for word in failing)

    monkeypatch.setattr(launch, "succeeds", succeeds)
    return commands


def test_second_start_skips_set_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_environment(home)
    monkeypatch.setattr(launch, "find_uv", lambda: "uv")
    commands = record_commands(monkeypatch)
    assert not launch.is_ready()
    launch.set_up()
    assert launch.is_ready()
    assert len(commands) == 1


def test_changed_lock_means_set_up_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_environment(home)
    monkeypatch.setattr(launch, "find_uv", lambda: "uv")
    record_commands(monkeypatch)
    launch.set_up()
    launch.LOCK.write_text("six==2.0 --hash=sha256:0\n", encoding="utf-8")
    assert not launch.is_ready()


def test_failed_set_up_leaves_no_stamp(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_environment(home)
    monkeypatch.setattr(launch, "find_uv", lambda: "uv")
    commands = record_commands(monkeypatch, "install")
    with pytest.raises(SystemExit, match="could not be installed"):
        launch.set_up()
    assert not launch.is_ready()
    assert len(commands) == 2


@pytest.mark.parametrize(("uv", "installer"), [("uv", "uv pip install"), (None, "-m pip install")])
def test_hashes_are_checked_either_way(
    home: Path, monkeypatch: pytest.MonkeyPatch, uv: str | None, installer: str
) -> None:
    monkeypatch.setattr(launch, "find_uv", lambda: uv)
    commands = record_commands(monkeypatch)
    assert launch.install()
    assert installer in commands[-1]
    assert "--require-hashes" in commands[-1]
    assert str(home / "requirements.lock") in commands[-1]


def test_pip_serves_when_uv_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_uv", lambda: "the-uv")
    commands = record_commands(monkeypatch, "the-uv")
    assert launch.install()
    assert [command.split()[0] for command in commands] == ["the-uv", str(launch.PYTHON)]


def test_uv_is_fetched_by_pip_when_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    commands = record_commands(monkeypatch)
    assert launch.find_uv() is None
    assert commands == [f"{launch.PYTHON} -m pip install --quiet uv"]


@pytest.mark.slow
def test_environment_whose_python_is_gone_is_made_anew(home: Path) -> None:
    pretend_environment(home)
    (home / ".venv" / "bin" / "python").unlink()
    (home / ".venv" / "bin" / "python").symlink_to(home / "gone")
    assert not launch.PYTHON.exists()
    launch.create_environment()
    assert subprocess.call([launch.PYTHON, "-c", ""]) == 0
    assert subprocess.call([launch.PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0


def test_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "MINIMUM", (99, 0))
    with pytest.raises(SystemExit, match="or newer is needed"):
        launch.main([])


def test_help_needs_no_packages() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sdapi.__main__ import main; main(['--help'])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    assert "--data-dir" in done.stdout


def test_running_no_test_is_a_failure(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sdapi", "test", "-k", "nothing_has_this_name", "tests/test_launch.py"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 5


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "python3 launch.py test"
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
