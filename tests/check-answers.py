#!/usr/bin/env python3
"""Whether the sentences of an answer agree with its figures. A run's JSON says everything twice, in words and in
numbers, and whoever reads the words does not look at the numbers. Each rule below reads one kind of sentence and holds
it against the fields that it is about. Whatever it does not know it leaves alone, and says how much it has read.

Usage: check-answers.py FILE...        runs as JSON, one or several in a file ("-": standard input)
       check-answers.py --self-test CASES
                                       true answers, of which each is falsified in many ways, and each must be found"""
import copy
import json
import math
import re
import sys

LARGE_PART = 0.5  # of a difference, which a reason must be able to explain
SHORT_PART = 0.2  # of the wall time, for making tasks
LEAST_VALUES = 6  # for an interval
VERDICTS = {"the same": "same", "faster": "faster", "slower": "slower", "cannot tell": "cannot tell"}
LOCKS = {"GIL": "gil", "lock of Python 2": "gil-py2", "ticket lock": "ticket"}
PARTS = {"creating": "create_ns", "waiting until": "start_ns", "joining": "join_ns"}

# Terms of a lesson are explained where they first stand.
EXPLAINED = re.compile(r"\b((?:(?:switch |check )?interval|tick|cell|hog)s?) \([^)]*\)")

NUMBER = r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?"
TIME = NUMBER + r" (?:ns|µs|ms|s)\b"


# How numbers are written, as in results/human.c.

def fixed(size, decimals):
    return f"{math.floor(size * 10 ** decimals + 0.5) / 10 ** decimals:.{decimals}f}"


def three_digits(size):
    if size >= 999.5:
        return f"{math.floor(size + 0.5):,}"
    decimals, bound = 0, 99.95
    while 0 < size < bound:
        decimals, bound = decimals + 1, bound / 10
    return fixed(size, decimals)


def time_text(ns):
    if ns <= 0:
        return "0 s" if ns == 0 else "-" + time_text(-ns)
    units = [("ns", 1), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)]
    at = 0
    while at + 1 < len(units) and ns / units[at][1] >= 999.5:
        at += 1
    return (three_digits(ns / units[at][1]) if at else fixed(ns, 0)) + " " + units[at][0]


def ratio_text(ratio):
    return fixed(ratio, 2) if 0.1 <= ratio < 9.995 else three_digits(ratio)


def same_ratio(text, ratio):
    """Half a step of rounding may fall to either side, where a ratio has been rounded before."""
    return any(text == ratio_text(ratio * (1 + nudge)) for nudge in (0, 1e-9, -1e-9))


def same_percent(text, share):
    """The field has four digits of the number from which the words are made."""
    return abs(float(text.removesuffix(" %").replace(",", "")) - 100 * share) <= 0.0551


# Fields.

def part_ns(cell, part):
    """What of making tasks is lost: of creating them the time in which none was at work, where that is known."""
    alone = median(cell, "create_alone_ns") if part == "creating" else None
    return (median(cell, PARTS[part]) or 0) if alone is None else alone


def median(cell, name):
    times = cell.get(name)
    return times["median"] if times else None


def counted(cell, name):
    return (cell.get("lock_stats") or {}).get(name)


def verdict_of(cell):
    return (cell.get("relative") or {}).get("verdict")


class Answer:
    """A run with what the rules ask of it again and again."""

    def __init__(self, run):
        self.run = run
        self.cells = run.get("cells") or []
        self.done = [cell for cell in self.cells if cell["status"] == "done"]
        self.lesson = EXPLAINED.sub(r"\1", run.get("lesson") or "")
        self.sentences = run.get("sentences") or {}
        self.host = run.get("host") or {}
        self.read = 0  # statements that were held against something

    def is_baseline(self, cell):
        relative = cell.get("relative")
        return bool(relative) and relative.get("to") is not None and self.cells[relative["to"]] is cell

    def baseline(self, cell):
        relative = cell.get("relative")
        return self.cells[relative["to"]] if relative and relative.get("to") is not None else None

    def compared(self, cells=None):
        return [cell for cell in (self.cells if cells is None else cells)
                if (cell.get("relative") or {}).get("ratio") is not None and not self.is_baseline(cell)]

    def least_tasks(self):
        """Of the cells that a lesson is about: one task is no comparison, unless nobody asked for more."""
        return 2 if any(cell["tasks"] > 1 for cell in self.done) else 0

    def others(self):
        """Done, and no baseline."""
        return [cell for cell in self.done if cell["mode"] != "serial" and not self.is_baseline(cell)]

    def lost(self, cell):
        return median(cell, "wall_ns") - median(self.baseline(cell), "wall_ns")

    def is_short(self, cell):
        return sum(part_ns(cell, part) for part in PARTS) > SHORT_PART * (median(cell, "wall_ns") or 0)

    def can_show(self, cell):
        return cell["tasks"] >= 2 and cell["cpus"] >= 2 and not self.is_short(cell)


def sees(answer, pattern, text):
    """All matches, counted as read."""
    found = list(re.finditer(pattern, text))
    answer.read += len(found)
    return found


# The rules. Each yields what is wrong.

def rule_verdicts_follow_from_intervals(answer):
    for cell in answer.compared():
        relative = cell["relative"]
        ratio = median(cell, "wall_ns") / median(answer.baseline(cell), "wall_ns")
        answer.read += 1
        if abs(ratio / relative["ratio"] - 1) > 1e-3:
            yield f"{cell['mode']}: the ratio is {relative['ratio']}, its medians give {ratio:.4g}"
        low, high = relative["interval"] or (0, math.inf)
        fits = {"same": 0.9495 <= low and high <= 1.0505, "faster": high < 1.0005, "slower": low > 0.9995,
                "cannot tell": not (0.9505 <= low and high <= 1.0495) and low <= 1.0005 and high >= 0.9995}
        if not fits[relative["verdict"]]:
            yield f"{cell['mode']}: {relative['verdict']}, with an interval of {relative['interval']}"


