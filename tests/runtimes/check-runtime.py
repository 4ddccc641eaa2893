#!/usr/bin/env python3
"""check-runtime.py [OPTIONS] PROGRAM [ARGUMENT...]: does a runtime do what docs/protocol.md says?

PROGRAM is called as the server calls it. Its catalog is checked, and then it runs small requests for all that the catalog
offers; what it does wrong is said with its place, and the status is 1. It takes from some seconds to a minute.

  --or-skip       status 77 where `PROGRAM --version` cannot be called
  --only NAME     only this experiment
  --first         end at the first thing that is wrong
  --notes-count   what is no fault, but could be better, counts as one
  --patience S    how long it is watched for going on by itself [1.5]
  --limit S       how long it may take to start, for an event, and to end [20, 60, 10]

An example: check-runtime.py ruby runtimes/ruby.rb"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import catalog_rules  # noqa: E402
import event_rules  # noqa: E402
from runtime_child import Broken, Child, Limits, adopt_orphans, family  # noqa: E402
from runtime_requests import Requests, modes_of, start_origin  # noqa: E402

MAX_CATALOG = 4 << 20
SHORT_WATCH_S = 0.03
NOISE_SLACK_NS = 20_000_000
MANY_TASKS = 300
MOST_SHOWN = 5


class Enough(Exception):
    """The first fault is found, and nothing else is asked."""


class Check:
    def __init__(self, options):
        self.command = [options.program, *options.arguments]
        self.options = options
        self.n_faults = self.n_notes = self.n_events = 0
        self.said = {}
        self.watched = False  # for long, once

    def fault(self, place, text):
        """The same thing in many places is said a few times."""
        self.n_faults += 1
        place = f"{place}: " if place else ""
        key = text[:30]
        self.said[key] = self.said.get(key, 0) + 1
        if self.said[key] <= MOST_SHOWN:
            print(f"{place}{text}", flush=True)
        if self.options.first:
            raise Enough

    def note(self, place, text):
        if self.options.notes_count:
            self.fault(place, text)
        else:
            self.n_notes += 1
            print(f"note: {place}: {text}", flush=True)

    def describe(self):
        with Child([*self.command, "--describe"]) as child:
            child.close_input()
            text, late = b"", time.monotonic() + Limits.start
            while not child.ended and len(text) <= MAX_CATALOG and time.monotonic() < late:
                text += (child.poll_line(late - time.monotonic()) or b"") + b"\n"
            if not child.ended:
                raise Broken(f"--describe did not end within {Limits.start:g} s, or has more than {MAX_CATALOG} bytes")
            status = child.wait("after its output had ended", Limits.start)
            if status != 0:
                raise Broken(f"--describe ended with status {status}: {child.error_text()[-300:]}")
            for left in child.leftovers():
                self.fault("--describe", f"leaves {left} behind")
            try:
                catalog = json.loads((text + child.pending).decode("utf-8"))
            except ValueError as error:
                raise Broken(f"--describe printed no JSON: {error}") from None
        faults = catalog_rules.faults(catalog)
        for text in faults:
            self.fault("", text)
        return None if faults else catalog

    def talk(self, place, request, **how):
        """One request from its beginning to its end. Faults are said; none of them leaves it running."""
        with Child(self.command) as child:
            try:
                Talk(self, child, place, request, **how).run()
            except Broken as broken:
                words = child.error_text()[-300:]
                self.fault(place, f"{broken}" + (f"\n    it says: {words}" if words else ""))
            else:
                for left in child.leftovers():
                    self.fault(place, f"leaves {left} behind when it ends")

    def end_in_the_middle(self, place, request, number, words, report):
        """Told to end while it measures, it ends, and so does all that it has started."""
        with Child(self.command) as child:
            try:
                child.say(json.dumps(request))
                child.event("hello", Limits.start)
                child.say("")
                if not at_work(child):
                    return
                child.kill(child.process.pid, number)
                child.wait(f"after {words}")
            except Broken as broken:
                self.fault(place, str(broken))
                return
            for left in child.leftovers():
                report(place, f"leaves {left} behind after {words}")

    def no_request(self):
        with Child(self.command) as child:
            child.close_input()
            try:
                child.wait("without a request", Limits.start)
            except Broken as broken:
                self.fault("no request", str(broken))


def at_work(child):
    """Waits until it has computed for a while, or has long waited: then it is in the middle of a repetition. Returns false
    where it cannot be caught, as it was over before."""
    begun = family(child.process.pid)
    used, late = sum(row[1] for row in begun.values()), time.monotonic() + 0.7
    while time.monotonic() < late:
        if child.poll_line(0.02) is not None:
            return False
        now = family(child.process.pid)
        if sum(row[1] for row in now.values()) > used + 0.1:
            break
    return True


class Talk:
    """goes_on: "strictly" (a line for each event), "closed" (the input ends at once) or "unpaced"."""

    def __init__(self, check, child, place, request, goes_on="strictly", stop_after=None):
        self.check, self.child, self.place, self.request = check, child, place, request
        self.paced, self.goes_on, self.stop_after = goes_on == "strictly", goes_on, stop_after
        self.cells = {cell["cell"]: cell for cell in request["cells"]}
        self.told_at = None
        self.watches = {"hello": 0, "sample": 0, "timeline": 0}
        catalog = check.catalog
        self.experiment = next(row for row in catalog["experiments"] if row["name"] == request["experiment"])
        self.modes = {mode["name"]: mode for mode in catalog["modes"]}
        self.locks = {lock["name"]: lock for lock in catalog["locks"]}

    def fault(self, what, text):
        self.check.fault(f"{self.place}, {what}", text)

    def name(self, cell):
        return f"cell {cell['cell']} ({cell['mode']} under {cell['lock']})"

    def next(self, what):
        event = self.child.event(what, Limits.start if what == "hello" else Limits.event)
        self.check.n_events += 1
        if event["event"] == "error":
            raise Broken(f"{what}: it says instead: {event.get('message')}")
        return event

    def go_on(self, what, kind, line=""):
        """The first event of a kind is watched for a while, and in the first request for long."""
        if not self.paced:
            return
        if self.watches[kind] == 0:
            self.child.watch(SHORT_WATCH_S if self.check.watched else self.check.options.patience, what)
        self.watches[kind] += 1
        self.told_at = time.monotonic_ns()
        self.child.say(line)

    def hello(self):
        event = self.next("hello")
        if event["event"] != "hello":
            raise Broken(f"the first event must be hello, and is {event['event']}")
        if event.get("protocol") != 1:
            self.fault("hello", f"protocol: must be 1, and is {event.get('protocol')!r}")
        for name in ("runtime", "version"):
            if not isinstance(event.get(name), str):
                self.fault("hello", f"{name}: must be a text, and is {event.get(name)!r}")
        if event.get("load1") is not None and not catalog_rules.is_number(event["load1"]):
            self.fault("hello", f"load1: must be a number of at least 0, and is {event['load1']!r}")
        self.go_on("hello", "hello")

    def rounds(self):
        """Every cell once in each round, in the order of the request. Gives the cells that did not fail."""
        warmup, repeat = self.request["warmup"], self.request["repeat"]
        most, failed, said = self.request.get("max_repeat", repeat), set(), ""
        for repetition in range(-warmup, most):
            for index, cell in enumerate(self.request["cells"]):
                if cell["cell"] in failed:
                    continue
                if not self.sample(cell, repetition, repeat, most):
                    return failed
                last = index == len(self.request["cells"]) - 1
                said = "stop" if last and self.stop_after == repetition + 1 else said
                self.go_on("a sample", "sample", said)
                if self.failed:
                    failed.add(cell["cell"])
            if said == "stop":
                return failed
        return failed

    def sample(self, cell, repetition, repeat, most):
        """Returns false where the runtime, knowing nothing of max_repeat, has ended its rounds."""
        what = f"{self.name(cell)}, repetition {repetition}"
        event = self.next(what)
        since = time.monotonic_ns() - self.told_at + NOISE_SLACK_NS if self.told_at else None
        if event["event"] in ("timeline", "done") and repeat <= repetition < most:
            self.check.note(self.place, f"it gives {repeat} repetitions where {most} are allowed")
            self.child.lines.insert(0, json.dumps(event).encode())
            return False
        self.expect(event, "sample", cell, what)
        if event.get("repetition") != repetition:
            raise Broken(f"{what} was to come, and it said repetition {event.get('repetition')!r} of cell "
                         f"{event.get('cell')!r}; rounds go over all cells, warm-ups first")
        facts = {"mode": self.modes[cell["mode"]], "experiment": self.experiment}
        most_rows = cell["tasks"] if self.request["detail"] == "full" else event_rules.SUMMARY_ROWS
        for text in event_rules.sample(event, cell, facts, most_rows, since if self.paced else None):
            self.fault(what, text)
        self.failed = event.get("status") == "failed"
        return True

    def expect(self, event, kind, cell, what):
        if event["event"] != kind:
            raise Broken(f"{what} was to come, and it said {event['event']}")
        if event.get("cell") not in self.cells:
            raise Broken(f"{what} was to come, and it said cell {event.get('cell')!r}; its cells are "
                         f"{sorted(self.cells)}: their numbers may have gaps")
        if event["cell"] != cell["cell"]:
            raise Broken(f"{what} was to come, and it said cell {event['cell']}")

    def timelines(self, failed):
        """One for each cell that did not fail, or none at all."""
        timeline_ns = self.check.catalog.get("timeline_ns") or 0
        wanted = [cell for cell in self.request["cells"] if cell["cell"] not in failed]
        for index, cell in enumerate(wanted if self.request["timeline"] == "on" else []):
            what = f"the timeline of {self.name(cell)}"
            event = self.next(what)
            if event["event"] == "done" and index == 0:
                self.check.no_timelines = True
                return event
            self.expect(event, "timeline", cell, what)
            facts = {"mode": self.modes[cell["mode"]], "lock": self.locks[cell["lock"]], "timeline_ns": timeline_ns}
            for text in event_rules.timeline(event, cell, facts, self.request["max_spans"]):
                self.fault(what, text)
            self.go_on("a timeline", "timeline")
        return self.next("done")

    def run(self):
        self.child.say(json.dumps(self.request))
        if self.goes_on == "closed":
            self.child.close_input()
        self.hello()
        failed = self.rounds()
        if failed == set(self.cells):
            raise Broken("every cell failed")
        event = self.timelines(failed)
        if event["event"] != "done":
            raise Broken(f"done was to come, and it said {event['event']}")
        self.check.watched = self.check.watched or self.paced
        status = self.child.wait("after done")
        line = self.child.poll_line(1)
        if line is not None:
            self.fault("done", f"must be the last event, and behind it stands {line[:80].decode(errors='replace')}")
        if status != 0 and not failed:
            self.fault("done", f"it ended with status {status} where all was good")


def check_all(check):
    check.catalog = catalog = check.describe()
    if not catalog:
        return
    check.no_timelines = False
    requests = Requests(catalog, start_origin())
    paces = catalog.get("paces", False)
    if not paces:
        check.note("catalog", "paces: it does not wait to be told, so it can only run alone, and without a precision")
    experiments = [row for row in catalog["experiments"]
                   if check.options.only in (None, row["name"]) and modes_of(catalog, row)]
    if not experiments:
        check.fault("catalog", "experiments: there is none that can run")
        return
    for row in experiments:
        request = requests.request(row, requests.matrix(row), paces)
        check.talk(row["name"], request, goes_on="strictly" if paces else "unpaced")
    first = experiments[0]
    few = [requests.cell(first, mode, requests.usual) for mode in modes_of(catalog, first)][:3]
    if paces:
        check.talk(f"{first['name']} with a stop", requests.request(
            first, few, True, warmup=2, repeat=2, max_repeat=30, max_spans=5), stop_after=4)
        check.talk(f"{first['name']} whose input ends", requests.request(first, few, True), goes_on="closed")
    check.talk(f"{first['name']} with pace: false", requests.request(first, few, False), goes_on="unpaced")
    many_tasks(check, requests, experiments, paces)
    ends(check, requests, experiments, paces)
    check.no_request()
    if check.no_timelines:
        check.note("timelines", "it gives none")


def many_tasks(check, requests, experiments, paces):
    for row in experiments:
        mode = next((mode for mode in modes_of(check.catalog, row) if mode["baseline"]), None)
        if mode and row["max_tasks"][mode["name"]] >= MANY_TASKS and not row.get("tasks"):
            cells = [requests.cell(row, mode, requests.usual, tasks=MANY_TASKS)]
            for detail in ("summary", "full"):
                check.talk(f"{row['name']}, {MANY_TASKS} tasks, detail={detail}", requests.request(
                    row, cells, paces, warmup=0, timeline="off", detail=detail),
                    goes_on="strictly" if paces else "unpaced")
            return


def ends(check, requests, experiments, paces):
    """All modes of one experiment, and the last mode (as a rule the one with processes) of the others."""
    for row in experiments:
        modes = [mode for mode in modes_of(check.catalog, row) if mode["side_by_side"] or row is experiments[0]]
        for mode in modes if row is experiments[0] else modes[-1:]:
            request = requests.request(row, requests.long(row, mode), paces, warmup=0, timeline="off")
            place = f"{row['name']} in {mode['name']}"
            check.end_in_the_middle(place, request, 15, "SIGTERM", check.fault)
            if not mode["shares_memory"]:
                check.end_in_the_middle(place, request, 9, "SIGKILL", check.note)


def is_there(program):
    """A program that only says that it is somewhere else is not there."""
    try:
        return subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--or-skip", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--notes-count", action="store_true")
    parser.add_argument("--patience", type=float, default=1.5)
    parser.add_argument("--limit", type=float)
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.limit:
        Limits.start = Limits.event = Limits.end = options.limit
    if options.or_skip and not is_there(options.program):
        print(f"{options.program} is not here")
        return 77
    check = Check(options)
    adopt_orphans()
    try:
        check_all(check)
    except Enough:
        pass
    except (Broken, OSError) as error:
        print(f"{check.command[0]}: {error}")
        check.n_faults += 1
    print(f"{' '.join(check.command)}: {check.n_events} events, {check.n_faults} faults")
    return 1 if check.n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
