#!/usr/bin/env python3
"""test-matrix.py BUILD [--hang] NAME...: real runtimes beside the engine in one run, through the real server: each
experiment in each mode with all runtimes that have it; one that is killed in the middle; and with --hang, as it takes
20 s, one that hangs when it starts. Names of programs that are not installed are passed over."""
import json
import os
import pathlib
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
import lab  # noqa: E402

MODES = "serial", "threads", "processes", "epoll"
# What is small everywhere. Without a value each runtime has a size of its own, and that shall be seen in one of them.
SMALL = {
    "countdown": "tasks=2",
    "fetch": "tasks=2&delay_ms=5&client=blocking",
    "crunch": "tasks=2&n=64&rounds=2",
    "refcount": "tasks=2&n=1000",
    "counter": "tasks=2&n=1000",
    "share": "tasks=2&items=200",
    "idle": "tasks=2&duration_ms=20",
    "convoy": "duration_ms=50",
}
SCRIPTS = {"c": "gilscope-run", "ruby": "ruby.rb"}  # of the others it is python.py
N_ROUNDS = 2  # a warm-up and a repetition
SKIPPED = 77


class Server:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path, **headers):
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: status {error.code}: {error.read().decode()[:1000]}")

    def begin(self, path):
        return self.get(path, Prefer="respond-async")["id"]

    def result(self, run):
        lab.until(f"run {run} ends", lambda: self.get(f"/runs/{run}")["status"] not in ("queued", "running"))
        return self.get(f"/runs/{run}")

    def runtimes(self):
        return {row["runtime"]: row for row in self.get("/experiments")["runtimes"]}

    def events(self, run):
        """(kind, data) of a run that is over, or on its way, to its end."""
        with urllib.request.urlopen(f"{self.url}/runs/{run}/events", timeout=120) as stream:
            kind = None
            for line in stream:
                name, _, rest = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = rest
                elif name == "data":
                    yield kind, json.loads(rest)


def known(server, names):
    """What /experiments says of them and the engine when all have been asked."""
    lab.until("all runtimes are asked", lambda: all(
        server.runtimes().get(name, {"status": "starting"})["status"] != "starting" for name in names))
    rows = server.runtimes()
    lab.check("runtimes", {name: (rows[name]["status"], rows[name].get("reason")) for name in names},
              {name: ("ready", None) for name in names})
    return {name: rows[name] for name in ["c", *names]}


def offered(row, experiment):
    """The modes in which a runtime has an experiment."""
    entry = row["experiments"].get(experiment)
    return [mode for mode in MODES if entry and mode in row["modes"] and mode not in entry.get("unavailable", {})]


def check_turns(experiment, events, cells):
    """Samples alternate: nobody has a turn while another is further behind in its rounds."""
    n_cells = {name: sum(cell["runtime"] == name for cell in cells) for name in {cell["runtime"] for cell in cells}}
    wanted = {name: n * N_ROUNDS for name, n in n_cells.items()}
    came = dict.fromkeys(n_cells, 0)
    for kind, data in events:
        if kind != "sample":
            continue
        name = cells[data["cell"]]["runtime"]
        behind = [other for other in came if came[other] < wanted[other] and
                  came[other] / n_cells[other] < came[name] / n_cells[name]]
        if behind:
            sys.exit(f"{experiment}: cell {data['cell']} of {name} had a turn, and {behind} were further behind: {came}")
        came[name] += 1
    lab.check(f"{experiment}: samples of each runtime", came, wanted)


def check_baselines(experiment, cells, rows):
    """A runtime is compared with itself; where the time is given, with nothing."""
    for cell in cells:
        if rows[cell["runtime"]]["experiments"][experiment].get("fixed_time"):
            lab.check(f"{cell['title']} is compared", cell["relative"], None)
            continue
        to = cells[cell["relative"]["to"]]
        if (to["runtime"], to["mode"]) != (cell["runtime"], "serial"):
            sys.exit(f"{experiment}: {cell['title']} is compared with {to['title']}")


def check_left_out(experiment, run, rows, absent):
    """Every mode that a runtime has not is named with it, and why."""
    left_out = run.get("left_out", [])
    named = {(row["runtime"], row["mode"]) for row in left_out if "mode" in row}
    if not named >= absent or any(not row.get("reason") for row in left_out):
        sys.exit(f"{experiment}: {absent - named} were left out, and it names {left_out}")
    print(f"ok  {experiment}: left out, and named: {len(absent)}")


def check_sizes(run, rows):
    """Each runtime has a size of its own, about 200 ms a task, unless the run would take too long."""
    defaults, sizes = {}, {}
    for name, row in rows.items():
        entry = row["experiments"]["countdown"]
        defaults[name] = next(parameter["default"] for parameter in entry["parameters"] if parameter["name"] == "n")
        of_cells = {cell["params"]["n"] for cell in run["cells"] if cell["runtime"] == name}
        lab.check(f"countdown: one n for all cells of {name}", len(of_cells), 1)
        sizes[name] = of_cells.pop()
    order = sorted(rows, key=defaults.get)
    lab.check("countdown: a runtime that is slower counts less far", sorted(rows, key=sizes.get), order)
    lab.check("countdown: sizes of their own", len(set(sizes.values())) > 1, len(set(defaults.values())) > 1)