def cells_at(answer, place):
    """The cells that words such as " under gil with 2 tasks on 1 CPU at n=1,000" leave."""
    cells = answer.done
    for pattern, fits in ((r" under ([\w-]+)", lambda cell, value: cell["lock"] == value),
                          (r" on (\d+) CPUs?", lambda cell, value: cell["cpus"] == int(value)),
                          (r" in ([\w-]+)", lambda cell, value: cell["runtime"] == value),
                          (r" with (\d+) tasks?", lambda cell, value: cell["tasks"] == int(value))):
        for found in re.finditer(pattern, place):
            cells = [cell for cell in cells if fits(cell, found[1])]
    for found in re.finditer(r" at (\w+)=(\S+)", place):
        cells = [cell for cell in cells
                 if str((cell.get("params") or {}).get(found[1], "")) == found[2].replace(",", "")]
    return cells


def rule_lesson_compares_as_the_cells_do(answer):
    clause = (rf"(?:^|[:;,] )(?:(?P<mode>[a-z][\w-]*) )?(?:took )?(?P<low>{NUMBER})(?: to (?P<high>{NUMBER}))? times"
              r"(?: (?:the|their runtime's) [\w-]+ time)?(?P<place>[^():;]*?) \((?P<verdicts>[^)]*)\)")
    least = answer.least_tasks()
    mode = None
    for found in sees(answer, clause, answer.lesson):
        mode = found["mode"] or mode
        cells = [cell for cell in answer.compared(cells_at(answer, found["place"]))
                 if cell["mode"] == mode and cell["tasks"] >= least]
        said = {}
        for part in found["verdicts"].split(", "):
            number, verdict = re.match(r"(?:(\d+) )?(.*)", part).groups()
            said[VERDICTS.get(verdict, verdict)] = int(number or len(cells))
        counts = {}
        for cell in cells:
            counts[verdict_of(cell)] = counts.get(verdict_of(cell), 0) + 1
        if not cells or said != counts:
            yield f"lesson: {mode}{found['place']} is said to be {said}, and its cells are {counts}"
            continue
        low, high = (bound(cell["relative"]["ratio"] for cell in cells) for bound in (min, max))
        if not same_ratio(found["low"], low) or not same_ratio(found["high"] or found["low"], high):
            yield f"lesson: {mode}{found['place']} took {found[0]!r}, and its ratios are {low} to {high}"


def rule_subject_has_the_tasks_of_the_cells(answer):
    least = answer.least_tasks()
    tasks = sorted({cell["tasks"] for cell in answer.done if cell["tasks"] >= least})
    for found in sees(answer, rf"^({NUMBER})(?: (or|to) ({NUMBER}))? (?:countdown|fetch|task)(?:s|es)?\b", answer.lesson):
        first, last = found[1].replace(",", ""), (found[3] or found[1]).replace(",", "")
        if (int(first), int(last)) != (tasks[0], tasks[-1]) or (found[2] == "or" and len(tasks) != 2):
            yield f"lesson: begins with {found[0]!r}, and the cells have {tasks} tasks"


def titled(answer, words):
    """The title at the end of what stands before a colon, or None."""
    titles = sorted({cell["title"] for cell in answer.cells}, key=len, reverse=True)
    return next((title for title in titles if title and (words == title or words.endswith(", " + title))), None)


def rule_findings_and_headline_name_verdicts(answer):
    clause = (rf"(?P<mode>[a-z][\w-]*)(?: \((?P<cell>[^)]*)\))? (?:took )?(?P<ratio>{NUMBER}) times(?: the [\w-]+ time)? "
              r"\((?P<verdict>the same|faster|slower)\)")
    open_clause = r"(?P<modes>[a-z][\w-]*(?:, [a-z][\w-]*)*)(?: against serial)?: cannot tell(?! in )"
    texts = [("findings", text) for text in answer.sentences.get("findings", [])]
    texts.append(("headline", ((answer.run.get("headline") or {}).get("text")) or ""))
    for name, text in texts:
        title = None
        for segment in text.split("; "):
            before = re.match(r"([^:()]*): (?!cannot)", segment)
            title = titled(answer, before[1]) if before else title
            cells = [cell for cell in answer.compared() if title in (None, cell["title"])]
            for found in sees(answer, clause, segment):
                if not any(cell["mode"] == found["mode"] and same_ratio(found["ratio"], cell["relative"]["ratio"]) and
                           verdict_of(cell) == VERDICTS[found["verdict"]] for cell in cells):
                    yield f"{name}: {found[0]!r} is no verdict of a cell ({title or 'any'})"
            for found in sees(answer, open_clause, segment) if name == "headline" else []:
                for mode in found["modes"].split(", "):
                    if not any(cell["mode"] == mode and verdict_of(cell) == "cannot tell" for cell in cells):
                        yield f"{name}: {mode} is said to be undecided, and no such cell is ({title or 'any'})"
        for found in sees(answer, r"([a-z][\w-]*) against \w+: ((?:[a-z ]+ \d+ times?(?:, )?)+)", text):
            said = {VERDICTS[verdict]: int(n) for verdict, n in
                    re.findall(r"(the same|faster|slower|cannot tell) (\d+) time", found[2])}
            counts = {}
            for cell in answer.compared():
                if cell["mode"] == found[1]:
                    counts[verdict_of(cell)] = counts.get(verdict_of(cell), 0) + 1
            if said != counts:
                yield f"{name}: {found[0]!r}, and the cells are {counts}"


