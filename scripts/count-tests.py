#!/usr/bin/env python3
"""count-tests.py SUITE LOG: reads meson's testlog.json. Prints how many tests passed and how many failed, and below it a
line for each that failed: where it stands and what it said."""
import json
import re
import sys

suite, path = sys.argv[1:]
passed, failed = 0, []


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"


with open(path, encoding="utf-8") as log:
    for line in log:
        test = json.loads(line)
        stdout = test.get("stdout", "")
        check = re.search(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", stdout)
        if check:
            total, failures, errors = map(int, check.groups())
            passed += total - failures - errors
            titles = re.findall(r"^\S+:\d+:[FE]:.*", stdout, re.MULTILINE)[:failures + errors]
            failed += titles + ["a test without a title"] * (failures + errors - len(titles))
            # A sanitizer may fail a program whose tests all passed.
            if test["result"] != "OK" and failures + errors == 0:
                failed.append(f"{test['name']}: {test['result']}: {last_line(test.get('stderr', ''))}")
        elif test["result"] == "OK":
            passed += 1
        elif test["result"] != "SKIP":
            failed.append(f"{test['name']}: {test['result']}: {last_line(stdout + test.get('stderr', ''))}")
print(passed, len(failed))
for title in failed:
    print(f"FAILED  {suite}: {title}")
