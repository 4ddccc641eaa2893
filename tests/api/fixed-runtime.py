#!/usr/bin/env python3
"""A runtime that measures nothing: its threads take so many times the serial time, at once and always.

Usage: fixed-runtime.py models|real|alone RATIO [--describe]. Its lock models cpython3, or is it, or is one that nothing
models.
"""
import json
import sys

kind, ratio = sys.argv[1], float(sys.argv[2])
whose = {"models": {"models": "cpython3"}, "real": {"real": "cpython3"}, "alone": {"real": "another"}}[kind]


def mode(name, **facts):
    return dict({"name": name, "summary": name, "aliases": [], "usual": True, "baseline": False, "side_by_side": True,
                 "shares_memory": True, "one_loop": False, "task": {"noun": "task", "ns": 0, "bytes": 0}}, **facts)


INTERVAL = {"name": "switch_interval_us", "type": "integer", "min": 1, "max": 1000000, "default": [5000], "list": True,
            "help": "an interval"}
CATALOG = {
    "protocol": 1, "runtime": "fixed", "version": "3.11.7", "about": "fixed figures", "paces": True, "cpus_usable": 2,
    "memory_bytes": 10 ** 9, "host": {},
    "modes": [mode("serial", baseline=True, side_by_side=False), mode("threads"), mode("processes", shares_memory=False)],
    "locks": [{"name": "gil", "title": "the GIL", "summary": "a lock", "usual": True, "exclusive": True, "whose": "all",
               "models": None, "parameters": [INTERVAL], "crowding": 0, **whose}],
    "absent": {"epoll": "it has no event loop"},
    "experiments": [{
        "name": "countdown", "summary": "count down", "unavailable": {}, "memory": [], "cost": [],
        "parameters": [{"name": "n", "type": "integer", "min": 1, "max": 10 ** 9, "default": 1000, "help": "turns"}],
        "max_tasks": {"serial": 8, "threads": 8, "processes": 8}, "max_tasks_reason": {}}]}


def emit(paced, **event):
    print(json.dumps(event), flush=True)
    if paced:
        sys.stdin.readline()


if sys.argv[3:] == ["--describe"]:
    print(json.dumps(CATALOG))
    sys.exit()
request = json.loads(sys.stdin.readline())
emit(True, event="hello", protocol=1, runtime="fixed", version="1")
for repetition in range(-request["warmup"], request["repeat"]):
    for cell in request["cells"]:
        wall = 1000000 * cell["tasks"] * {"serial": 1, "threads": ratio, "processes": 0.5}[cell["mode"]]
        emit(True, event="sample", cell=cell["cell"], repetition=repetition, status="done", wall_ns=int(wall),
             cpu_ns=int(wall), create_ns=0, join_ns=0)
emit(False, event="done")
