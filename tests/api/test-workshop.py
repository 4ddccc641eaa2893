#!/usr/bin/env python3
"""test-workshop.py BUILD SOURCE: what docs/workshop.md tells an instructor is so: its steps are those of the story, in
their order, and each solution of an exercise is answered, shortened to one repetition."""
import pathlib
import re
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
import lab  # noqa: E402

BUILD, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
PAGE = (SOURCE / "docs" / "workshop.md").read_text(encoding="utf-8")
# By experiment.
LITTLE = {"convoy": {"duration_ms": "20"}, "counter": {"n": "1000"}, "countdown": {"n": "1000"}, "fetch": {"delay_ms": "1"}}
LAST = "What you can explain now"  # the step that is only read


def section(heading, mark):
    """From this heading to the next of its rank."""
    return re.search(rf"^{mark} {re.escape(heading)}\n(.*?)(?=^{mark} |\Z)", PAGE, re.S | re.M).group(1)


def steps_of_the_story():
    """Their titles. The order of the chapters stands in steps.js, which has a list of what it imports."""
    chapters = dict(re.findall(r"import \{(\w+)\} from '\./steps/([\w-]+\.js)'", (SOURCE / "static/story/steps.js").read_text()))
    order = re.search(r"const ALL = \[([^\]]*)\]", (SOURCE / "static/story/steps.js").read_text()).group(1)
    texts = [(SOURCE / "static/story/steps" / chapters[name]).read_text() for name in re.findall(r"\w+", order)]
    return [title for text in texts for title in re.findall(r"^ +title: '(.*)',$", text, re.M)]


def short(line):
    """What the curl line asks for, with as little to do as may be."""
    path, experiment, query = re.fullmatch(r"curl 'localhost:8080(/run/(\w+))\?([^']*)'", line).groups()
    little = {"repeat": "1", "warmup": "0"} | LITTLE[experiment]
    return f"{path}?{urllib.parse.urlencode(dict(urllib.parse.parse_qsl(query)) | little)}"


def python_is_ready(port):
    return any((one["runtime"], one["status"]) == ("python3", "ready") for one in lab.get(port, "/healthz")["runtimes"])


told = [title.strip("* ") for title in re.findall(r"^\| ([^|]+) \|", section("The story, and what to say", "##"), re.M)][1:]
told = [title for title in told if set(title) != {"-"}]
lab.check("the steps", told + [LAST], steps_of_the_story())
lab.check("the last step is named", LAST in PAGE, True)

lines = [line for line in section("Solutions", "###").splitlines() if line.startswith("curl ")]
lab.check("there are solutions", len(lines) >= 8, True)
with lab.folder(BUILD) as path, lab.server(path, "server.port=0", f"runtimes.python3={sys.executable} python.py") as port:
    lab.until("Python is ready", lambda: python_is_ready(port))
    for line in lines:
        done = subprocess.run(["curl", "-sS", "--fail-with-body", f"http://127.0.0.1:{port}{short(line)}"], check=False,
                              capture_output=True, text=True, timeout=4 * lab.PATIENCE_S)
        if done.returncode != 0:
            print(done.stdout, done.stderr)
        lab.check(line, done.returncode, 0)