def scalings(answer):
    """By the place of the cell, of those that are held against one task of the same mode."""
    return {i: cell["scaling"] for i, cell in enumerate(answer.cells)
            if cell.get("scaling") and cell["scaling"]["to"] != i}


def rule_headline_value_is_that_of_a_cell(answer):
    headline = answer.run.get("headline") or {}
    if headline.get("unit") != "ratio":
        return
    answer.read += 1
    decided = [cell["relative"]["ratio"] for cell in answer.compared() if verdict_of(cell) != "cannot tell"]
    decided += [scaling["speedup"] for scaling in scalings(answer).values() if scaling["verdict"] == "faster"]
    if headline["value"] not in decided:
        yield f"headline: its value {headline['value']} is no ratio with a verdict"


def rule_every_undecided_cell_is_a_doubt(answer):
    doubts = answer.sentences.get("doubts")
    undecided = [(cell, answer.baseline(cell)["mode"], cell["relative"].get("hint")) for cell in answer.compared()
                 if verdict_of(cell) == "cannot tell"]
    undecided += [(answer.cells[i], "one task", scaling.get("hint")) for i, scaling in scalings(answer).items()
                  if scaling["verdict"] == "cannot tell"]
    if doubts is None:
        return
    answer.read += 1
    if len(doubts) != len(undecided):
        yield f"doubts: there are {len(doubts)}, and {len(undecided)} cells cannot tell"
    for doubt, (cell, other, hint) in zip(doubts, undecided):
        where = f"{cell['title']}: " if cell["title"] else ""
        begin = f"{where}{cell['mode']} against {other}: cannot tell, "
        if not doubt.startswith(begin) or (hint and hint not in doubt):
            yield f"doubts: {doubt!r} is not that of {begin!r}"


def rule_hints_are_of_their_cell(answer):
    for cell in answer.compared():
        relative, hint = cell["relative"], cell["relative"].get("hint") or ""
        ours, theirs = cell["wall_ns"]["samples"], answer.baseline(cell)["wall_ns"]["samples"]
        for found in sees(answer, rf"the ratio is between ({NUMBER}) and ({NUMBER})", hint):
            if not (relative["interval"] and same_ratio(found[1], relative["interval"][0]) and
                    same_ratio(found[2], relative["interval"][1])):
                yield f"{cell['mode']}: {hint!r}, and the interval is {relative['interval']}"
        for found in sees(answer, r"(\d+) good repetitions? (?:is|are) too few", hint):
            if int(found[1]) != min(len(ours), len(theirs)) or relative["interval"]:
                yield f"{cell['mode']}: {hint!r}, and there are {len(ours)} and {len(theirs)} samples"
        for found in sees(answer, r"all were (faster|slower)", hint):
            if not (max(ours) < min(theirs) if found[1] == "faster" else min(ours) > max(theirs)):
                yield f"{cell['mode']}: {hint!r}, and the samples lie among one another"


def rule_counts_of_the_run(answer):
    measured = sum(cell["wall_ns"] is not None for cell in answer.cells)
    for found in sees(answer, r"(\d+) of (\d+) cells? measured", answer.sentences.get("ended") or ""):
        if (int(found[1]), int(found[2])) != (measured, len(answer.cells)):
            yield f"ended: {found[0]!r}, and {measured} of {len(answer.cells)} have a time"
    request, repetitions = answer.run.get("request") or {}, answer.sentences.get("repetitions") or ""
    for found in sees(answer, r"^(\d[\d,]*) repetitions?(?: after (\d+) warm-ups?)?", repetitions):
        most = max([len(cell["wall_ns"]["samples"]) for cell in answer.cells if cell["wall_ns"]], default=0)
        if int(found[1].replace(",", "")) not in (request.get("repeat"), most):
            yield f"repetitions: {found[0]!r}, and {request.get('repeat')} were asked for"
        if found[2] and int(found[2]) != request.get("warmup"):
            yield f"repetitions: {found[0]!r}, and {request.get('warmup')} warm-ups were asked for"
    levels = [cell["wall_ns"]["level"] for cell in answer.cells if cell["wall_ns"] and cell["wall_ns"]["level"]]
    for found in sees(answer, r"at (\d+\.\d %)", repetitions):
        if not any(same_percent(found[1], level) for level in levels):
            yield f"repetitions: {found[0]!r}, and the levels are {levels}"


def rule_noise_is_said_if_there_was_noise(answer):
    noisy, care = answer.host.get("noisy"), answer.sentences.get("care")
    if noisy is None:
        return
    answer.read += 1
    if bool(care) != noisy:
        yield f"care: {care!r}, and noisy is {noisy}"
    if "the machine was noisy" in answer.lesson and not noisy:
        yield "lesson: says that the machine was noisy, and it was not"
    has_figures = re.search(r"\d", answer.lesson) and not answer.lesson.startswith("Nothing can be said")
    if noisy and has_figures and "the machine was noisy" not in answer.lesson:
        yield "lesson: does not say that the machine was noisy"
    for reason in answer.host.get("noise_reasons") or []:
        if care and reason not in care:
            yield f"care: does not say {reason!r}"
    for found in sees(answer, rf"other programs took ({NUMBER} %) of the CPU time, other machines ({NUMBER} %)",
                      answer.sentences.get("noise") or ""):
        if not same_percent(found[1], answer.host["foreign_cpu"]) or not same_percent(found[2], answer.host["steal"]):
            yield f"noise: {found[0]!r}, and the figures are {answer.host['foreign_cpu']}, {answer.host['steal']}"
    for found in sees(answer, rf"other programs took ({NUMBER} %) of the CPU time \(", answer.lesson + (care or "")):
        if not same_percent(found[1], answer.host["foreign_cpu"]):
            yield f"noise: {found[0]!r}, and the figure is {answer.host['foreign_cpu']}"


