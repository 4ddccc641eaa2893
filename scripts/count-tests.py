#!/usr/bin/env python3
"""Counts the tests in meson's testlog.json: prints how many passed and how many failed."""
import json
import re
import sys

passed = failed = 0
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        test = json.loads(line)
        check = re.search(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", test.get("stdout", ""))
        if check:
            total, failures, errors = map(int, check.groups())
            passed += total - failures - errors
            failed += failures + errors
            # A sanitizer may fail a program whose tests all passed.
            if test["result"] != "OK" and failures + errors == 0:
                failed += 1
        elif test["result"] == "OK":
            passed += 1
        elif test["result"] != "SKIP":
            failed += 1
print(passed, failed)
