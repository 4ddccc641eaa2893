#!/usr/bin/env python3
"""test-memcheck.py BUILD: the server under valgrind answers requests of all kinds and ends when it is told to, without an
access to memory that is not its own, and with nothing lost. Skipped (77) where valgrind is missing."""
import json
import shutil
import sys
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
import lab  # noqa: E402

VALGRIND = shutil.which("valgrind")
if not VALGRIND:
    print("skipped: there is no valgrind here")
    sys.exit(77)

# What is still reachable at the end is the libraries' own; what nothing points to any more is a leak. The children are
# other programs, and are not looked at.
UNDER = (VALGRIND, "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
         "--errors-for-leak-kinds=definite,indirect,possible", "--error-exitcode=99", "--num-callers=24")
SMALL = "n=1000&repeat=2&warmup=0"
# method, path, headers, body, and the status that is documented.
REQUESTS = (
    ("GET", "/", {}, None, 200),
    ("GET", "/", {"Accept-Encoding": "gzip"}, None, 200),
    ("GET", "/no-such-page", {}, None, 404),
    ("GET", "/experiments", {}, None, 200),
    ("GET", "/openapi.json", {"Accept-Encoding": "gzip"}, None, 200),
    ("GET", "/metrics", {}, None, 200),
    ("GET", f"/run/countdown?{SMALL}&timeline=on&detail=full", {}, None, 200),
    ("GET", f"/run/countdown?{SMALL}&format=table", {}, None, 200),
    ("POST", "/run/counter", {"Content-Type": "application/json"}, b'{"n": 1000, "repeat": 2, "label": "a"}', 200),
    ("POST", "/run/countdown", {"Content-Type": "application/x-www-form-urlencoded"}, SMALL.encode(), 200),
    ("GET", f"/run/countdown?{SMALL}", {"Accept": "text/event-stream"}, None, 200),
    ("GET", "/run/fetch?tasks=2&delay_ms=1&repeat=1", {}, None, 200),
    ("GET", "/run/countdown?n=many&tasks=0&taks=2", {}, None, 400),
    ("POST", "/run/countdown", {"Content-Type": "application/json"}, b'{"n": ', 400),
    ("DELETE", "/experiments", {}, None, 405),
    ("GET", "/runs?limit=2", {}, None, 200),
)


def ask(port, method, path, headers, body):
    """The status of the answer, and its text. All runs are one owner's, who may cancel and remove them."""
    owned = {"Gilscope-Owner": "one-owner-for-all", **headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, owned, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def ask_of_runs(port):
    """What is asked of runs that there are: their events, their trace, and two of them compared; one is cancelled."""
    runs = [run["id"] for run in json.loads(ask(port, "GET", "/runs?experiment=countdown", {}, None)[1])["runs"]]
    for path in (f"/runs/{runs[-1]}", f"/runs/{runs[-1]}/trace", f"/runs/{runs[0]}/events",
                 f"/compare?baseline={runs[0]}&candidate={runs[-1]}"):
        lab.check(f"GET {path}", ask(port, "GET", path, {}, None)[0], 200)
    status, text = ask(port, "GET", "/run/countdown?n=1e8&repeat=20&mode=serial", {"Prefer": "respond-async"}, None)
    lab.check("a run in the background", status, 202)
    lab.check("is cancelled", ask(port, "POST", f"/runs/{json.loads(text)['id']}/cancel", {}, b"")[0] in (200, 202), True)
    lab.check("a run is removed", ask(port, "DELETE", f"/runs/{runs[0]}", {}, None)[0], 204)


with lab.folder(sys.argv[1]) as path:
    start = time.monotonic()
    try:
        with lab.server(path, "server.port=0", f"archive.path={path}/archive.db", under=UNDER) as port:
            for method, target, headers, body, wanted in REQUESTS:
                lab.check(f"{method} {target}", ask(port, method, target, headers, body)[0], wanted)
            ask_of_runs(port)
    finally:
        print((path / "server.log").read_text())
        print(f"{time.monotonic() - start:.0f} s")
