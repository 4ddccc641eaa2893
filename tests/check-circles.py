#!/usr/bin/env python3
"""No two files of a folder need each other, neither directly nor by way of others: one that cannot be understood,
tested or replaced without the other is not a file of its own. What the linker sees counts: the file that uses a
symbol needs the file that defines it.

Includes are no measure for this. A header may name a type of another without needing it, and a declaration by hand
needs no header. Calls by pointer, of which a callback is one, make no need, and should not.

Usage: check-circles.py BUILD_FOLDER, or check-circles.py --self-test"""
import pathlib
import subprocess
import sys
import tempfile

FOLDERS = ["base", "catalog", "plan", "results", "engine", "guard", "origin", "runs", "handlers", "server"]


def name_of(path):
    """lock-gil for lock-gil.c.o; for a generated file meson-generated_.._assets."""
    return path.name.removesuffix(".o").removesuffix(".c")


def read_symbols(objects):
    """Which object defines each symbol for others, {symbol: name}, and what each wants, {name: symbols}."""
    defined, wanted = {}, {path: set() for path in map(name_of, objects)}
    if not objects:
        return defined, wanted
    command = ["nm", "--print-file-name", "--format=posix", "--extern-only", *objects]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        path, _, rest = line.rpartition(": ")
        symbol, kind = rest.split()[:2]
        if kind in "Uwv":
            wanted[name_of(pathlib.Path(path))].add(symbol)
        else:
            defined[symbol] = name_of(pathlib.Path(path))
    return defined, wanted


def needs_of(objects):
    """{name: {other name: the symbols that make the need}}"""
    defined, wanted = read_symbols(objects)
    needs = {name: {} for name in wanted}
    for name, symbols in wanted.items():
        for symbol in symbols:
            other = defined.get(symbol, name)
            if other != name:
                needs[name].setdefault(other, set()).add(symbol)
    return needs


def reach(needs, start):
    """All that start needs, directly or by way of others."""
    seen, ahead = set(), [start]
    while ahead:
        for other in needs[ahead.pop()]:
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    return seen


def circles_of(objects):
    """Each circle as its set of names, with lines that say what makes it."""
    needs = needs_of(objects)
    reached = {name: reach(needs, name) for name in needs}
    circles = {frozenset(other for other in reached[name] if name in reached[other]) for name in needs}
    for circle in sorted((circle for circle in circles if circle), key=sorted):
        lines = [f"  {name} needs {other} for {', '.join(sorted(needs[name][other]))}"
                 for name in sorted(circle) for other in sorted(needs[name]) if other in circle]
        yield circle, lines


def self_test():
    def circles(sources):
        with tempfile.TemporaryDirectory() as folder:
            objects = []
            for name, text in sources.items():
                source = pathlib.Path(folder, name + ".c")
                source.write_text(text)
                objects.append(pathlib.Path(folder, name + ".c.o"))
                subprocess.run(["cc", "-c", "-o", objects[-1], source], check=True)
            return list(circles_of(objects))

    chain = {"one": "int two(void); int one(void) { return two(); }",
             "two": "int three(void); int two(void) { return three(); }",
             "three": "static int one(void) { return 3; } int three(void) { return one(); }"}
    assert circles(chain) == [], "a chain is no circle"
    pair = {**chain, "two": "int one(void); int two(void) { return one(); }"}
    [(circle, lines)] = circles(pair)
    assert circle == {"one", "two"}, circle
    assert lines == ["  one needs two for two", "  two needs one for one"], lines
    by_data = {**chain, "three": "extern int value; int three(void) { return value; }",
               "one": chain["one"] + " int value = 1;"}
    [(circle, lines)] = circles(by_data)
    assert circle == {"one", "two", "three"}, circle
    assert "  three needs one for value" in lines, lines


def main():
    if sys.argv[1] == "--self-test":
        return self_test()
    n_objects, n_faults = 0, 0
    for folder in FOLDERS:
        objects = sorted(pathlib.Path(sys.argv[1], folder).glob("*.p/*.o"))
        n_objects += len(objects)
        for circle, lines in circles_of(objects):
            print(f"{folder}/: {', '.join(sorted(circle))} need each other", *lines, sep="\n")
            n_faults += 1
    if n_objects == 0:
        sys.exit("no object was found at all")
    sys.exit(1 if n_faults else 0)


main()
