#!/usr/bin/env python3
"""soak.py BUILD MINUTES: a server under mixed traffic for a long time: runs that are waited for, streamed, cancelled and
left; history, traces, comparisons, the class, and requests that are refused or never finished. It fails if memory,
descriptors, threads or processes grow once it is warm, or if a run that was answered is not in the history with an
end. scripts/soak.sh calls it."""
import collections
import json
import random
import socket
import statistics
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
import lab  # noqa: E402
import usage  # noqa: E402

TOKEN, OWNER = "teachers-token", "an-owner-of-runs-1"
N_CLIENTS, KEPT, EACH_S = 6, 500, 5
SETTINGS = ("server.port=0", f"server.instructor_token={TOKEN}", f"archive.max_runs={KEPT}")
SMALL = "tasks=2&repeat=2&warmup=1&mode=serial,threads"
EXPERIMENTS = (f"countdown?n=20000&{SMALL}", f"counter?n=2000&{SMALL}", f"refcount?n=2000&{SMALL}", f"share?items=200&{SMALL}",
               f"crunch?n=32&rounds=1&{SMALL}", f"fetch?delay_ms=5&{SMALL}", f"idle?duration_ms=20&{SMALL}",
               "convoy?duration_ms=30&repeat=2&warmup=1", "countdown?n=200000&tasks=4&repeat=1&timeline=on&detail=full")
LONG = "countdown?n=60M&tasks=2&mode=serial&repeat=5&timeout_ms=60000"
ENDS = {"done", "failed", "cancelled", "timeout"}


