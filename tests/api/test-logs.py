#!/usr/bin/env python3
"""test-logs.py BUILD: a log in JSON has nothing but entries, also where the origin complains in plain words."""
import json
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import lab  # noqa: E402

# Its last words stand without a newline, and it ends at once.
ORIGIN = """#!/bin/sh
echo 'gilscope-origin: cannot listen on "127.0.0.1": it is a test' >&2
printf 'the rest' >&2
exit 1
"""
SAID = ['gilscope-origin: cannot listen on "127.0.0.1": it is a test', "the rest"]


def replace_origin(path):
    place = path.parent / "origin"
    place.unlink()
    place.mkdir()
    program = place / "gilscope-origin"
    program.write_text(ORIGIN, encoding="utf-8")
    program.chmod(0o755)


def entries(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]


def wait_for(log, event, n):
    """The entries, once there are n of this event."""
    for _ in range(lab.PATIENCE_S * 10):
        found = entries(log)
        if sum(entry["event"] == event for entry in found) >= n:
            return found
        time.sleep(0.1)
    sys.exit(f"there never are {n} times {event}: {log.read_text(encoding='utf-8')}")


def main():
    with lab.folder(sys.argv[1]) as path:
        replace_origin(path)
        log = path / "log"
        with open(log, "wb") as errors:
            process = subprocess.Popen(lab.command(path, "server.port=0", "log.format=json", f"archive.path={path}/archive.db"),
                                       stdout=subprocess.DEVNULL, stderr=errors, env=lab.environment())
            try:
                # It is started again, and says the same.
                found = wait_for(log, "origin_says", 4)
                said = [entry["text"] for entry in found if entry["event"] == "origin_says"]
                lab.check("what it says, in order", said[:4], SAID + SAID)
                process.terminate()
                lab.check("the server ends", process.wait(lab.PATIENCE_S), 0)
            finally:
                process.kill()
                process.wait()
        lab.check("the last entry", entries(log)[-1]["event"], "stopped")


main()
