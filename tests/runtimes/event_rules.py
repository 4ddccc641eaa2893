"""What docs/protocol.md says of samples and timelines, as rules. Each function gives a sentence for each one that is
broken; the caller knows the place."""
from catalog_rules import is_integer, is_number, is_text, shown

SUMMARY_ROWS = 256
SPANS = {"run", "wait-lock", "wait-io", "outside"}
SLACK_NS = 2_000_000  # a runtime may have several clocks


def whole(event, names, optional=False):
    for name in names:
        value = event.get(name)
        if value is None and optional:
            continue
        if value is None:
            yield f"{name}: is missing"
        elif not is_integer(value):
            yield f"{name}: must be a whole number from 0 to 10^18, and is {shown(value)}"


def counters(event):
    for name in ("context_switches", "memory", "lock_stats"):
        value = event.get(name)
        if value is None:
            continue
        if not isinstance(value, dict):
            yield f"{name}: must be an object or null, and is {shown(value)}"
            continue
        for key, count in value.items():
            if count is not None and not is_integer(count):
                yield f"{name}.{key}: must be a whole number or null, and is {shown(count)}"


def noise(event, most_ns):
    """A reading that began before the runtime was told to go on counts others' turns as noise."""
    value = event.get("noise")
    if value is None:
        return
    if not isinstance(value, dict):
        yield f"noise: must be an object, and is {shown(value)}"
        return
    yield from (f"noise.{text}" for text in whole(value, ["throttled_ns"]))
    yield from (f"noise.{text}" for text in whole(value, ["span_ns", "cpus"], optional=True))
    for name in ("foreign_cpu", "steal"):
        if not is_number(value.get(name), -1e6, 1e6):
            yield f"noise.{name}: must be a number, and is {shown(value.get(name))}"
    if is_integer(value.get("span_ns")) and most_ns is not None and value["span_ns"] > most_ns:
        yield (f"noise.span_ns: {value['span_ns']} is longer than the {most_ns} since it was told to go on: the reading "
               "must start anew at each go")


def parts(event, cell):
    wall = event["wall_ns"]
    if wall < 1:
        yield f"wall_ns: must be at least 1, and is {wall}"
    for name in ("create_ns", "join_ns", "start_ns"):
        if (event.get(name) or 0) > wall:
            yield f"{name}: {event[name]} is a part of wall_ns, and longer than its {wall}"
    if (event.get("create_alone_ns") or 0) > event["create_ns"]:
        yield f"create_alone_ns: {event['create_alone_ns']} is a part of create_ns, and longer than its {event['create_ns']}"
    if (event.get("waits_ns") or 0) > cell["tasks"] * (wall + SLACK_NS):
        yield f"waits_ns: {event['waits_ns']} is more than {cell['tasks']} tasks can wait in {wall}"


def rows(event, cell, mode, most_rows):
    """The rows of tasks, how many were left out, and in which order they ended."""
    per_task, order = event.get("per_task"), event.get("completion_order")
    if per_task is None:
        return
    if not isinstance(per_task, list) or not all(isinstance(row, dict) for row in per_task):
        yield f"per_task: must be an array of objects, and is {shown(per_task)}"
        return
    good = True
    for index, row in enumerate(per_task):
        for text in [*whole(row, ["id", "start_ns", "end_ns"]), *whole(row, ["cpu_ns"], optional=True)]:
            yield f"per_task[{index}].{text}"
            good = False
        if good and "answer" not in row:
            yield f"per_task[{index}].answer: is missing"
    if not good:
        return
    omitted = event.get("per_task_omitted") or 0
    wanted = min(cell["tasks"], most_rows)
    if len(per_task) != wanted or omitted != cell["tasks"] - wanted:
        yield (f"per_task: of {cell['tasks']} tasks {wanted} rows are to be there and {cell['tasks'] - wanted} omitted; "
               f"there are {len(per_task)}, and per_task_omitted is {omitted}")
    ids = [row["id"] for row in per_task]
    if len(set(ids)) != len(ids) or any(task >= cell["tasks"] for task in ids):
        yield f"per_task: the ids must be different ones below {cell['tasks']}, and are {shown(ids)}"
    for row in per_task:
        if row["end_ns"] < row["start_ns"]:
            yield f"per_task: task {row['id']} ends before it starts"
        if row["end_ns"] > event["wall_ns"] + SLACK_NS:
            yield f"per_task: task {row['id']} ends at {row['end_ns']}, behind wall_ns {event['wall_ns']}"
    if mode["baseline"]:
        yield from one_by_one(per_task)
    yield from completion(order, per_task, cell)


def one_by_one(per_task):
    by_start = sorted(per_task, key=lambda row: (row["start_ns"], row["end_ns"]))
    for before, after in zip(by_start, by_start[1:]):
        if after["start_ns"] < before["end_ns"]:
            yield (f"per_task: tasks {before['id']} and {after['id']} overlap, and in this mode one comes after the "
                   "other")