def rule_doubts_of_the_lesson_are_counted(answer):
    missing = len(answer.cells) - len(answer.done)
    short = sum(answer.is_short(cell) for cell in answer.others())
    least = answer.least_tasks()
    compared = [cell for cell in answer.others() if cell.get("relative") and cell["tasks"] >= least]
    passed_over = [cell for cell in answer.compared(answer.done) if cell["tasks"] < least]
    open_cells = [cell for cell in compared if verdict_of(cell) == "cannot tell" and
                  len(cell["wall_ns"]["samples"]) >= LEAST_VALUES]
    counts = (
        (r"(\d+) of (\d+) cells? (?:ha(?:s|ve) no result|w(?:as|ere) not finished)", (missing, len(answer.cells))),
        (r"fifth of the time in (\d+) of (\d+) cells?", (short, len(answer.others()))),
        (r"(\d+) of (\d+) comparisons?(?: of several tasks)? cannot tell", (len(open_cells), len(compared))),
    )
    for pattern, right in counts:
        for found in sees(answer, pattern, answer.lesson):
            if (int(found[1]), int(found[2])) != right:
                yield f"lesson: {found[0]!r}, and it is {right[0]} of {right[1]}"
    for pattern, words, are_apart in (
            (r"fifth of the time in \d+ of \d+ cells?([^.;]*)", " beside serial", len(answer.others()) < len(answer.done)),
            (r"\d+ of \d+ comparisons?(.*?) cannot tell", " of several tasks", bool(passed_over))):
        for found in sees(answer, pattern, answer.lesson):
            if found[1] != (words if are_apart else ""):
                yield f"lesson: {found[0]!r}, and the table has {len(answer.done)} rows"
    fewest = min([len(cell["wall_ns"]["samples"]) for cell in answer.done], default=0)
    for found in sees(answer, r"(\d+) repetitions? cannot tell", answer.lesson):
        if int(found[1]) != fewest or fewest >= LEAST_VALUES:
            yield f"lesson: {found[0]!r}, and the fewest are {fewest}"
    if sees(answer, "has one CPU to give", answer.lesson) and answer.host.get("cpus_usable") != 1:
        yield "lesson: one CPU to give, and there are more"
    if missing and answer.done and not re.search("ha(s|ve) no result|w(as|ere) not finished", answer.lesson):
        yield f"lesson: does not say that {missing} cells have no result"


def together_under(answer, words):
    """Cells whose tasks share the lock that these words name."""
    locks = [lock for title, lock in LOCKS.items() if title in words]
    cells = [cell for cell in answer.done if cell["mode"] == "threads" and cell["tasks"] >= 2 and cell["lock"] in locks]
    runtimes = re.search(r" \(([^)]*)\)", words)  # of several runtimes, those of which the clause is true
    return [cell for cell in cells if cell["runtime"] in runtimes[1].split(", ")] if runtimes else cells


def share(cell):
    return math.ceil(cell["tasks"] / cell["cpus"]) / cell["tasks"]


def waited_enough(answer, cell):
    waited, baseline = counted(cell, "waited_ns"), answer.baseline(cell)
    if waited is None or not baseline:
        return True
    missed = median(cell, "wall_ns") - median(baseline, "wall_ns") * share(cell)
    return waited / (cell["tasks"] - 1) >= LARGE_PART * missed


def rule_one_at_a_time_is_what_was_seen(answer):
    clause = (r"[^.;:]*?(?:lets? one \w+ run at a time|[Tt]he work keeps|keeps a plain count exact)[^.;:]*"
              r"(?::( never more than one held it at a time))?")
    for found in sees(answer, clause, answer.lesson):
        cells = together_under(answer, found[0])
        for cell in cells:
            inside = cell.get("inside")
            if inside and inside["max"] > 1:
                yield f"lesson: {found[0]!r}, and {inside['max']} were inside at once under {cell['lock']}"
            if found[1] and not (inside and inside["whole"] and inside["max"] <= 1):
                yield f"lesson: {found[0]!r}, and of {cell['lock']} is known: {inside}"
            if "take turns" in found[0] and answer.can_show(cell):
                if verdict_of(cell) == "faster":
                    yield f"lesson: {found[0]!r}, and it was faster under {cell['lock']}"
                if verdict_of(cell) in ("same", "slower") and not waited_enough(answer, cell):
                    yield f"lesson: {found[0]!r}, and little was waited for {cell['lock']}"
        if "take turns" in found[0] and not any(
                answer.can_show(cell) and verdict_of(cell) in ("same", "slower") for cell in cells):
            yield f"lesson: {found[0]!r}, and no cell shows it"
        if found[1] and not cells:
            yield f"lesson: {found[0]!r}, and there are no such cells"


def rule_never_in_the_headline_is_what_was_seen(answer):
    text = (answer.run.get("headline") or {}).get("text") or ""
    cells = [cell for cell in answer.done if cell["mode"] == "threads" and cell["tasks"] >= 2]
    for found in sees(answer, r"never more than one \w+ held the lock at a time(, as far as it was recorded)?", text):
        if not any((cell.get("inside") or {}).get("max") == 1 and (cell["inside"]["whole"] or found[1]) for cell in cells):
            yield f"headline: {found[0]!r}, and that was not seen"


