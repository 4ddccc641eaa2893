#!/usr/bin/env python3
"""count-coverage.py SUMMARY: reads gcovr's summary as JSON; prints how many of the lines and branches of each folder were
run. Where a folder misses the share of lines that it shall have, its files that miss it follow, and the status is 1."""
import collections
import json
import sys

FLOOR = 85
HAVE_FLOOR = ("engine", "handlers", "results", "runs", "server")


def share(part, of):
    return 100 * part / of if of else 100.0


class Count:
    def __init__(self):
        self.lines = self.lines_run = self.branches = self.branches_run = 0

    def add(self, file):
        self.lines += file["line_total"]
        self.lines_run += file["line_covered"]
        self.branches += file["branch_total"]
        self.branches_run += file["branch_covered"]

    def __str__(self):
        lines, branches = share(self.lines_run, self.lines), share(self.branches_run, self.branches)
        return f"{self.lines:6} lines {lines:5.1f} %   {self.branches:6} branches {branches:5.1f} %"


with open(sys.argv[1], encoding="utf-8") as summary:
    files = json.load(summary)["files"]
folders = collections.defaultdict(Count)
for file in files:
    folders[file["filename"].split("/")[0]].add(file)
for name, count in sorted(folders.items()):
    print(f"{name:10}{count}")
low = [name for name in HAVE_FLOOR if share(folders[name].lines_run, folders[name].lines) < FLOOR]
for name in low:
    print(f"{name}: less than {FLOOR} % of the lines; files below it:")
    for file in files:
        if file["filename"].startswith(name + "/") and share(file["line_covered"], file["line_total"]) < FLOOR:
            print(f"  {file['filename']} {file['line_covered']} of {file['line_total']}")
sys.exit(bool(low))
