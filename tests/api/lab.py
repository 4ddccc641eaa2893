"""A server for tests that need more than the C library of tests: a copy of the built program in a folder of its own,
on a free port, ended by its pid. Nothing is left of it."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

PATIENCE_S = 120
BESIDE = "engine", "guard", "origin", "runtimes"


@contextlib.contextmanager
def folder(build):
    """A folder with a copy of the server, so that it is told from others that run here, in a tree like that of the
    build, in which it finds its programs and scripts."""
    top = pathlib.Path(tempfile.mkdtemp(prefix="gilscope-lab-"))
    try:
        path = top / "server"
        path.mkdir()
        shutil.copy(pathlib.Path(build, "server", "gilscope"), path)
        for place in BESIDE:
            (top / place).symlink_to(pathlib.Path(build, place).absolute())
        yield path
    finally:
        shutil.rmtree(top)


def command(path, *settings):
    return [str(path / "gilscope"), *(word for setting in settings for word in ("--set", setting))]


INTERPRETERS = ("PYTHON3", "PYPY3", "JYTHON", "RUBY")


def environment():
    """Nothing of the caller's settings, and no runtimes but those that a test names."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GILSCOPE_")}
    return kept | {f"GILSCOPE_RUNTIMES_{name}": "" for name in INTERPRETERS}


def end(process):
    process.terminate()
    try:
        status = process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    if status != 0:
        sys.exit(f"{process.args[0]} ended with {status}")


@contextlib.contextmanager
def server(path, *settings, under=()):
    """A running server, by a command that runs others where one is given; gives its port."""
    with open(path / "server.log", "a", encoding="utf-8") as log:
        process = subprocess.Popen([*under, *command(path, "archive.path=none", *settings)], cwd=path,
                                   stdout=subprocess.PIPE, stderr=log, text=True, env=environment())
    try:
        line = process.stdout.readline()
        found = re.search(r"listens on http://.*:(\d+)/", line)
        if not found:
            print(f"the server does not listen: {line}{(path / 'server.log').read_text()}")
        yield int(found.group(1))
    finally:
        end(process)
        process.stdout.close()


def get(port, path):
    """What the server answers, read from JSON."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S) as answer:
        return json.load(answer)


def until(what, condition):
    late = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > late:
            sys.exit(f"{what}: not within {PATIENCE_S} s")
        time.sleep(0.02)


def check(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got!r} instead of {wanted!r}")
    print(f"ok  {what}: {got}")
