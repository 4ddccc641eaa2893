#!/usr/bin/env python3
"""check-bench.py BENCH: the benchmark runs, and what it prints has the shape that docs/performance.md says. Times decide
nothing here: whatever the verdict is, it has to fit the figures."""
import json
import os
import signal
import subprocess
import sys
import tempfile

BENCH = sys.argv[1]
ROW = "idle-bytes"
STATUS = {"holds": 0, "misses": 1, "inconclusive": 77}


def bench(folder, *words):
    return subprocess.run([BENCH, *words], env={**os.environ, "TMPDIR": folder}, capture_output=True, text=True,
                          check=False)


def check(holds, *words):
    if not holds:
        sys.exit(" ".join(str(word) for word in words))


def check_estimate(estimate):
    low, high = estimate["interval"]
    check(0 < low <= estimate["median"] <= high, "an interval without its median:", estimate)
    check(estimate["whole_range"] is True, "two rounds are too few for an interval:", estimate)


def check_json(folder):
    done = bench(folder, ROW, "--quick", "--json")
    check(done.returncode in STATUS.values(), "status", done.returncode, done.stdout, done.stderr)
    answer = json.loads(done.stdout)
    check(set(answer) == {"rows", "series", "host", "quick"} and answer["quick"] is True, "members:", answer.keys())
    check([row["name"] for row in answer["rows"]] == [ROW], "rows:", answer["rows"])
    row = answer["rows"][0]
    check(set(row) == {"name", "part", "quantity", "unit", "contender", "beside", "rounds", "verdict", "reason", "gilscope",
                       "floor", "ratio", "target", "instruction_ratio", "decided_by"}, "members:", row.keys())
    check(row["part"] == "idle" and row["rounds"] == 2 and row["reason"] is None, row)
    check(STATUS[row["verdict"]] == done.returncode, row["verdict"], "and status", done.returncode)
    for name in ("gilscope", "floor", "ratio"):
        check_estimate(row[name])
    check(row["target"] == {"goal": "at most", "ratio": None, "limit": 512}, row["target"])
    low, high = row["gilscope"]["interval"]
    expected = "holds" if high <= 512 else "misses" if low > 512 else "inconclusive"
    check(row["verdict"] == expected, row)
    check("load1" in answer["host"], answer["host"])


def check_table(folder):
    done = bench(folder, "idle", "--quick", "--rounds=1")
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    check(len(lines) == 3, "a table of one row:", done.stdout, done.stderr)
    check(len({len(line) for line in lines}) == 1, "columns that do not stand one below the other:", done.stdout)
    titles, row = ([cell.strip() for cell in lines[i].strip("|").split("|")] for i in (0, 2))
    check(titles == ["quantity", "gilscope", "floor or peer", "ratio", "target", "verdict"], titles)
    check(row[1].endswith(" bytes") and row[2].startswith("asyncio: ") and row[5] in STATUS, row)


def check_list(folder):
    done = bench(folder, "--list")
    names = [line.split()[0].rstrip(":") for line in done.stdout.splitlines()]
    rows = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(" ")]
    check(done.returncode == 0 and ROW in rows and len(rows) > 20, done.stdout)
    check(len(set(rows)) == len(rows), "two rows of one name:", sorted(rows))
    with open(os.path.join(os.path.dirname(__file__), "..", "docs", "performance.md"), encoding="utf-8") as file:
        page = file.read()
    missing = [name for name in names if f"`{name}`" not in page]
    check(not missing, "docs/performance.md says nothing of", missing)


def check_mistakes(folder):
    for words, said in ((["idle-byte"], "no part or row idle-byte"), (["--quik"], "usage:"), (["--rounds=0"], "usage:"),
                        (["--rounds=65"], "usage:")):
        done = bench(folder, *words)
        check(done.returncode == 2 and said in done.stderr and not done.stdout, words, done)


def check_interrupt(folder):
    """Ctrl-C ends it after the measurement that goes on, and the row says so."""
    with subprocess.Popen([BENCH, ROW, "--rounds=64", "--json"], env={**os.environ, "TMPDIR": folder}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        output = process.communicate()[0]
        check(process.returncode == 3, "status", process.returncode)
        row = json.loads(output)["rows"][0]
        check(row["rounds"] < 64, row)


with tempfile.TemporaryDirectory() as empty:
    for each in (check_list, check_mistakes, check_json, check_table, check_interrupt):
        each(empty)
        check(not os.listdir(empty), each.__name__, "leaves files behind:", os.listdir(empty))
print("the benchmark says what it should")