def completion(order, per_task, cell):
    if order is None:
        return
    if not isinstance(order, list) or not all(is_integer(task) for task in order):
        yield f"completion_order: must be an array of ids, and is {shown(order)}"
        return
    complete = len(per_task) == cell["tasks"]
    if len(set(order)) != len(order) or any(task >= cell["tasks"] for task in order) or \
            (complete and sorted(order) != list(range(cell["tasks"]))):
        yield f"completion_order: must have each of {cell['tasks']} tasks once, and is {shown(order)}"
        return
    ends = {row["id"]: row["end_ns"] for row in per_task}
    times = [ends[task] for task in order if task in ends]
    if times != sorted(times):
        yield f"completion_order: {shown(order)} is not the order of the tasks' end_ns"


def metrics(event, experiment):
    value = event.get("metrics")
    headline = experiment.get("headline")
    figure = headline.get("figure") if isinstance(headline, dict) else headline
    if value is not None and not isinstance(value, dict):
        yield f"metrics: must be an object, and is {shown(value)}"
        return
    value = value or {}
    if figure and figure.startswith("metrics.") and figure[8:] not in value:
        yield f"{figure}: is the headline of the experiment, and is missing"
    elif figure and figure.startswith("metrics.") and not is_number(value[figure[8:]] or 0, -1e18):
        yield f"{figure}: must be a number, being the headline, and is {shown(value[figure[8:]])}"
    for name in experiment.get("totals") or []:
        total = value.get(name)
        counts = total.values() if isinstance(total, dict) else [total]
        if not all(is_integer(count) for count in counts):
            yield f"metrics.{name}: is one of the totals, and must be a whole number or an object of them"


def sample(event, cell, facts, most_rows, most_noise_ns):
    """facts: {"mode", "experiment"}, the entries of the catalog."""
    if event.get("status") == "failed":
        reason = event.get("reason")
        return [f"failed: {reason}" if is_text(reason) else "status: is failed, and there is no reason"]
    if event.get("status") != "done":
        return [f"status: must be done or failed, and is {shown(event.get('status'))}"]
    faults = [*whole(event, ["wall_ns", "cpu_ns", "create_ns", "join_ns"]),
              *whole(event, ["waits_ns", "start_ns", "create_alone_ns", "per_task_omitted"], optional=True), *counters(event),
              *noise(event, most_noise_ns), *metrics(event, facts["experiment"])]
    if not faults:
        faults = [*parts(event, cell), *rows(event, cell, facts["mode"], most_rows)]
    return faults


def span(row, cell, event, kinds, length):
    if not isinstance(row, list) or len(row) != length:
        return f"must have {length} values, and is {shown(row)}"
    if not is_integer(row[0]) or row[0] >= cell["tasks"]:
        return f"there is no task {shown(row[0])}"
    if row[1] not in kinds:
        return f"{shown(row[1])} must be one of {', '.join(sorted(kinds))}"
    if not all(is_integer(time) for time in row[2:]):
        return f"times must be whole numbers, and are {shown(row[2:])}"
    if row[-1] < row[2]:
        return "it ends before it starts"
    if row[-1] > event["wall_ns"] + SLACK_NS:
        return f"it ends at {row[-1]}, behind wall_ns {event['wall_ns']}"
    return None


def overlaps(spans, what):
    """Of spans that must not overlap, the first pair that does."""
    by_start = sorted(spans, key=lambda row: (row[2], row[3]))
    for before, after in zip(by_start, by_start[1:]):
        if after[2] < before[3]:
            yield f"spans: {shown(before)} and {shown(after)} overlap, and {what}"
            return


def timeline(event, cell, facts, max_spans):
    """facts: {"mode", "lock", "timeline_ns"}."""
    if "reason" in event:
        return [] if is_text(event["reason"]) else [f"reason: must be a text, and is {shown(event['reason'])}"]
    faults = list(whole(event, ["wall_ns", "dropped"]))
    for name in ("spans", "instants"):
        if not isinstance(event.get(name), list):
            faults.append(f"{name}: must be an array, and is {shown(event.get(name))}")
    if faults:
        return faults
    for name, kinds, length in (("spans", SPANS, 4), ("instants", {"false-wakeup"}, 3)):
        for index, row in enumerate(event[name]):
            text = span(row, cell, event, kinds, length)
            if text:
                return [f"{name}[{index}]: {text}"]
    if len(event["spans"]) + len(event["instants"]) > max_spans:
        faults.append(f"spans: there are {len(event['spans'])} and {len(event['instants'])} instants, and max_spans "
                      f"is {max_spans}")
    for task in {row[0] for row in event["spans"]}:
        faults += overlaps([row for row in event["spans"] if row[0] == task], "spans of one task must not")
    # Where spans are coarse, two tasks may have taken turns within them.
    if facts["lock"]["exclusive"] and facts["mode"]["shares_memory"] and not facts["timeline_ns"]:
        faults += overlaps([row for row in event["spans"] if row[1] == "run"],
                           "never two tasks are inside an exclusive lock")
    return faults
