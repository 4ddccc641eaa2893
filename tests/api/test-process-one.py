#!/usr/bin/env python3
"""test-process-one.py BUILD: the server as process 1 of a container that has no init. It reaps what others leave
behind there, ends by SIGTERM, loses nothing that it answered when it is killed, and its log is JSON to the last byte.
Skipped where no namespace can be made."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
import lab  # noqa: E402

BUILD = sys.argv[1]
SKIPPED = 77
USER = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
UNSHARE = ["unshare", *USER, "--pid", "--fork", "--kill-child", "--mount-proc"]


def children(pid):
    """Those of all its threads, of which one may end meanwhile."""
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in path.read_text(encoding="utf-8").split()]
    return found


def events(log):
    """All that it wrote, on both outputs; a line that is not JSON ends the test."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]


@contextlib.contextmanager
def process_one(path, log):
    """A running server; gives its pid out here and its port."""
    command = lab.command(path, "server.port=0", "server.bind=0.0.0.0", "log.format=json", f"archive.path={path}/archive.db")
    with open(log, "wb") as out:
        process = subprocess.Popen(UNSHARE + command, cwd=path, stdout=out, stderr=out, env=lab.environment())
    try:
        lab.until("the server starts", lambda: children(process.pid))
        pid, = children(process.pid)
        lab.until("the server listens", lambda: any(event["event"] == "listening" for event in events(log)))
        port = next(event["port"] for event in events(log) if event["event"] == "listening")
        yield process, pid, port
    finally:
        # With --kill-child the server ends with it, and with process 1 all others of its namespace.
        process.kill()
        process.wait(lab.PATIENCE_S)


def enter(pid, *words):
    user = ["--user", "--preserve-credentials"] if USER else []
    return subprocess.run(["nsenter", f"--target={pid}", *user, "--pid", "--mount", *words], check=False,
                          env=lab.environment(), timeout=lab.PATIENCE_S).returncode


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:  # it is gone by now
        return None


def orphans(pid):
    """Those sleepers that have become children of the server."""
    return [child for child in children(pid) if name_of(child) == "sleep"]


if subprocess.run([*UNSHARE, "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
    print("skipped: no namespace of processes can be made here")
    sys.exit(SKIPPED)

with lab.folder(BUILD) as path:
    log = path / "log"
    with process_one(path, log) as (process, pid, port):
        lab.check("the health check inside", enter(pid, *lab.command(path, "server.port=0"), "--health"), 0)
        lab.check("who leaves orphans behind", enter(pid, "sh", "-c", "(sleep 1000 &); (sleep 1000 &)"), 0)
        lab.until("they are the server's", lambda: len(orphans(pid)) == 2)
        dies, lives = orphans(pid)
        os.kill(dies, signal.SIGKILL)
        lab.until("a dead one is reaped", lambda: not pathlib.Path(f"/proc/{dies}").exists())
        run = lab.get(port, "/run/countdown?mode=serial&tasks=1&n=1000&repeat=1&warmup=0")
        lab.check("a run beside them", run["status"], "done")
        lab.check("a living one is left alone", orphans(pid), [lives])
        os.kill(pid, signal.SIGKILL)
        process.wait(lab.PATIENCE_S)
        lab.check("the last line is whole", log.read_bytes()[-1:], b"\n")
    with process_one(path, log) as (process, pid, port):
        lab.check("what was answered is kept", lab.get(port, f"/runs/{run['id']}")["status"], "done")
        os.kill(pid, signal.SIGTERM)
        lab.check("SIGTERM", process.wait(lab.PATIENCE_S), 0)
        lab.check("the last event", events(log)[-1]["event"], "stopped")
    refused = subprocess.run(lab.command(path, "log.format=json", "server.port=99999", "lock.policy=none"), check=False,
                             capture_output=True, text=True, env=lab.environment(), timeout=lab.PATIENCE_S)
    lab.check("a wrong setting is refused", (refused.returncode, refused.stdout), (1, ""))
    lab.check("by one entry", [json.loads(line)["what"] for line in refused.stderr.splitlines()], ["--set: server.port"])
