#!/usr/bin/env python3
"""test-python.py [NAME...]: runtimes/python.py measures what it says that it does, in every Python that is here.

check-runtime.py asks whether it speaks the protocol; here it is about what comes of it: counts that must be exact and
those that may not be, orders, spans, and that it leaves nothing behind. The interpreters are those on PATH (python3,
which must be there, pypy3, jython, python2) and those that GILSCOPE_INTERPRETERS names: "2.7=/path/to/python 3.13t=…".
NAME chooses among them.
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from runtime_requests import start_origin  # noqa: E402

SCRIPT = pathlib.Path(__file__).parents[2] / "runtimes" / "python.py"
ORIGIN_PORT = start_origin()
PATIENCE_S = 300
SMALL = {"n": 100000, "rounds": 2, "items": 5000, "duration_ms": 60, "delay_ms": 20, "hogs": 1}


class Python:
    """The runtime in one interpreter."""

    def __init__(self, name, program):
        self.name, self.command = name, [program, str(SCRIPT)]
        self.catalog = json.loads(subprocess.run([*self.command, "--describe"], stdout=subprocess.PIPE, check=True,
                                                 timeout=PATIENCE_S).stdout)
        self.modes = {mode["name"]: mode for mode in self.catalog["modes"]}
        self.locks = {lock["name"]: lock for lock in self.catalog["locks"]}
        self.usual = next(lock for lock in self.catalog["locks"] if lock["usual"])
        self.experiments = {experiment["name"]: experiment for experiment in self.catalog["experiments"]}

    def cell(self, number, experiment, mode, tasks=2, lock=None, **given):
        lock = lock or self.usual
        params = {each["name"]: SMALL.get(each["name"], each["default"])
                  for each in self.experiments[experiment]["parameters"]}
        if experiment == "crunch":
            params["n"] = 64
        params.update((each["name"], each["default"][0]) for each in lock["parameters"])
        params.update(given)
        return {"cell": number, "runtime": "python", "mode": mode, "lock": lock["name"], "tasks": tasks,
                "cpus": self.catalog["cpus_usable"], "params": params}

    def request(self, experiment, cells, **given):
        return {"protocol": 1, "experiment": experiment, "cells": cells, "repeat": 1, "warmup": 0, "seed": 7,
                "detail": "full", "timeline": "off", "pace": False, "friends": [], "origin": {"ports": [ORIGIN_PORT]},
                **given}

    def run(self, experiment, cells, environment=None, **given):
        """Returns the events of a whole run."""
        done = subprocess.run(self.command, input=json.dumps(self.request(experiment, cells, **given)) + "\n",
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert events and events[-1]["event"] == "done", (events[-1:], done.stderr[-2000:])
        return events

    def samples(self, experiment, cells, **given):
        samples = [event for event in self.run(experiment, cells, **given) if event["event"] == "sample"]
        assert [sample["cell"] for sample in samples] == [cell["cell"] for cell in cells]
        return samples

    def all_modes(self, experiment, *variants):
        """Good samples of the experiment in all modes, each with its variant: parameters in place of the usual ones."""
        chosen = [(variant, mode) for variant in variants for mode in self.modes]
        cells = [self.cell(i, experiment, mode, **variant) for i, (variant, mode) in enumerate(chosen)]
        samples = self.samples(experiment, cells)
        for cell, sample in zip(cells, samples):
            assert sample["status"] == "done", (self.name, cell, sample)
            assert sorted(sample["completion_order"]) == [row["id"] for row in sample["per_task"]] == [0, 1]
        return [(variant, self.modes[mode], sample) for (variant, mode), sample in zip(chosen, samples)]


def answers(sample):
    return [row["answer"] for row in sample["per_task"]]


# What it measures


def counts_down_in_every_mode(python):
    for _, mode, sample in python.all_modes("countdown", {"await_every": 3000}):
        assert answers(sample) == [0, 0]
        assert sample["metrics"]["turns_per_s"] > 0
        rows = sample["per_task"]
        if mode["baseline"]:
            assert rows[0]["end_ns"] <= rows[1]["start_ns"] and sample["create_ns"] == 0
        if mode["side_by_side"]:
            assert sample["create_ns"] > 0


def fetches_the_pages_that_were_asked_for(python):
    asked = {"requests": 2, "jitter_ms": 10, "bytes": 300}
    for variant, mode, sample in python.all_modes("fetch", asked, dict(asked, client="blocking")):
        assert sample["metrics"]["requests"] == sample["metrics"]["responses"]["200"] == 4, sample
        assert sample["metrics"]["bytes_received"] == 4 * 300
        least = 2 * 20e6
        assert sample["waits_ns"] >= least and sample["wall_ns"] >= least * (2 if mode["baseline"] else 1)
        if mode["one_loop"] and "client" in variant:
            rows = sample["per_task"]
            assert rows[0]["end_ns"] <= rows[1]["start_ns"], "a call that blocks did not hold up the loop"


def hashes_the_same_in_and_outside_the_lock(python):
    kernels = next(each for each in python.experiments["crunch"]["parameters"] if each["name"] == "kernel")["choices"]
    for kernel, ways in [("sha256", ("on", "off") if "deflate" not in kernels else ("off",)), ("deflate", ("on",))]:
        if kernel in kernels:
            sums = {sample["metrics"]["checksum"] for _, _, sample in
                    python.all_modes("crunch", *({"kernel": kernel, "release": way} for way in ways))}
            assert len(sums) == 1, (kernel, sums)


def computes_outside_the_lock_where_it_says_so(python):
    """Whoever is outside the lock says so in a span; a kernel that cannot be is refused with the reason."""
    kernel = python.cell(0, "crunch", "threads")["params"]["kernel"]
    cells = [python.cell(0, "crunch", "threads", release="on"), python.cell(1, "crunch", "threads", kernel="sha256"),
             python.cell(2, "crunch", "threads", kernel=kernel, release="off")]
    kinds = [kind for event in python.run("crunch", cells[:1], timeline="on", max_spans=100)
             if event["event"] == "timeline" for _, kind, _, _ in event["spans"]]
    assert "outside" in kinds, kinds
    if kernel != "sha256":
        for sample, word in zip(python.samples("crunch", cells[1:]), ("without OpenSSL", "no release=off")):
            assert word in sample["reason"], sample


def loses_updates_only_where_they_can_be_lost(python):
    for variant, mode, sample in python.all_modes("counter", {"switch_inside": "off"}, {"switch_inside": "on"}):
        told, inside = sample["metrics"], variant["switch_inside"]
        assert told["expected"] == 200000 and told["actual"] + told["lost_updates"] == told["expected"]
        if not mode["shares_memory"] or mode["baseline"] or (mode["one_loop"] and inside == "off"):
            assert told["lost_updates"] == 0, (mode["name"], told)
        if mode["one_loop"] and inside == "on":
            assert told["lost_updates"] > 0, "an await between load and store lost nothing"


def shares_what_can_be_shared(python):
    ways = next(each for each in python.experiments["share"]["parameters"] if each["name"] == "via")["choices"]
    assert "variable" in ways and ("shared-memory" in ways) == ("processes" in python.modes)
    for variant, mode, sample in python.all_modes("share", *[{"via": via} for via in ways]):
        told = sample["metrics"]
        sees = mode["shares_memory"] or variant["via"] != "variable"
        assert told["seen_by_parent"] == (told["expected"] if sees else 0) and told["expected"] == 10000


def sleeps_together(python):
    for _, mode, sample in python.all_modes("idle", {"wakeups_per_s": 100}):
        assert sample["metrics"]["started"] == 2 and all(4 <= answer <= 6 for answer in answers(sample))
        assert sample["wall_ns"] >= 60e6 * (2 if mode["baseline"] else 1)


def answers_beside_hogs(python):
    if "convoy" not in python.experiments:
        assert python.catalog["absent"]["convoy"] and "processes" not in python.modes
        return
    for _, _, sample in python.all_modes("convoy", {"await_every": 0}, {"await_every": 3000}):
        told = sample["metrics"]
        assert answers(sample)[0] == told["requests"] >= 1 and told["hog_ticks_per_s"] > 0
        assert told["latency_max_ns"] > 0
        if told["requests"] < 3:
            assert told["latency_p50_ns"] is None and "too few" in told["latency_p50_ns_reason"]


def run_changed(python, line, experiment, cell):
    """Runs the script with one line more, before it begins. Returns its sample and what it said on stderr."""
    begins = 'if __name__ == "__main__":'
    text = SCRIPT.read_text(encoding="utf-8")
    assert text.count(begins) == 1
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / SCRIPT.name
        copy.write_text(text.replace(begins, line + "\n" + begins), encoding="utf-8")
        done = subprocess.run([python.command[0], str(copy)],
                              input=json.dumps(python.request(experiment, [cell])) + "\n", stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S)
    [sample] = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "sample"]
    return sample, done.stderr


def gives_up_a_hog_that_died_before_it_began(python):
    """Its client waits for all of them. Whoever is a hog ends at once."""
    if "convoy" not in python.experiments:
        return
    dying = "Convoy.begin = lambda self, cell, shared, task, begin=Convoy.begin: " \
            "os._exit(3) if task.number else begin(self, cell, shared, task)"
    sample, _ = run_changed(python, dying, "convoy", python.cell(0, "convoy", "processes", hogs=1))
    assert sample["status"] == "failed" and "status 3" in sample["reason"], sample


def sets_the_intervals_of_the_interpreter(python):
    """The task asks the interpreter itself."""
    getters = {"switch_interval_us": ("int(round(sys.getswitchinterval() * 1e6))", 700),
               "check_interval": ("sys.getcheckinterval()", 70)}
    for name in {parameter["name"] for parameter in python.usual["parameters"]}:
        getter, value = getters[name]
        line = f"Countdown.work = lambda self, cell, shared, task: sys.stderr.write('[%d]' % {getter}) and 0"
        for mode in python.modes.keys() & {"serial", "threads", "processes"}:
            _, said = run_changed(python, line, "countdown", python.cell(0, "countdown", mode, **{name: value}))
            assert said.count(f"[{value}]") == 2, (mode, said)


def knows_its_own_lock(python):
    """The interpreter is asked here in another way than by python.py."""
    code = "import sys; v = getattr(sys, '_is_gil_enabled', lambda: True)(); " \
           "print('%s %d %d' % (sys.version.lower().count('pypy') and 'pypy' or sys.platform, sys.version_info[0], v))"
    kind, major, is_locked = subprocess.run([python.command[0], "-c", code], stdout=subprocess.PIPE, check=True,
                                            text=True, timeout=PATIENCE_S).stdout.split()
    expected = "none" if kind.startswith("java") or is_locked == "0" else \
        "gil-pypy" if kind == "pypy" else "gil-py2" if major == "2" else "gil"
    assert python.usual["name"] == expected and python.usual["exclusive"] == (expected != "none"), python.usual


def says_what_it_lacks(python):
    absent = python.catalog["absent"]
    assert {"refcount", "url", "touch_stack_bytes", "gil-pypy", "none"} <= absent.keys() | python.locks.keys()
    assert {"refcount", "url", "touch_stack_bytes"} <= absent.keys() and all(absent.values()), absent
    assert not absent.keys() & (python.experiments.keys() | python.modes.keys() | python.locks.keys())


def shows_where_tasks_ran(python):
    """Two tasks of some slices each. How long the slices are is the machine's business; that they take turns is not."""
    n = next(each for each in python.experiments["countdown"]["parameters"] if each["name"] == "n")["default"]
    cells = [python.cell(i, "countdown", mode, n=n // 5) for i, mode in enumerate(("serial", "threads"))]
    lines = [event for event in python.run("countdown", cells, timeline="on", max_spans=2000)
             if event["event"] == "timeline"]
    assert [line["cell"] for line in lines] == [0, 1]
    for line in lines:
        for task in 0, 1:
            spans = sorted((since, until) for number, _, since, until in line["spans"] if number == task)
            assert spans and all(one[1] <= other[0] for one, other in zip(spans, spans[1:]))
        assert all(until <= line["wall_ns"] for _, _, _, until in line["spans"])
    runs = sorted((since, until, task) for task, kind, since, until in lines[0]["spans"] if kind == "run")
    assert [task for _, _, task in runs] == sorted(task for _, _, task in runs), "serial tasks took turns"
    assert python.catalog["timeline_ns"] > 0


def divides_the_work_around_a_gap(python):
    """A task that notes the time every 10 and is away from 100 to 500, somewhere between two notes."""
    tracer = runpy.run_path(str(SCRIPT))["Tracer"](40, "wait-lock", 100)
    tracer.begin(0)
    for at in [*range(10, 101, 10), *range(510, 601, 10)]:
        tracer.note(at)
    tracer.end(600)
    assert tracer.spans == [("run", 0, 105), ("wait-lock", 105, 505), ("run", 505, 600)], tracer.spans


def runs_each_task_in_an_interpreter(python):
    lock = python.locks.get("per-interpreter")
    if not lock:
        assert python.catalog["absent"]["per-interpreter"]
        return
    vias = [{"via": via} for via in ("variable", "shared-memory", "pipe")]
    for experiment in python.experiments:
        cells = [python.cell(i, experiment, "threads", lock=lock, **variant)
                 for i, variant in enumerate(vias if experiment == "share" else [{}])]
        samples = python.samples(experiment, cells)
        for sample in samples:
            assert sample["status"] == "done" and len(answers(sample)) == 2, (experiment, sample)
        if experiment == "counter":
            assert answers(samples[0]) == [SMALL["n"]] * 2, "interpreters shared a variable"
        if experiment == "share":
            assert [sample["metrics"]["seen_by_parent"] for sample in samples] == [0, 10000, 10000]


def says_what_went_wrong_before_the_tasks_began(python):
    """The client of a convoy waits for tasks that never come."""
    lock = python.locks.get("per-interpreter")
    if lock:
        cell = python.cell(0, "convoy", "threads", lock=lock, hogs=1)
        sample, _ = run_changed(python, "Interpreters.make = lambda self, *others: 1 / 0", "convoy", cell)
        assert sample["status"] == "failed" and "division" in sample["reason"], sample


# How it behaves


def refuses_what_it_does_not_have(python):
    good = python.cell(0, "countdown", "serial")
    bad = [dict(good, cell=1, mode="fibres"), dict(good, cell=2, lock="ticket"),
           dict(good, cell=3, params=dict(good["params"], n=-1)), dict(good, cell=4, params={})]
    reasons = [sample.get("reason") for sample in python.samples("countdown", [good, *bad])]
    for reason, word in zip(reasons, (None, "fibres", "ticket", "n must be from 0", "n is missing")):
        assert reason == word or word in reason, reasons


def tells_of_memory_once(python):
    cells = [python.cell(i, "countdown", mode) for i, mode in enumerate(python.modes)]
    memory = [event["memory"] for event in python.run("countdown", cells, warmup=1) if event["event"] == "sample"]
    assert all(memory[:len(cells)]) and not any(memory[len(cells):]), memory


def goes_when_nobody_listens(python):
    """Its output is closed after the first event."""
    child = subprocess.Popen(python.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    request = python.request("countdown", [python.cell(0, "countdown", "serial")], repeat=100000)
    child.stdin.write((json.dumps(request) + "\n").encode())
    child.stdin.flush()
    child.stdout.readline()
    child.stdout.close()
    try:
        assert child.wait(60) != 0
    finally:
        child.stdin.close()
        child.kill()


def children_of(pid):
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def leaves_no_process_behind(python):
    """Killed while its processes count: nobody can clear up then."""
    if "processes" not in python.modes:
        return
    for signal_number in signal.SIGTERM, signal.SIGKILL:
        child = subprocess.Popen(python.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        request = python.request("countdown", [python.cell(0, "countdown", "processes", n=10 ** 12)])
        child.stdin.write((json.dumps(request) + "\n").encode())
        child.stdin.flush()
        child.stdout.readline()
        until = time.monotonic() + 30
        while len(children_of(child.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        left = children_of(child.pid)
        assert len(left) >= 2
        child.send_signal(signal_number)  # also in the middle of their start
        child.wait(30)
        child.stdin.close()
        child.stdout.close()
        while any(is_alive(pid) for pid in left) and time.monotonic() < until:
            time.sleep(0.01)
        still = [pid for pid in left if is_alive(pid)]
        for pid in still:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert not still, f"{len(still)} processes outlived it"


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


FIRST_FAILS = """#!/bin/sh
rm -- "$0"
echo "failed to set pid 1's affinity: No such process" >&2
exit 1
"""


# taskset gives up when a thread ends while it goes through them, as those of a compiler do at any time. Pythons that need
# no taskset never call it.
def is_confined_although_a_thread_ends(python):
    if not shutil.which("taskset"):
        return
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder, "taskset")
        program.write_text(FIRST_FAILS)
        program.chmod(0o755)
        cell = dict(python.cell(0, "countdown", "serial"), cpus=1)
        [sample] = python.samples("countdown", [cell],
                                  environment={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
        assert sample["status"] == "done", sample


def writes_no_file(python):
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(SCRIPT, folder)
        subprocess.run([python.command[0], copy, "--describe"], stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE_S)
        assert os.listdir(folder) == [SCRIPT.name], os.listdir(folder)


TESTS = [counts_down_in_every_mode, fetches_the_pages_that_were_asked_for, hashes_the_same_in_and_outside_the_lock,
         computes_outside_the_lock_where_it_says_so, loses_updates_only_where_they_can_be_lost,
         shares_what_can_be_shared, sleeps_together, answers_beside_hogs,
         gives_up_a_hog_that_died_before_it_began, sets_the_intervals_of_the_interpreter, knows_its_own_lock,
         says_what_it_lacks, says_what_went_wrong_before_the_tasks_began, shows_where_tasks_ran,
         divides_the_work_around_a_gap, runs_each_task_in_an_interpreter, refuses_what_it_does_not_have,
         tells_of_memory_once, goes_when_nobody_listens, leaves_no_process_behind,
         is_confined_although_a_thread_ends, writes_no_file]


def interpreters():
    """Each program once: python may be another name of python3."""
    found = {}
    for name in "python3", "pypy3", "jython", "python2":
        program = shutil.which(name)
        # A name may be there for something that is not: a shim of a version that is not chosen.
        if program and subprocess.run([program, "-c", "pass"], stderr=subprocess.DEVNULL).returncode == 0:
            found[name] = program
    for word in os.environ.get("GILSCOPE_INTERPRETERS", "").split():
        name, _, program = word.partition("=")
        found[name] = program
    assert "python3" in found
    return found


def check(name, program):
    """Returns what is wrong, a line for each."""
    python, wrong = Python(name, program), []
    for test in TESTS:
        try:
            test(python)
        except Exception as error:
            line = error.__traceback__.tb_next.tb_lineno if error.__traceback__.tb_next else 0
            wrong.append(f"{name}: {test.__name__}, line {line}: {type(error).__name__}: {error}")
    return wrong, python.catalog["about"]


def main():
    found = interpreters()
    chosen = {name: found[name] for name in sys.argv[1:] or found}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for wrong, about in pool.map(check, chosen, chosen.values()):
            print(f"{about}: {len(TESTS)} tests, {len(wrong)} failed")
            print("".join(line[:2000] + "\n" for line in wrong), end="")
            main.failed |= bool(wrong)
    sys.exit(main.failed)


main.failed = False
main()
