#!/usr/bin/env python3
"""test-installed.py BUILD SOURCE: what an installation has is enough, wherever it is put: the server finds its programs
and the scripts of runtimes from where it stands, and the settings, the licence and systemd's unit are where they belong."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import lab  # noqa: E402

BUILD, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
SCRIPTS = sorted(path.name for path in (SOURCE / "runtimes").iterdir() if path.suffix in (".py", ".rb"))
# Of 10; a unit without any of its restrictions has 9.6.
EXPOSED = 2.0


def install(folder):
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", folder], check=True,
                   stdout=subprocess.DEVNULL, timeout=lab.PATIENCE_S)


def installed(folder, name):
    path, = (path for path in folder.rglob(name) if path.is_file())
    return path


def told_runtimes(port):
    return {each["runtime"]: each["status"] for each in lab.get(port, "/healthz")["runtimes"]}


def settings_with(*words):
    return [f"runtimes.r{i}={sys.executable} {word}" for i, word in enumerate(words)]


def analyze(*words):
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=lab.PATIENCE_S)
    return done.returncode, done.stdout + done.stderr


def check_unit(folder):
    """The unit starts the installed program with the installed settings, and systemd has nothing to say against it."""
    text = installed(folder, "gilscope.service").read_text()
    start, = (line for line in text.splitlines() if line.startswith("ExecStart="))
    program, option, settings = start.removeprefix("ExecStart=").split(" ")
    lab.check("the unit has its option", option, "--config")
    for name in program, settings:
        lab.check(f"{name} of the unit is there", pathlib.Path(f"{folder}{name}").is_file(), True)
    if not shutil.which("systemd-analyze"):
        print("skipped: no systemd-analyze, which would check the unit")
        return
    # As it will be when the folder is the root.
    unit = folder / "gilscope.service"
    unit.write_text(text.replace(program, f"{folder}{program}"))
    lab.check("systemd-analyze verify", analyze("verify", "--man=no", str(unit)), (0, ""))
    status, said = analyze("security", "--offline=yes", f"--threshold={EXPOSED * 10:.0f}", "--no-pager", str(unit))
    if "unrecognized option" in said:
        print("skipped: this systemd-analyze judges no unit that is not loaded")
    else:
        lab.check(f"exposed by {EXPOSED} of 10 at most", (status, said if status else ""), (0, ""))


folder = pathlib.Path(tempfile.mkdtemp(prefix="gilscope-installed-"))
try:
    install(folder)
    settings = installed(folder, "gilscope.ini")
    lab.check("the settings are the defaults", settings.read_text() == (SOURCE / "config.ini").read_text(), True)
    settings.write_text("[server]\nport = 9000\n")
    install(folder)
    lab.check("changed settings stay", settings.read_text(), "[server]\nport = 9000\n")
    lab.check("the licence is there", installed(folder, "LICENSE").read_text() == (SOURCE / "LICENSE").read_text(), True)
    check_unit(folder)
    # Moved as a whole it works, too.
    moved = folder / "moved"
    installed(folder, "gilscope").parent.parent.rename(moved)
    programs = installed(folder, "gilscope").parent
    command = lab.command(programs, *settings_with(*SCRIPTS)) + ["--check-config"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, env=lab.environment(),
                             timeout=lab.PATIENCE_S)
    lab.check(f"the scripts {SCRIPTS} are there", (checked.stdout, checked.stderr), ("the settings are right\n", ""))
    with lab.server(programs, "server.port=0", *settings_with("python.py")) as port:
        lab.until("the installed script answers", lambda: told_runtimes(port) == {"c": "ready", "r0": "ready"})
finally:
    shutil.rmtree(folder)
