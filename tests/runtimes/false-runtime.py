#!/usr/bin/env python3
"""false-runtime.py FAULT: a runtime that does all right but one thing; with the fault "none", everything.

What is wrong is looked up where it happens: is_false("late-hello") is true in the runtime with that fault."""
import json
import os
import signal
import subprocess
import sys
import threading
import time

FAULT = sys.argv[1]


def is_false(name):
    return name == FAULT


def mode(name, noun, **facts):
    return {"name": name, "summary": name, "aliases": [], "usual": True, "baseline": False, "side_by_side": True,
            "shares_memory": True, "one_loop": False, "task": {"noun": noun, "ns": 0, "bytes": 0}, **facts}


def catalog():
    n = {"name": "n", "type": "integer", "min": 1, "max": 10**9, "default": 10**6, "sized": True, "help": "from where"}
    way = {"name": "way", "type": "choice", "choices": ["up", "down"], "default": "up", "help": "which way"}
    lock = {"name": "own", "title": "the lock", "summary": "its own", "usual": True, "exclusive": True, "whose": "all",
            "models": None, "real": "cpython3", "parameters": [], "crowding": 0}
    experiment = {"name": "count", "summary": "count", "parameters": [n, way], "unavailable": {},
                  "max_tasks": {"serial": 1000, "threads": 64, "processes": 64},
                  "cost": [{"kind": "cpu", "ns": 50, "times": ["n"], "only_if": {"mode.side_by_side": True}},
                           {"kind": "cpu", "ns": 50, "times": ["n"], "only_if": {"way": "down"}}],
                  "headline": {"figure": "metrics.turns", "words": "{} turns"}, "totals": ["turns"]}
    result = {"protocol": 1, "runtime": "false", "version": "1", "paces": not is_false("unpaced"), "cpus_usable": 2,
              "host": {}, "timeline_ns": 0, "absent": {"convoy": "is not written"},
              "modes": [mode("serial", "call", baseline=True, side_by_side=False), mode("threads", "thread"),
                        mode("processes", "process", shares_memory=False)],
              "locks": [lock], "experiments": [experiment]}
    changes = {
        "protocol-2": (result, "protocol", 2), "no-cpus": (result, "cpus_usable", 0), "absent-list": (result, "absent", []),
        "whose-both": (lock, "whose", "both"), "no-usual-lock": (lock, "usual", False), "untitled": (lock, "title", None),
        "twice": (result, "modes", [*result["modes"], result["modes"][0]]), "default-0": (n, "default", 0),
        "two-baselines": (result["modes"][1], "baseline", True), "called-tasks": (n, "name", "tasks"),
        "no-choices": (way, "choices", []), "alias": (way, "aliases", {"left": "west"}), "real-3": (lock, "real", 3),
        "unknown-factor": (experiment["cost"][0], "times", ["m"]), "no-words": (experiment["headline"], "words", "turns"),
        "headline-of-time": (experiment, "headline", "wall_ns"),
        "unknown-fact": (experiment["cost"][0], "only_if", {"mode.quick": True}),
        "unknown-value": (experiment["cost"][1], "only_if", {"way": "sideways"}),
        "no-room": (experiment, "max_tasks", {"serial": 8, "threads": 8}),
        "unknown-mode": (experiment, "unavailable", {"coroutines": "no"}),
    }
    if FAULT in changes:
        entry, member, value = changes[FAULT]
        entry[member] = value
    return result