def rule_crowds_are_what_was_seen(answer):
    for pattern, side in ((rf"(up to|at least) ({NUMBER}) were under way at once", "inside"),
                          (rf"(up to|at least) ({NUMBER}) were outside it at once", "outside")):
        for found in sees(answer, pattern, answer.lesson):
            seen = [(cell[side]["max"], cell[side]["whole"]) for cell in answer.others() if cell.get(side)]
            said = int(found[2].replace(",", ""))
            if said < 2 or not any(n == said and (whole or found[1] == "at least") for n, whole in seen):
                yield f"lesson: {found[0]!r}, and {side} has {seen}"
    for cell in answer.done:
        for side in ("inside", "outside"):
            if cell.get(side) and cell[side]["max"] > cell["tasks"]:
                yield f"{cell['mode']}: {cell[side]['max']} {side} at once, of {cell['tasks']} tasks"


def mode_of(nouns):
    return {"threads": "threads", "processes": "processes"}.get(nouns)


def largest_part(cell):
    return max(PARTS, key=lambda part: part_ns(cell, part))


def rule_slow_by_making_is_so(answer):
    what = r"(creating|waiting until|joining) the (threads|processes)(?: first ran)?"
    slower = [cell for cell in answer.compared(answer.done) if verdict_of(cell) == "slower"]
    for found in sees(answer, rf"(?<!starting and )(?i:{what}) took ({TIME})(?: of|, more than) the ({TIME}) by which they were slower",
                      answer.lesson):
        part = found[1].lower()
        if not any(cell["mode"] == mode_of(found[2]) and time_text(part_ns(cell, part)) == found[3] and
                   time_text(answer.lost(cell)) == found[4] and largest_part(cell) == part and
                   part_ns(cell, part) >= LARGE_PART * answer.lost(cell) for cell in slower):
            yield f"lesson: {found[0]!r}, and no cell is slower by that"
    for found in sees(answer, rf"(?i:{what}) took the largest part of the time", answer.lesson):
        if not any(cell["mode"] == mode_of(found[2]) and largest_part(cell) == found[1].lower() for cell in slower):
            yield f"lesson: {found[0]!r}, and another part was larger"
    for found in sees(answer, rf"(?i:creating, starting and joining) the (threads|processes) took ({TIME}) of the ({TIME}) by "
                      rf"which they were slower, the largest part was {what}", answer.lesson):
        if not any(cell["mode"] == mode_of(found[1]) and time_text(answer.lost(cell)) == found[3] and
                   largest_part(cell) == found[4] for cell in slower):
            yield f"lesson: {found[0]!r}, and no cell is slower by that"


def rule_reasons_for_faster_are_faster(answer):
    for pattern, fits in (
            (r"(?:^|; |\. )(?:e|E)ach process has a lock of its own(?!(?: \([^)]*\))?: (?:up|at least))", lambda cell: cell["mode"] == "processes"),
            (r"(?i:without a lock threads run on all CPUs)",
             lambda cell: cell["mode"] == "threads" and cell["lock"] == "none"),
            (r"so the waits overlap", lambda cell: cell["mode"] == "threads"),
            (r"waits for all answers at once", lambda cell: cell["mode"] == "epoll")):
        for found in sees(answer, pattern, answer.lesson):
            cells = [cell for cell in answer.compared(answer.done) if fits(cell)]
            if not any(verdict_of(cell) == "faster" for cell in cells):
                yield f"lesson: {found[0]!r}, and the verdicts are {[verdict_of(cell) for cell in cells]}"
            for cell in cells:
                cpu, gained = median(cell, "cpu_ns"), -answer.lost(cell)
                if "wait" not in pattern and verdict_of(cell) == "faster" and answer.can_show(cell) and \
                        cpu - median(cell, "wall_ns") < LARGE_PART * gained:
                    yield f"lesson: {found[0]!r}, and {cell['mode']} did not compute at once"


def rule_models_follow_from_intervals(answer):
    said = answer.sentences.get("models")
    beside = [cell for cell in answer.cells if cell.get("model")]
    if said is not None and len(said) != len(beside):
        yield f"models: there are {len(said)} sentences, and {len(beside)} cells beside a model"
    for cell in beside:
        model = cell["model"]
        ratio = answer.cells[model["to"]]["relative"]["ratio"] / cell["relative"]["ratio"]
        low, high = model["interval"] or (0, math.inf)
        answer.read += 1
        if abs(ratio / model["ratio"] - 1) > 2e-3:
            yield f"{cell['runtime']}, {cell['mode']}: the model is at {model['ratio']}, its ratios give {ratio:.4g}"
        fits = {"agrees": 0.8995 <= low and high <= 1.1005, "differs": high < 0.9005 or low > 1.0995,
                "cannot tell": not (0.9005 <= low and high <= 1.0995) and low <= 1.1005 and high >= 0.8995}
        words = {"agrees": "agrees within", "differs": "differs", "cannot tell": "may or may not agree"}
        if not fits[model["verdict"]]:
            yield f"{cell['runtime']}, {cell['mode']}: the model {model['verdict']}, with an interval of {model['interval']}"
        if not model["text"].startswith(words[model["verdict"]]):
            yield f"{cell['runtime']}, {cell['mode']}: the model {model['verdict']}, and {model['text']!r} is said"
        for found in sees(answer, rf"it is ({NUMBER}) to ({NUMBER}) times", model["text"]):
            if not same_ratio(found[1], low) or not same_ratio(found[2], high):
                yield f"{cell['runtime']}, {cell['mode']}: {model['text']!r}, with an interval of {model['interval']}"


