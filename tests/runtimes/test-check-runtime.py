#!/usr/bin/env python3
"""test-check-runtime.py: the checker finds each fault of a runtime that has one, and none in one that has none."""
import concurrent.futures
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
N_AT_ONCE = 3

# fault: what the checker says of it
FAULTS = {
    # the catalog
    "protocol-2": "protocol: must be 1, and is 2",
    "no-cpus": "cpus_usable: must be a whole number of at least 1, and is 0",
    "absent-list": "absent: must be an object of texts",
    "whose-both": "locks[0].whose: must be \"all\" or \"task\", and is 'both'",
    "real-3": "locks[0].real: must be a name",
    "no-usual-lock": "locks: exactly one must be usual",
    "untitled": "locks[0].title: must be a text, and is missing",
    "twice": "modes[3].name: \"serial\" stands twice",
    "two-baselines": "modes: at most one can be the baseline",
    "default-0": "parameters[0].default: 0 is no value that it can have",
    "called-tasks": "parameters[0].name: tasks is something that all requests have",
    "no-choices": "parameters[1].choices: must be there",
    "alias": "aliases.left: must be one of the choices",
    "unknown-factor": "cost[0].times: there is no parameter m that is a number",
    "unknown-fact": "only_if.mode.quick: there is no such fact",
    "unknown-value": "'sideways' is no value",
    "no-words": "headline.words: must have {}",
    "headline-of-time": "headline: must be metrics.NAME or memory.NAME, is 'wall_ns'",
    "no-room": "max_tasks.processes: must be there, or a reason in unavailable",
    "unknown-mode": "unavailable.coroutines: there is no such mode",
    "no-json": "--describe printed no JSON",
    "says-nothing": "--describe printed no JSON",
    "describe-1": "--describe ended with status 1",
    # pace
    "goes-on": "after hello it went on before it was told to",
    "goes-on-later": "after a timeline it went on before it was told to",
    "busy-wait": "while it waited after",
    "always-waits": "pace: false: cell 3 (serial under own), repetition -1: there was none within",
    "stuck-at-the-end": "whose input ends: cell 3 (serial under own), repetition -1: there was none within",
    "old-noise": "the reading must start anew at each go",
    "does-not-stop": "the timeline of cell 3 (serial under own) was to come, and it said sample",
    "knows-no-max": "note: count with a stop: it gives 2 repetitions",
    "unpaced": "note: catalog: paces: it does not wait",
    # events
    "babble": "b'starting' is no JSON",
    "speaks-first": "the first event must be hello, and is ready",
    "hello-2": "hello: protocol: must be 1, and is 2",
    "own-numbers": "it said cell 0; its cells are [3, ",
    "no-warmup": "repetition -1 was to come, and it said repetition 0",
    "cell-by-cell": "and it said cell 3",
    "twice-a-sample": "cell 5 (threads under own), repetition -1 was to come, and it said cell 3",
    "reads-own-choice": "failed: cannot",
    "no-wall": "wall_ns: is missing",
    "no-time": "wall_ns: must be at least 1, and is 0",
    "half-a-ns": "cpu_ns: must be a whole number",
    "negative": "lock_stats.acquires: must be a whole number or null, and is -1",
    "noise-text": "noise.foreign_cpu: must be a number, and is 'much'",
    "long-part": "create_ns: ",
    "longer-part-of-it": "create_alone_ns: ",
    "overlap": "tasks 0 and 1 overlap",
    "backwards": "task 0 ends before it starts",
    "behind-the-wall": "behind wall_ns",
    "ids-from-1": "the ids must be different ones below 2",
    "wrong-order": "is not the order of the tasks' end_ns",
    "short-order": "completion_order: must have each of 2 tasks once",
    "all-rows": "of 300 tasks 256 rows are to be there and 44 omitted",
    "none-omitted": "per_task_omitted is 0",
    "no-headline": "metrics.turns: is the headline",
    "text-headline": "metrics.turns: must be a number, being the headline, and is 'many'",
    "half-a-total": "metrics.turns: is one of the totals",
    # timelines
    "both-inside": "never two tasks are inside an exclusive lock",
    "spans-overlap": "spans of one task must not",
    "span-kind": "'walk' must be one of",
    "many-spans": "max_spans is 4000",
    "no-such-task": "there is no task 99",
    "one-timeline-less": "the timeline of cell 3 (serial under own) was to come, and it said cell 5",
    # the end
    "dies": "it ended before done",
    "gives-up": "done: it says instead: no more",
    "no-newline": "its last line does not end",
    "talks-on": "must be the last event, and behind it stands {}",
    "stays": "after done it did not end within",
    "status-3": "it ended with status 3 where all was good",
    "leaves-one": "leaves sleep (",
    "deaf": "after SIGTERM it did not end within",
    "orphans": "behind after SIGTERM",
    "waits-for-more": "without a request it did not end within",
}
# What needs a long look, and what is found only when a wait is over.
PATIENCE = {"busy-wait": "1"}


def check(fault):
    words = [sys.executable, str(HERE / "check-runtime.py"), "--patience", PATIENCE.get(fault, "0.1"), "--limit", "3", "--first",
             sys.executable, str(HERE / "false-runtime.py"), fault]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode()


def main():
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(N_AT_ONCE) as pool:
        for fault, (status, text) in zip(["none", *FAULTS], pool.map(check, ["none", *FAULTS])):
            wanted = FAULTS.get(fault, ": 0 faults" if fault == "none" else "")
            # A note is no fault.
            status_wanted = 0 if fault == "none" or wanted.startswith("note") else 1
            if status != status_wanted or wanted.replace(": 0 faults", " 0 faults") not in text or "Traceback" in text:
                wrong += 1
                print(f"{fault}: status {status}, wanted {wanted!r}; it said:\n{text}", flush=True)
    print(f"{len(FAULTS)} faults, {wrong} not found as they should be")
    return 1 if wrong else 0


sys.exit(main())