def check_matrix(server, rows):
    experiments = [row["name"] for row in server.get("/experiments")["experiments"]]
    lab.check("experiments that have a size here", sorted(experiments), sorted(SMALL))
    for experiment in experiments:
        having = [name for name in rows if offered(rows[name], experiment)]
        modes = [mode for mode in MODES if any(mode in offered(rows[name], experiment) for name in having)]
        run = server.begin(f"/run/{experiment}?runtime={','.join(having)}&mode={','.join(modes)}&repeat=1&warmup=1&"
                           f"timeline=off&timeout_ms=120000&{SMALL[experiment]}")
        events = list(server.events(run))
        run = server.result(run)
        lab.check(f"{experiment}: status", (run["status"], run.get("reason")), ("done", None))
        expected = {(name, mode) for name in having for mode in offered(rows[name], experiment)}
        came = [(cell["runtime"], cell["mode"]) for cell in run["cells"]]
        lab.check(f"{experiment}: its cells", sorted(came), sorted(expected))
        lab.check(f"{experiment}: cells that are not done",
                  [(cell["title"], cell.get("reason")) for cell in run["cells"] if cell["status"] != "done"], [])
        lab.check(f"{experiment}: locks", {cell["runtime"]: cell["lock"] for cell in run["cells"]},
                  {name: rows[name]["own_lock"] for name in having})
        check_turns(experiment, events, run["cells"])
        check_baselines(experiment, run["cells"], rows)
        check_left_out(experiment, run, rows, {(name, mode) for name in having for mode in modes} - expected)
        if experiment == "countdown":
            check_sizes(run, rows)


def below(pid):
    """{pid: (parent, words of its command)} of all processes below one."""
    everybody, found, ids = {}, {}, [pid]
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = pathlib.Path("/proc", name, "stat").read_text(errors="replace")
            words = pathlib.Path("/proc", name, "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        fields = stat.rpartition(") ")[2].split()
        if fields[0] != "Z":
            everybody[int(name)] = (int(fields[1]), words)
    while ids:
        here = ids.pop()
        more = [child for child in everybody if everybody[child][0] == here and child not in found]
        found.update((child, everybody[child]) for child in more)
        ids += more
    return found


def runtime_of(script):
    """The process id of the runtime with this script (or program) in the run that goes on: what the guard (with
    --clean-env) has started, and not what that has started itself. None if there is none, or not one."""
    family = below(os.getpid())
    mine = [pid for pid, (_, words) in family.items() if any(word.endswith("/" + script) for word in words) and
            not {"--describe", "--clean-env"} & set(words)]
    roots = [pid for pid in mine if family[pid][0] not in mine]
    return roots[0] if len(roots) == 1 else None


def check_death(server, victim, other):
    """kill -9 of one in the middle: its cells fail with the reason, and the other goes on."""
    what, script = f"death of {victim}", SCRIPTS.get(victim, "python.py")
    run = server.begin(f"/run/countdown?runtime={','.join(sorted([victim, other], key='c'.__ne__))}&mode=serial,threads&"
                       "tasks=2&repeat=3&warmup=1&timeline=off&timeout_ms=120000")
    for kind, _ in server.events(run):
        if kind == "sample":
            break
    lab.until(f"{what}: it is found", lambda: runtime_of(script))
    os.kill(runtime_of(script), signal.SIGKILL)
    result = server.result(run)
    lab.check(f"{what}: status", result["status"], "failed")
    lab.check(f"{what}: reason", result["reason"], f"the runtime {victim} died of signal 9 (Killed); {other} went on")
    lab.check(f"{what}: cells", sorted({(cell["runtime"], cell["status"]) for cell in result["cells"]}),
              sorted([(victim, "failed"), (other, "done")]))
    lab.check(f"{what}: cells that failed without a reason", [
        cell["title"] for cell in result["cells"] if cell["status"] == "failed" and not cell.get("reason")], [])
    lab.check(f"{what}: runtimes", {row["runtime"]: row["status"] for row in result["runtimes"]},
              {victim: "failed", other: "done"})
    lab.until(f"{what}: nothing of it is left", lambda: not runtime_of(script))


def check_hang(server, rows):
    """It describes itself and then says nothing: it is lost after a while, and the other has its run."""
    other = [name for name in rows if name != "c"][0]
    result = server.result(server.begin(
        f"/run/countdown?runtime=hanging,{other}&mode=serial,threads&tasks=2&n=1000&repeat=2&warmup=0&timeline=off"))
    lab.check("hang: status", result["status"], "failed")
    if "hanging" not in result["reason"] or f"{other} went on" not in result["reason"]:
        sys.exit(f"hang: the reason is {result['reason']!r}")
    print(f"ok  hang: {result['reason']}")
    lab.check("hang: cells", {(cell["runtime"], cell["status"]) for cell in result["cells"]},
              {("hanging", "failed"), (other, "done")})


def write_hanging(path, name, build):
    """A runtime that hangs when it is to run; what it says of itself is another's."""
    script = path / "hanging.sh"
    described = f"{name} '{build}/runtimes/{SCRIPTS.get(name, 'python.py')}' --describe"
    script.write_text(f"#!/bin/sh\n[ \"${{1-}}\" != --describe ] || exec {described}\nexec sleep 1000\n")
    script.chmod(0o755)
    return script


def main():
    build, names = pathlib.Path(sys.argv[1]).absolute(), [name for name in sys.argv[2:] if name != "--hang"]
    there = [name for name in names if shutil.which(name)]
    for name in names:
        if name not in there:
            print(f"passed over: {name} is not installed")
    if not there:
        return SKIPPED
    with lab.folder(build) as path:
        settings = [f"runtimes.{name}={name} {SCRIPTS.get(name, 'python.py')}" for name in there]
        if "--hang" in sys.argv:
            settings.append(f"runtimes.hanging={write_hanging(path, there[0], build)}")
        with lab.server(path, "server.port=0", *settings) as port:
            server = Server(port)
            rows = known(server, there)
            check_matrix(server, rows)
            check_death(server, "c", there[0])
            for name in there:
                check_death(server, name, "c")
            if "--hang" in sys.argv:
                known(server, ["hanging"])
                check_hang(server, rows)
    return 0


sys.exit(main())
