#!/usr/bin/env python3
"""An assert only looks. What it did besides would be gone in a program built without asserts, so a call inside one
must be of a function that is known to change nothing, and nothing is assigned.
Usage: check-asserts.py ROOT, or check-asserts.py --self-test"""
import pathlib
import re
import sys

LOOKS_ONLY = re.compile(r"sizeof|ARRAY_LENGTH|\w+_EMPTY|str(n|case)?cmp|memcmp|strlen|find_\w+|\w+_(is|has|equals|fits)(_\w+)?|json_\w+_value")
NO_CODE = re.compile(r"/\*.*?\*/|//[^\n]*|\"(\\.|[^\"\\\n])*\"|'(\\.|[^'\\\n])*'", re.S)


def asserts(text):
    """What stands in the brackets of each assert, with its line."""
    text = NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for match in re.finditer(r"(?<!\w)assert\(", text):
        depth, end = 1, match.end()
        while depth > 0 and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text.count("\n", 0, match.start()) + 1, text[match.end():end - 1]


def faults(text):
    for line, inside in asserts(text):
        for call in re.findall(r"(\w+)\s*\(", inside):
            if not LOOKS_ONLY.fullmatch(call):
                yield line, f"calls {call}(), which may do something"
        if re.search(r"\+\+|--|(?<![=!<>])=(?!=)|<<=|>>=", inside):
            yield line, "changes something"


def self_test():
    wrong = [
        "assert(getrlimit(1, &limit) == 0);",
        "assert(\n    write(1, text, 2) == 2);",
        "assert(n++ < 3);",
        "assert((fd = 3) > 0);",
        "x = 1; /* assert( */ assert(f(\")\") == 0);",
    ]
    right = [
        "assert(n >= 0 && n <= 3 && a != b && a == b);",
        "assert(size >= sizeof(*later) && problem_is_set(&problem));",
        "static_assert(f(1) == 1);",
        "ck_assert(f(1) == 1);",
        "/* assert(f()) */",
    ]
    for text in wrong:
        assert list(faults(text)), text
    for text in right:
        assert not list(faults(text)), text


def main():
    if sys.argv[1] == "--self-test":
        return self_test()
    root, n_asserts, n_faults = pathlib.Path(sys.argv[1]), 0, 0
    for path in sorted([*root.glob("*/*.[ch]"), *root.glob("tests/*/*.[ch]")]):
        text = path.read_text()
        n_asserts += len(list(asserts(text)))
        for line, fault in faults(text):
            print(f"{path.relative_to(root)}:{line}: an assert {fault}")
            n_faults += 1
    if n_asserts == 0:
        sys.exit("no assert was found at all")
    sys.exit(1 if n_faults else 0)


main()