class Traffic:
    def __init__(self, port):
        self.url, self.port, self.stops = f"http://127.0.0.1:{port}", port, threading.Event()
        self.lock = threading.Lock()
        self.answered, self.removed = collections.deque(maxlen=KEPT // 2), set()
        self.counts, self.faults = collections.Counter(), []

    def ask(self, path, method="GET", data=None, expected=(200,), **headers):
        """(status, text); a status that is not expected is a fault."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()} | {"Gilscope-Owner": OWNER}
        request = urllib.request.Request(self.url + path, method=method, data=data and data.encode(), headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        if status not in expected:
            self.fault(f"{method} {path}: {status} {text[:300]}")
        return status, text

    def fault(self, words):
        with self.lock:
            self.faults.append(words)

    def note(self, run):
        with self.lock:
            self.answered.append(run)

    def some_run(self, chance):
        with self.lock:
            return chance.choice(self.answered) if self.answered else None

    # Each of these is one kind of client.

    def waits(self, chance):
        status, text = self.ask("/run/" + chance.choice(EXPERIMENTS) + f"&fresh=1&seed={chance.randrange(1 << 30)}", expected=(200, 429))
        if status == 200:
            run = json.loads(text)
            if run["status"] != "done":
                self.fault(f"{run['id']} ended as {run['status']}: {run.get('reason')}")
            self.note(run["id"])

    def begins(self, what, chance):
        status, text = self.ask(f"/run/{what}&fresh=1&seed={chance.randrange(1 << 30)}", expected=(202, 429), Prefer="respond-async")
        return json.loads(text)["id"] if status == 202 else None

    def follows(self, chance):
        run = self.begins(chance.choice(EXPERIMENTS), chance)
        if run:
            _, text = self.ask(f"/runs/{run}/events", expected=(200, 204))
            if "event: done" not in text:
                self.fault(f"{run}: its stream ended without done: {text[-300:]}")
            self.note(run)

    def cancels(self, chance):
        run = self.begins(LONG, chance)
        if run:
            time.sleep(chance.random() / 2)
            self.ask(f"/runs/{run}/cancel", "POST", expected=(200, 409))
            self.note(run)

    def leaves(self, chance):
        """Asks for a run or a stream and goes away."""
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            path = chance.choice((f"/run/{LONG}&fresh=1", "/events"))
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode())
            client.settimeout(10)
            client.recv(100)

    def reads(self, chance):
        run = self.some_run(chance)
        self.ask(f"/runs?limit={chance.randrange(1, 100)}")
        for path in "/experiments", "/openapi.json", "/metrics", "/", "/class":
            self.ask(path)
        if run:
            self.ask(f"/runs/{run}?format={chance.choice(('json', 'csv', 'table', 'markdown'))}", expected=(200, 404))
            self.ask(f"/runs/{run}/trace", expected=(200, 404))
            self.ask(f"/runs/{run}/events", expected=(200, 204, 404))

    def compares(self, chance):
        first, second = self.some_run(chance), self.some_run(chance)
        if first:
            self.ask(f"/compare?baseline={first}&candidate={second}", expected=(200, 404))

    def changes(self, chance):
        run = self.some_run(chance)
        if not run:
            return
        self.ask(f"/runs/{run}", "PATCH", "label=soak", expected=(200, 404))
        if chance.random() < 0.2:
            with self.lock:
                self.removed.add(run)
            self.ask(f"/runs/{run}", "DELETE", expected=(204, 404))

    def leads(self, chance):
        for fields in ("action=next&experiment=countdown&request=n%3D1&title=all", "action=reveal", "action=clear", "action=end"):
            self.ask("/class", "POST", fields, expected=(200, 409), Authorization=f"Bearer {TOKEN}")

    def errs(self, chance):
        word = "".join(chr(chance.randrange(33, 126)) for _ in range(20))
        self.ask("/run/countdown?" + urllib.parse.quote(word), expected=(400,))
        self.ask("/run/countdown", "POST", word, expected=(400, 415), Content_Type="application/json")
        self.ask("/" + urllib.parse.quote(word, safe=""), expected=(404, 400))
        self.ask("/runs/01KAN5V2M3Z5T0W4QH8R6XJ7CE", expected=(404,))
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            client.sendall(chance.choice((b"GET / HT", b"\x16\x03\x01\x02", b"POST /run/x HTTP/1.1\r\nContent-Length: 9\r\n\r\n")))

    def client(self, number):
        kinds = (self.waits, self.waits, self.follows, self.cancels, self.leaves, self.reads, self.reads, self.compares,
                 self.changes, self.leads, self.errs)
        chance = random.Random(number)
        while not self.stops.is_set():
            kind = chance.choice(kinds)
            try:
                kind(chance)
            except OSError as error:
                self.fault(f"{kind.__name__}: {error!r}")
            with self.lock:
                self.counts[kind.__name__] += 1

    def unaccounted(self):
        """Of the runs that were answered last, those that the history does not have with an end."""
        for run in list(self.answered):
            status, text = self.ask(f"/runs/{run}", expected=(200, 404))
            ended = status == 200 and json.loads(text)["status"] in ENDS
            if not ended and run not in self.removed:
                yield f"{run}: {status} {text[:100]}"


def watch(pid, seconds):
    """Samples of usage, one each EACH_S."""
    samples, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(EACH_S, max(0, end - time.monotonic())))
        now = usage.Usage(pid)
        samples.append((now.rss_mb, now.descriptors, now.threads, len(usage.below(pid))))
        if len(samples) % 12 == 1:
            print(f"{len(samples) * EACH_S:5d} s: {now}", flush=True)
    return samples


def check_samples(samples, sanitized):
    """Under traffic, the last quarter against the second one: the first warms it up. What sanitizers keep is no growth."""
    quarter = len(samples) // 4
    faults = []
    for i, name in enumerate(("MB", "descriptors", "threads", "processes")):
        early = statistics.median(row[i] for row in samples[quarter:2 * quarter])
        late = statistics.median(row[i] for row in samples[-quarter:])
        print(f"{name}: median {early:.1f} in the second quarter, {late:.1f} in the last; most {max(row[i] for row in samples):.1f}")
        if late > early * 1.2 + 10 and not (sanitized and name == "MB"):
            faults.append(f"{name} grow under traffic: {early:.1f}, then {late:.1f}")
    return faults


def main():
    build, seconds = sys.argv[1], float(sys.argv[2]) * 60
    with lab.folder(build) as path, lab.server(path, *SETTINGS, f"archive.path={path}/archive.db") as port:
        pid, traffic = usage.pid_of(path), Traffic(port)
        clients = [threading.Thread(target=traffic.client, args=(i,)) for i in range(N_CLIENTS)]
        for client in clients:
            client.start()
        warm = watch(pid, seconds / 4)
        samples = warm + watch(pid, seconds * 3 / 4)
        traffic.stops.set()
        for client in clients:
            client.join()
        rest = usage.at_rest(port, pid)
        faults = traffic.faults + list(traffic.unaccounted()) + check_samples(samples, rest.sanitized)
        if len(rest.children) != 1:
            faults.append(f"{len(rest.children)} children are left, and the origin is one")
    print(f"{dict(traffic.counts)}\nat rest: {rest}\n{len(faults)} faults after {seconds / 60:.0f} minutes")
    if faults:
        sys.exit("\n".join(faults[:20]))


main()
