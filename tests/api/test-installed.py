#!/usr/bin/env python3
"""test-installed.py BUILD SOURCE: what an installation has is enough, wherever it is put: the server finds its programs
and the scripts of runtimes from where it stands."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.dont_write_bytecode = True
import lab  # noqa: E402

BUILD, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
SCRIPTS = sorted(path.name for path in (SOURCE / "runtimes").iterdir() if path.suffix in (".py", ".rb"))


def install(folder):
    """The folder of the installed programs."""
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", folder], check=True,
                   stdout=subprocess.DEVNULL, timeout=lab.PATIENCE_S)
    return next(path.parent for path in folder.rglob("gilscope") if path.is_file())


def told_runtimes(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=lab.PATIENCE_S) as answer:
        return {each["runtime"]: each["status"] for each in json.load(answer)["runtimes"]}


def settings_with(*words):
    return [f"runtimes.r{i}={sys.executable} {word}" for i, word in enumerate(words)]


folder = pathlib.Path(tempfile.mkdtemp(prefix="gilscope-installed-"))
try:
    programs = install(folder)
    # Moved as a whole it works, too.
    moved = folder / "moved"
    programs.parent.rename(moved)
    programs = moved / programs.name
    command = lab.command(programs, *settings_with(*SCRIPTS)) + ["--check-config"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, env=lab.environment(),
                             timeout=lab.PATIENCE_S)
    lab.check(f"the scripts {SCRIPTS} are there", (checked.stdout, checked.stderr), ("the settings are right\n", ""))
    with lab.server(programs, "server.port=0", *settings_with("python.py")) as port:
        lab.until("the installed script answers", lambda: told_runtimes(port) == {"c": "ready", "r0": "ready"})
finally:
    shutil.rmtree(folder)
