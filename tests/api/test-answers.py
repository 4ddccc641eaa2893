#!/usr/bin/env python3
"""test-answers.py BUILD: what the real server says of real runs does not contradict their figures. Whatever the times
come out to be, words and figures are of the same run."""
import importlib.util
import json
import pathlib
import sys
import urllib.request

sys.dont_write_bytecode = True
import lab  # noqa: E402

PLACE = pathlib.Path(__file__).parent.parent / "check-answers.py"
SPEC = importlib.util.spec_from_file_location("check_answers", PLACE)
check_answers = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(check_answers)

RUNS = (
    "countdown?n=1000&tasks=2&mode=serial,threads,processes&lock=gil,none",
    "countdown?n=3000000&tasks=2&mode=serial,threads,processes,epoll&lock=gil,none",
    "countdown?n=1000000&tasks=1,2,4&mode=serial,threads&lock=gil,gil-py2,ticket&repeat=3",
    "countdown?n=100000&tasks=2,3&mode=threads,processes&repeat=2",
    "counter?n=20000&tasks=2&mode=serial,threads,epoll&lock=gil,none&switch_inside=on&repeat=2",
    "refcount?n=20000&tasks=2&mode=serial,threads&lock=gil,none&repeat=2",
    "crunch?n=40&rounds=10&tasks=2&release=off",
    "crunch?n=40&rounds=10&tasks=2",
    "convoy?duration_ms=100&lock=gil,none&repeat=1",
    "share?items=2000&repeat=2",
    "fetch?tasks=3&delay_ms=10&mode=serial,threads,epoll&repeat=2",
    "idle?tasks=10&duration_ms=50&repeat=1",
)

with lab.folder(sys.argv[1]) as path, lab.server(path, "server.port=0") as port:
    for query in RUNS:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/run/{query}", timeout=120) as answer:
            run = json.load(answer)
        complaints, n_read = check_answers.complaints(run)
        lab.check(f"{query}: {run.get('lesson')}", complaints, [])
        lab.check(f"{query} is read", n_read > 2, True)
