#!/usr/bin/env python3
"""Counts the cases of a meson test run: prints 'N passed, M failed', exits 1 if any failed or none passed.

Usage: summarize.py BUILD/meson-logs/testlog.json

A GoogleTest program counts with each of its cases, any other program as one case. A program that ended badly counts as
at least one failure, whatever it printed before. Skipped cases count as neither.
"""

import json
import re
import sys

CASE_PASSED = re.compile(r"^\[       OK \] \S+", re.MULTILINE)
CASE_FAILED = re.compile(r"^\[  FAILED  \] .*\(\d+ ms\)$", re.MULTILINE)
CASE_SKIPPED = re.compile(r"^\[  SKIPPED \] .*\(\d+ ms\)$", re.MULTILINE)


def count(test):
    """(passed, failed) of one line of the log."""
    output = test.get("stdout", "")
    good = test["result"] in ("OK", "EXPECTEDFAIL", "SKIP")
    passed = len(CASE_PASSED.findall(output))
    failed = len(CASE_FAILED.findall(output))
    skipped = len(CASE_SKIPPED.findall(output))
    if passed + failed + skipped == 0 and test["result"] == "OK":
        passed = 1
    if not good:
        failed = max(failed, 1)
    return passed, failed


def main():
    with open(sys.argv[1], encoding="utf-8") as log:
        counts = [count(json.loads(line)) for line in log if line.strip()]
    passed = sum(p for p, _ in counts)
    failed = sum(f for _, f in counts)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