def rule_lesson_counts_models(answer):
    verdicts = {"agrees within 10 %": "agrees", "differs by more than 10 %": "differs",
                "may or may not agree within 10 %": "cannot tell"}
    for found in sees(answer, r"(?i:beside) (\S+) the model \((\S+) under ([\w-]+)\) ([^.;:]*)", answer.lesson):
        said = {verdicts[words]: int(n) for words, n in re.findall(rf"({'|'.join(verdicts)}) in (\d+)", found[4])}
        counts = {}
        for cell in answer.done:
            if cell.get("model") and cell["runtime"] == found[1] and cell["tasks"] >= answer.least_tasks():
                model = answer.cells[cell["model"]["to"]]
                if (model["runtime"], model["lock"]) == (found[2], found[3]):
                    counts[cell["model"]["verdict"]] = counts.get(cell["model"]["verdict"], 0) + 1
        if said != counts:
            yield f"lesson: {found[0]!r}, and the models are {counts}"


def rule_headline_holds_runtimes_against_themselves(answer):
    text = ((answer.run.get("headline") or {}).get("text")) or ""
    for found in sees(answer, r"([a-z][\w-]*) against [\w-]+ of the same runtime: (.*)", text):
        cells = {cell["runtime"]: cell for cell in answer.compared(answer.done) if cell["mode"] == found[1]}
        said = set()
        for ratio, runtime, verdict in re.findall(
                rf"({NUMBER})(?: times)? in (\S+) \((the same|faster|slower)\)", found[2]):
            said.add(runtime)
            cell = cells.get(runtime)
            if not cell or verdict_of(cell) != VERDICTS[verdict] or not same_ratio(ratio, cell["relative"]["ratio"]):
                yield f"headline: {ratio} in {runtime} ({verdict}) is no verdict of a cell"
        for runtime in (re.findall(r"cannot tell in ([^;]*)", found[2]) or [""])[0].split(", "):
            said.add(runtime)
            if runtime and (runtime not in cells or verdict_of(cells[runtime]) != "cannot tell"):
                yield f"headline: {runtime} is said to be undecided, and is not"
        if said - {""} != set(cells):
            yield f"headline: it is of {sorted(said)}, and the cells are of {sorted(cells)}"


def rule_left_out_is_said(answer):
    left_out, lost = answer.run.get("left_out") or [], answer.run.get("runtimes") or []
    said = answer.sentences.get("left_out") or []
    if len(said) != len(left_out) + sum("reason" in runtime for runtime in lost):
        yield f"left_out: {len(said)} sentences, {len(left_out)} left out and {lost}"
    for item in left_out:
        answer.read += 1
        if not any(item["runtime"] in text and item["reason"] in text for text in said):
            yield f"left_out: {item} is not said"


def rule_loops_are_not_faster(answer):
    for found in sees(answer, r"(?i:an event loop is one thread)", answer.lesson):
        cells = [cell for cell in answer.compared(answer.done) if cell["mode"] == "epoll" and answer.can_show(cell)]
        verdicts = {verdict_of(cell) for cell in cells}
        if "faster" in verdicts or not verdicts & {"same", "slower"}:
            yield f"lesson: {found[0]!r}, and the verdicts are {sorted(verdicts)}"


def rule_counters_are_those_of_a_cell(answer):
    slower = [cell for cell in answer.compared(answer.done) if verdict_of(cell) == "slower"]
    for pattern, name in ((rf"woke up ({NUMBER}) times for nothing", "false_wakeups"),
                          (rf"so it changed hands ({NUMBER}) times", "handoffs")):
        for found in sees(answer, pattern, answer.lesson):
            if not any(f"{counted(cell, name) or 0:,}" == found[1] for cell in slower):
                yield f"lesson: {found[0]!r}, and no slower cell counts so many {name}"


def rule_answers_are_of_their_status(answer):
    codes, total = {}, 0
    for cell in answer.done:
        for code, n in ((cell.get("metrics") or {}).get("responses") or {}).items():
            codes[code], total = codes.get(code, 0) + n, total + n
    bad = {code: n for code, n in codes.items() if not code.startswith("2")}
    if not codes or answer.run.get("experiment") != "fetch":
        return
    answer.read += 1
    found = re.search(rf"({NUMBER}) of ({NUMBER}) answers (?:was|were) (\d[\d, and]*)", answer.lesson)
    if bool(bad) != bool(found):
        yield f"lesson: {found[0] if found else 'nothing is said of the answers'!r}, and they are {codes}"
    elif found:
        said = (found[1].replace(",", ""), found[2].replace(",", ""))
        if said != (str(sum(bad.values())), str(total)) or any(code not in bad for code in re.findall(r"\d{3}", found[3])):
            yield f"lesson: {found[0]!r}, and they are {codes}"


def rule_figures_of_experiments_are_in_a_cell(answer):
    metrics = [cell.get("metrics") or {} for cell in answer.done]
    for found in sees(answer, rf"(?:answered within|, ) ?({TIME})(?: to ({TIME}))? in \w", answer.lesson
                      if answer.run.get("experiment") == "convoy" else ""):
        texts = {time_text(values["latency_p50_ns"]) for values in metrics if values.get("latency_p50_ns")}
        if not {found[1], found[2] or found[1]} <= texts:
            yield f"lesson: {found[0]!r}, and the latencies are {sorted(texts)}"
    for name, experiments in (("lost_updates", ("counter",)), ("seen_by_parent", ("share",))):
        if answer.run.get("experiment") not in experiments:
            continue
        pairs = {(f"{values[name]:,}", f"{values['expected']:,}") for values in metrics if name in values}
        for found in sees(answer, rf"({NUMBER}) of ({NUMBER}) in \w", answer.lesson):
            if found.groups() not in pairs:
                yield f"lesson: {found[0]!r}, and the figures are {sorted(pairs)}"
    exact = sum(values.get("lost_updates") == 0 for values in metrics)
    for found in sees(answer, r"in the other (?:(\d+) cells|cell)\b", answer.lesson):
        if int(found[1] or 1) != exact:
            yield f"lesson: {found[0]!r}, and {exact} cells lost nothing"