class Run:
    def __init__(self, request):
        self.request = request
        self.since = time.monotonic_ns()
        self.said = ""

    def emit(self, **event):
        text = json.dumps(event)
        sys.stdout.write(text if is_false("no-newline") and event["event"] == "done" else text + "\n")
        sys.stdout.flush()
        if event["event"] == "done" or not (self.request["pace"] or is_false("always-waits")):
            return
        if is_false("goes-on") or (is_false("goes-on-later") and event["event"] == "timeline"):
            return
        if is_false("busy-wait"):
            threading.Thread(target=spin, daemon=True).start()
        line = sys.stdin.readline()
        while is_false("stuck-at-the-end") and line == "":
            time.sleep(1)
        self.said = line.strip()
        if not is_false("old-noise"):
            self.since = time.monotonic_ns()

    def sample(self, number, cell, repetition):
        n, n_tasks = cell["params"]["n"], cell["tasks"]
        if is_false("reads-own-choice") and cell["params"]["way"] != "up":
            return self.emit(event="sample", cell=number, repetition=repetition, status="failed", reason="cannot")
        begun = time.monotonic_ns()
        times = self.tasks(cell["mode"], n_tasks, n, begun)
        wall = time.monotonic_ns() - begun
        rows = [{"id": task, "start_ns": start, "end_ns": end, "cpu_ns": None, "answer": 0}
                for task, (start, end) in enumerate(times)]
        order = sorted(range(n_tasks), key=lambda task: times[task][1])
        if is_false("overlap") and cell["mode"] == "serial":
            rows[1]["start_ns"] = rows[0]["start_ns"]
        if is_false("backwards"):
            rows[0]["start_ns"] = rows[0]["end_ns"] + 1
        if is_false("behind-the-wall"):
            rows[0]["end_ns"] += 10**9
        if is_false("ids-from-1"):
            rows = [{**row, "id": row["id"] + 1} for row in rows]
        kept = rows if self.request["detail"] == "full" or is_false("all-rows") else rows[:256]
        turns = "many" if is_false("text-headline") else 0.5 if is_false("half-a-total") else n_tasks * n
        event = {
            "event": "sample", "cell": number, "repetition": repetition, "status": "done",
            "wall_ns": 0 if is_false("no-time") else wall, "cpu_ns": 1.5 if is_false("half-a-ns") else wall,
            "create_ns": wall + 1 if is_false("long-part") else 0, "join_ns": 0, "per_task": kept,
            "create_alone_ns": 1 if is_false("longer-part-of-it") else 0,
            "per_task_omitted": 0 if is_false("none-omitted") else n_tasks - len(kept),
            "completion_order": order[::-1] if is_false("wrong-order") else order[:-1] if is_false("short-order") else order,
            "metrics": {} if is_false("no-headline") else {"turns": turns},
            "lock_stats": {"acquires": -1} if is_false("negative") else None,
            "noise": {"span_ns": time.monotonic_ns() - self.since, "cpus": 2, "throttled_ns": 0, "steal": 0,
                      "foreign_cpu": "much" if is_false("noise-text") else 0.1}}
        if is_false("no-wall"):
            del event["wall_ns"]
        self.emit(**event)
        self.since = time.monotonic_ns()
        if is_false("twice-a-sample"):
            self.emit(**event)

    def tasks(self, kind, n_tasks, n, begun):
        times = [None] * n_tasks

        def work(task):
            start = time.monotonic_ns() - begun
            count(n)
            times[task] = (start, time.monotonic_ns() - begun)

        if kind == "serial":
            for task in range(n_tasks):
                work(task)
        elif kind == "threads":
            threads = [threading.Thread(target=work, args=(task,)) for task in range(n_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            CHILDREN.extend(forked(n) for _ in range(n_tasks))
            for pid in CHILDREN:
                os.waitpid(pid, 0)
            CHILDREN.clear()
            times = [(0, time.monotonic_ns() - begun)] * n_tasks
        return times

    def timeline(self, number, cell):
        spans = [[task, "run", task * 10**6, (task + 1) * 10**6] for task in range(cell["tasks"])]
        if is_false("both-inside"):
            spans[1][2:] = spans[0][2:]
        if is_false("spans-overlap"):
            spans.append(spans[0])
        if is_false("span-kind"):
            spans[0][1] = "walk"
        if is_false("many-spans"):
            spans *= 5000
        if is_false("no-such-task"):
            spans[0][0] = 99
        self.emit(event="timeline", cell=number, wall_ns=10**9, dropped=0, spans=spans[:10**6 if is_false(
            "many-spans") else self.request["max_spans"]], instants=[])

    def run(self):
        if is_false("speaks-first"):
            self.emit(event="ready")
        if is_false("babble"):
            print("starting", flush=True)
        self.emit(event="hello", protocol=2 if is_false("hello-2") else 1, runtime="false", version="1")
        cells = list(enumerate(self.request["cells"]))
        if not is_false("own-numbers"):
            cells = [(cell["cell"], cell) for _, cell in cells]
        self.rounds(cells)
        for number, cell in cells[1:] if is_false("one-timeline-less") else cells:
            if self.request["timeline"] == "on":
                self.timeline(number, cell)
        if is_false("leaves-one"):
            subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if is_false("dies"):
            os.kill(os.getpid(), signal.SIGKILL)
        if is_false("gives-up"):
            self.emit(event="error", message="no more")
        self.emit(event="done")
        if is_false("talks-on"):
            print("{}", flush=True)
        if is_false("stays"):
            time.sleep(1000)
        sys.exit(3 if is_false("status-3") else 0)

    def rounds(self, cells):
        first = 0 if is_false("no-warmup") else -self.request["warmup"]
        most = self.request["repeat"] if is_false("knows-no-max") else self.request.get("max_repeat", self.request["repeat"])
        if is_false("cell-by-cell"):
            for number, cell in cells:
                for repetition in range(first, most):
                    self.sample(number, cell, repetition)
            return
        for repetition in range(first, most):
            for number, cell in cells:
                self.sample(number, cell, repetition)
            if self.said == "stop" and not is_false("does-not-stop"):
                return


CHILDREN = []


def count(n):
    while n > 0:
        n -= 1


def spin():
    while True:
        pass


def forked(n):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        count(n)
        os._exit(0)
    return pid


def on_term(*_):
    for pid in [] if is_false("orphans") else CHILDREN:
        os.kill(pid, signal.SIGKILL)
    if not is_false("deaf"):
        os._exit(1)


def main():
    if sys.argv[2:] == ["--describe"]:
        if is_false("no-json"):
            print("what?")
        elif not is_false("says-nothing"):
            print(json.dumps(catalog()))
        sys.exit(1 if is_false("describe-1") else 0)
    signal.signal(signal.SIGTERM, on_term)
    line = sys.stdin.readline()
    while is_false("waits-for-more") and not line:
        time.sleep(1)
    if line:
        Run(json.loads(line)).run()


main()