RULES = [rule for name, rule in sorted(globals().items()) if name.startswith("rule_")]


def complaints(run):
    """What is wrong, and how many statements were read."""
    answer = Answer(run)
    return [f"{rule.__name__[5:]}: {wrong}" for rule in RULES for wrong in rule(answer)], answer.read


def read_runs(text):
    """One run, a list of them, or several one after the other."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield from value if isinstance(value, list) else [value]


def check_files(paths):
    n = read = wrong = 0
    for path in paths:
        with sys.stdin if path == "-" else open(path, encoding="utf-8") as file:
            for run in read_runs(file.read()):
                found, n_read = complaints(run)
                n, read, wrong = n + 1, read + n_read, wrong + len(found)
                for line in found:
                    print(f"{path}: {run.get('id')}: {line}")
    print(f"{n} answers, {read} statements read, {wrong} contradictions")
    return 0 if n > 0 and read > 0 and wrong == 0 else 1


# The checker itself: each of these makes an answer false, and must be found by the rule that is named.

def lesson(old, new):
    def falsify(run):
        run["lesson"] = re.sub(old, new, run["lesson"], count=1)
    return falsify


def sentence(name, old, new):
    def falsify(run):
        texts = run["sentences"][name]
        run["sentences"][name] = ([re.sub(old, new, text, count=1) for text in texts] if isinstance(texts, list)
                                  else re.sub(old, new, texts, count=1))
    return falsify


def headline(old, new):
    def falsify(run):
        run["headline"]["text"] = re.sub(old, new, run["headline"]["text"], count=1)
    return falsify


def cell(mode, change, lock=None):
    def falsify(run):
        for one in run["cells"]:
            if one["mode"] == mode and lock in (None, one["lock"]):
                change(one)
    return falsify


def field(path, value):
    """Sets a field of a cell or of a run, "relative.verdict"."""
    def change(where):
        *names, last = path.split(".")
        for name in names:
            where = where[name]
        where[last] = value
    return change


FALSE = {
    "creation": [
        ("slow_by_making_is_so", lesson(r"Creating the threads took \S+ µs", "Creating the threads took 1.23 µs")),
        ("slow_by_making_is_so", lesson(r"Creating the threads", "Joining the threads")),
        ("slow_by_making_is_so", cell("threads", field("start_ns.median", 10**9))),
        ("lesson_compares_as_the_cells_do", lesson(r"threads took \S+ times", "threads took 1.02 times")),
        ("one_at_a_time_is_what_was_seen",
         lesson(r"Creating the threads.*?; ", "The GIL lets one thread run at a time, so threads that compute only take turns; ")),
        ("doubts_of_the_lesson_are_counted", lesson(r"in 2 of 2 cells", "in 1 of 2 cells")),
        ("doubts_of_the_lesson_are_counted", lesson(r" beside serial", "")),
        ("reasons_for_faster_are_faster",
         lesson(r"creating the processes.*?\. ", "each process has a lock of its own. ")),
        ("noise_is_said_if_there_was_noise", field("host.noisy", True)),
        ("verdicts_follow_from_intervals", cell("threads", field("relative.verdict", "same"))),
        ("headline_value_is_that_of_a_cell", field("headline.value", 1.5)),
    ],
    "grid": [
        ("lesson_compares_as_the_cells_do", lesson(r"under gil \(slower\)", "under gil (the same)")),
        ("lesson_compares_as_the_cells_do", lesson(r"under none \(faster\)", "under none (cannot tell)")),
        ("lesson_compares_as_the_cells_do", lesson(r"epoll (\S+) times under gil", "epoll 9.99 times under gil")),
        ("one_at_a_time_is_what_was_seen", cell("threads", field("inside.max", 2), "gil")),
        ("one_at_a_time_is_what_was_seen", cell("threads", field("inside.whole", False), "gil")),
        ("one_at_a_time_is_what_was_seen", cell("threads", field("inside", None), "gil")),
        ("one_at_a_time_is_what_was_seen", cell("threads", field("lock_stats.waited_ns", 1000), "gil")),
        ("reasons_for_faster_are_faster", cell("threads", field("cpu_ns.median", 1000), "none")),
        ("reasons_for_faster_are_faster", lesson(r"each process has a lock of its own: up to 2 were under way at once",
                                                 "each process has a lock of its own")),
        ("crowds_are_what_was_seen", lesson(r"up to 2 were under way", "up to 3 were under way")),
        ("findings_and_headline_name_verdicts", sentence("findings", r"\(slower\)", "(faster)")),
        ("findings_and_headline_name_verdicts", sentence("findings", r"threads took \S+ times", "threads took 7.00 times")),
        ("findings_and_headline_name_verdicts", headline(r"\(slower\)", "(the same)")),
        ("every_undecided_cell_is_a_doubt", lambda run: run["sentences"]["doubts"].pop()),
        ("hints_are_of_their_cell",
         cell("processes", field("relative.hint", "the ratio is between 0.11 and 9.99; try longer tasks"))),
        ("doubts_of_the_lesson_are_counted", lesson(r"4 of 6 comparisons", "3 of 6 comparisons")),
        ("subject_has_the_tasks_of_the_cells", lesson(r"^2 countdowns", "4 countdowns")),
        ("counts_of_the_run", sentence("ended", r"\d+ of", "7 of")),
        ("counts_of_the_run", sentence("repetitions", r"^\d+ repetitions", "9 repetitions")),
        ("doubts_of_the_lesson_are_counted", cell("epoll", field("status", "failed"))),
        ("loops_are_not_faster", lesson(r"The GIL lets", "An event loop is one thread, and has one CPU; the GIL lets")),
        ("counters_are_those_of_a_cell",
         lesson(r"The GIL lets", "The lock is let go and taken back, so that waiters woke up 5 times for nothing; the GIL lets")),
    ],
    "making": [
        ("slow_by_making_is_so", lesson(r"largest part was creating", "largest part was joining")),
        ("slow_by_making_is_so", lesson(r"of the \S+ ms by which", "of the 7.77 ms by which")),
    ],
    "row": [
        ("doubts_of_the_lesson_are_counted",
         lesson(r"1 of 2 comparisons of several tasks", "2 of 3 comparisons of several tasks")),
        ("doubts_of_the_lesson_are_counted", lesson(r" of several tasks", "")),
        ("doubts_of_the_lesson_are_counted", lesson(r"in 2 of 3 cells", "in 2 of 2 cells")),
        ("lesson_compares_as_the_cells_do", lesson(r"1 slower, 1 cannot tell", "1 slower, 2 cannot tell")),
    ],
    "speedup": [
        ("headline_value_is_that_of_a_cell", field("headline.value", 1.5)),
        ("headline_value_is_that_of_a_cell", cell("threads", field("scaling.verdict", "cannot tell"))),
    ],
    "scaling": [
        ("every_undecided_cell_is_a_doubt", lambda run: run["sentences"]["doubts"].pop()),
        ("every_undecided_cell_is_a_doubt", cell("threads", field("scaling.hint", "try harder"), "none")),
    ],
    "few": [
        ("doubts_of_the_lesson_are_counted", lesson(r"3 repetitions cannot", "5 repetitions cannot")),
        ("hints_are_of_their_cell",
         cell("threads", field("relative.hint", "all were faster, but 3 good repetitions are too few for an interval, which needs 6"))),
        ("hints_are_of_their_cell",
         cell("threads", field("relative.hint", "4 good repetitions are too few for an interval, which needs 6"))),
        ("lesson_compares_as_the_cells_do", lesson(r"\(cannot tell\)", "(faster)")),
        ("never_in_the_headline_is_what_was_seen", cell("threads", field("inside.max", 2))),
    ],
    "noisy": [
        ("noise_is_said_if_there_was_noise", field("host.noisy", False)),
        ("noise_is_said_if_there_was_noise", lesson(r"the machine was noisy", "the machine was quiet")),
        ("noise_is_said_if_there_was_noise", field("sentences.care", None)),
        ("noise_is_said_if_there_was_noise", field("host.foreign_cpu", 0.01)),
        ("figures_of_experiments_are_in_a_cell", lesson(r"5\.\d+ ms in threads", "7.77 ms in threads")),
    ],
    "answers": [
        ("answers_are_of_their_status", lesson(r"6 of 30 answers", "5 of 30 answers")),
        ("answers_are_of_their_status", lesson(r"6 of 30 answers were 503; ", "")),
        ("answers_are_of_their_status", lesson(r"were 503", "were 500")),
    ],
    "counter": [
        ("figures_of_experiments_are_in_a_cell",
         lesson(r"they lost nothing", "they lost 5 of 40,000 in threads under none, and nothing in the other 3 cells")),
    ],
    "runtimes": [
        ("models_follow_from_intervals", cell("threads", lambda one: "model" in one and one["model"].update(verdict="differs"))),
        ("models_follow_from_intervals", cell("threads", lambda one: "model" in one and one["model"].update(ratio=1.5))),
        ("models_follow_from_intervals", lambda run: run["sentences"]["models"].pop()),
        ("models_follow_from_intervals",
         cell("processes", lambda one: "model" in one and one["model"].update(text="differs, it is 2 to 3 times the real one"))),
        ("lesson_counts_models", lesson(r"in 1 of 2 cells", "in 2 of 2 cells")),
        ("headline_holds_runtimes_against_themselves", headline(r"in jython \(faster\)", "in jython (the same)")),
        ("headline_holds_runtimes_against_themselves", headline(r"cannot tell in python3", "cannot tell in jython")),
        ("left_out_is_said", lambda run: run["sentences"]["left_out"].pop()),
        ("lesson_compares_as_the_cells_do", lesson(r"in jython under none \(faster\)", "in jython under none (slower)")),
    ],
    "outside": [
        ("crowds_are_what_was_seen", lesson(r"at least 2 were outside", "up to 2 were outside")),
        ("crowds_are_what_was_seen", lesson(r"at least 2 were outside", "at least 3 were outside")),
    ],
}


def self_test(path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    wrong = [f"{name} is true: {line}" for name, run in cases.items() for line in complaints(run)[0]]
    wrong += [f"nothing is read of {name}" for name, run in cases.items() if complaints(run)[1] < 3]
    n = 0
    for name, changes in FALSE.items():
        for i, (rule, falsify) in enumerate(changes):
            run, n = copy.deepcopy(cases[name]), n + 1
            falsify(run)
            if run == cases[name]:
                wrong.append(f"{name} {i}, {rule}: changes nothing")
            elif not any(line.startswith(rule + ": ") for line in complaints(run)[0]):
                wrong.append(f"{name} {i}, {rule}: not found, but {complaints(run)[0]}")
    unused = {rule.__name__[5:] for rule in RULES} - {rule for changes in FALSE.values() for rule, _ in changes}
    wrong += [f"{rule} has nothing to find" for rule in sorted(unused)]
    print("\n".join(wrong + [f"{n} false answers, {len(cases)} true ones, {len(wrong)} faults of this checker"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(self_test(sys.argv[2]) if sys.argv[1:2] == ["--self-test"] else check_files(sys.argv[1:]))
