"""What docs/protocol.md says of a catalog, as rules: faults() gives a sentence with its place for each one that is
broken."""
import re

NAME = re.compile(r"[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*$")
MOST = 10**18
# Every cell has these, and every request; a parameter of that name would mean two things.
TAKEN = {"experiment", "runtime", "mode", "lock", "tasks", "cpus", "repeat", "warmup", "seed", "detail", "timeline",
         "format", "precision", "label", "timeout_ms", "max_repeat"}


def is_integer(value, least=0, most=MOST):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value, least=0, most=1e18):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most


def is_text(value):
    return isinstance(value, str)


def is_name(value):
    return is_text(value) and bool(NAME.match(value))


def is_names(value):
    return isinstance(value, list) and all(map(is_name, value)) and len(set(value)) == len(value)


def is_reasons(value):
    return isinstance(value, dict) and all(map(is_text, value.values()))


# kind: what it is called, and the test. A kind with "?" behind it may be missing or null.
KINDS = {
    "name": ("a name (letters, digits, and . _ - between them)", is_name),
    "text": ("a text", is_text),
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "integer": ("a whole number from 0 to 10^18", is_integer),
    "count": ("a whole number of at least 1", lambda value: is_integer(value, 1)),
    "number": ("a number of at least 0", is_number),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "list": ("an array", lambda value: isinstance(value, list)),
    "names": ("an array of names, none of them twice", is_names),
    "factors": ("an array of names", lambda value: isinstance(value, list) and all(map(is_name, value))),
    "reasons": ("an object of texts", is_reasons),
    "whose": ("\"all\" or \"task\"", lambda value: value in ("all", "task")),
    "type": ("integer, choice or text", lambda value: value in ("integer", "choice", "text")),
    "cost": ("cpu, outside or wait", lambda value: value in ("cpu", "outside", "wait")),
    "per": ("task or cell", lambda value: value in ("task", "cell")),
    "any": ("there", lambda value: True),
}

CATALOG = {"runtime": "name", "version": "text?", "about": "text?", "paces": "flag?", "cpus_usable": "count",
           "memory_bytes": "integer?", "host": "object?", "turn_ns": "number?", "timeline_ns": "number?",
           "absent": "reasons?", "modes": "list", "locks": "list", "experiments": "list"}
MODE = {"name": "name", "summary": "text", "aliases": "names?", "usual": "flag", "baseline": "flag",
        "side_by_side": "flag", "shares_memory": "flag", "one_loop": "flag", "task": "object"}
TASK = {"noun": "name", "ns": "number", "bytes": "integer"}
LOCK = {"name": "name", "title": "text", "summary": "text", "usual": "flag", "exclusive": "flag", "fair": "flag?",
        "between_bytecodes": "flag?",
        "whose": "whose", "models": "name?", "real": "name?", "parameters": "list", "crowding": "number"}
EXPERIMENT = {"name": "name", "summary": "text", "parameters": "list", "max_tasks": "object",
              "max_tasks_reason": "reasons?", "unavailable": "reasons?", "cost": "list", "memory": "list?",
              "totals": "names?", "fixed_time": "flag?", "tasks": "object?", "released": "object?",
              "blocks_loop": "object?"}
PARAMETER = {"name": "name", "type": "type", "help": "text", "unit": "text?", "list": "flag?", "sized": "flag?",
             "min": "any?", "max": "any?", "max_length": "count?", "choices": "names?", "aliases": "object?",
             "format": "name?", "times": "name?", "unless": "name?"}
TERM = {"times": "factors?", "only_if": "object?"}


def shown(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


class Rules:
    def __init__(self):
        self.faults = []

    def say(self, place, text):
        self.faults.append(f"catalog: {place}: {text}")

    def members(self, place, value, rows):
        """Whether every member is what its row says; those that no row names are passed over."""
        if not isinstance(value, dict):
            self.say(place, f"must be an object, and is {shown(value)}")
            return False
        before = len(self.faults)
        for name, row in rows.items():
            words, is_right = KINDS[row.rstrip("?")]
            at = f"{place}.{name}".lstrip(".")
            if value.get(name) is None:
                if not row.endswith("?"):
                    self.say(at, f"must be {words}, and is missing")
            elif not is_right(value[name]):
                self.say(at, f"must be {words}, and is {shown(value[name])}")
        return len(self.faults) == before

    def rows(self, place, rows, members):
        """A list of objects, no name twice. Gives the good ones with their places."""
        seen = set()
        for index, row in enumerate(rows):
            at = f"{place}[{index}]"
            if not self.members(at, row, members):
                continue
            name = row["name"] if "name" in members else None
            if name in seen:
                self.say(f"{at}.name", f"\"{name}\" stands twice")
            seen.update([name] if name else [])
            yield at, row

    def modes(self, modes):
        names = {}
        for at, mode in self.rows("modes", modes, MODE):
            self.members(f"{at}.task", mode["task"], TASK)
            for name in [mode["name"], *(mode.get("aliases") or [])]:
                if names.setdefault(name, mode["name"]) != mode["name"]:
                    self.say(at, f"\"{name}\" stands for {names[name]} already")
        if not any(mode.get("usual") for mode in modes):
            self.say("modes", "at least one must be usual")
        if sum(mode.get("baseline") is True for mode in modes) > 1:
            self.say("modes", "at most one can be the baseline")

    def locks(self, locks):
        axes = {}
        for at, lock in self.rows("locks", locks, LOCK):
            self.parameters(at, lock["parameters"])
            for parameter in lock["parameters"]:
                if parameter.get("list") is not True:
                    self.say(f"{at}.parameters", f"{parameter.get('name')} must have list: true")
                if axes.setdefault(parameter.get("name"), parameter) != parameter:
                    self.say(f"{at}.parameters", f"{parameter['name']} is another one than that of another lock")
        if sum(lock.get("usual") is True for lock in locks) != 1:
            self.say("locks", "exactly one must be usual")
        return axes

    def parameters(self, place, parameters):
        for at, row in self.rows(f"{place}.parameters", parameters, PARAMETER):
            if row["name"] in TAKEN:
                self.say(f"{at}.name", f"{row['name']} is something that all requests have")
            if "default" not in row:
                self.say(f"{at}.default", "must be there; null: none")
                continue
            if row["type"] == "integer" and not (isinstance(row.get("min"), int) and isinstance(row.get("max"), int)):
                self.say(f"{at}.min", "must be there with max, as whole numbers")
                continue
            if row["type"] == "choice" and not row.get("choices"):
                self.say(f"{at}.choices", "must be there")
                continue
            values = row["default"] if row.get("list") else [row["default"]]
            if not isinstance(values, list) or not values or not all(takes(row, value) for value in values):
                self.say(f"{at}.default", f"{shown(row['default'])} is no value that it can have")
            for alias, means in (row.get("aliases") or {}).items():
                if means not in (row.get("choices") or []):
                    self.say(f"{at}.aliases.{alias}", "must be one of the choices")

    def conditions(self, place, only_if, catalog, experiment, axes):
        facts = {"mode.": catalog["modes"], "lock.": catalog["locks"]}
        own = {row["name"]: row for row in experiment["parameters"]}
        for key, value in (only_if or {}).items():
            of = next((facts[prefix] for prefix in facts if key.startswith(prefix)), None)
            if of is not None:
                if not any(key[5:] in entry for entry in of):
                    self.say(f"{place}.{key}", "there is no such fact")
            elif key not in own and key not in axes:
                self.say(f"{place}.{key}", "there is no such parameter")
            elif not takes(own.get(key) or axes[key], value):
                self.say(f"{place}.{key}", f"{shown(value)} is no value that it can have")

    def terms(self, place, terms, head, catalog, experiment, axes):
        numbers = {row["name"] for row in [*experiment["parameters"], *axes.values()] if row["type"] == "integer"}
        for at, term in self.rows(place, terms, {**head, **TERM}):
            for name in term.get("times") or []:
                if name not in numbers | {"tasks", "cpus"}:
                    self.say(f"{at}.times", f"there is no parameter {name} that is a number")
            self.conditions(f"{at}.only_if", term.get("only_if"), catalog, experiment, axes)

    def figure(self, place, figure):
        if not re.match(r"(metrics|memory)\..", figure):
            self.say(place, f"must be metrics.NAME or memory.NAME, is {shown(figure)}; for the wall time leave it out")

    def headline(self, place, headline):
        if headline is None:
            return
        if is_name(headline):
            self.figure(place, headline)
        elif self.members(place, headline, {"figure": "name", "head": "text?", "words": "text?"}):
            self.figure(f"{place}.figure", headline["figure"])
            if "{}" not in headline.get("words", "{}"):
                self.say(f"{place}.words", "must have {} where the figure stands")

    def rooms(self, place, experiment, modes):
        names = {name for mode in modes for name in [mode["name"], *(mode.get("aliases") or [])]}
        for member in ("max_tasks", "max_tasks_reason", "unavailable"):
            for name, value in (experiment.get(member) or {}).items():
                if name not in names:
                    self.say(f"{place}.{member}.{name}", "there is no such mode")
                if member == "max_tasks" and not is_integer(value, 1, 10**6):
                    self.say(f"{place}.{member}.{name}", "must be a whole number from 1 to 10^6")
        for mode in modes:
            if not any(mode["name"] in (experiment.get(member) or {}) for member in ("max_tasks", "unavailable")):
                self.say(f"{place}.max_tasks.{mode['name']}", "must be there, or a reason in unavailable")

    def experiments(self, catalog, axes):
        for at, row in self.rows("experiments", catalog["experiments"], EXPERIMENT):
            before = len(self.faults)
            self.parameters(at, row["parameters"])
            if len(self.faults) > before:
                continue
            own = {parameter["name"]: parameter for parameter in row["parameters"]}
            for name in own:
                if name in axes:
                    self.say(f"{at}.parameters", f"a lock has a parameter {name}, too")
            for parameter in row["parameters"]:
                if own.get(parameter.get("unless"), {"type": "text"})["type"] != "text":
                    self.say(f"{at}.parameters", f"unless of {parameter['name']} must name a text")
            self.terms(f"{at}.cost", row["cost"], {"kind": "cost", "ns": "number"}, catalog, row, axes)
            self.terms(f"{at}.memory", row.get("memory") or [], {"per": "per", "bytes": "number"}, catalog, row, axes)
            self.headline(f"{at}.headline", row.get("headline"))
            self.rooms(at, row, catalog["modes"])
            for member in ("released", "blocks_loop"):
                only_if = (row.get(member) or {}).get("only_if")
                self.conditions(f"{at}.{member}.only_if", only_if, catalog, row, axes)
            rule = row.get("tasks")
            if rule and self.members(f"{at}.tasks", rule, {"parameter": "name", "plus": "integer"}):
                if own.get(rule["parameter"], {}).get("type") != "integer":
                    self.say(f"{at}.tasks.parameter", "there is no parameter of that name that is a number")


def takes(parameter, value):
    if parameter["type"] == "integer":
        return is_integer(value, parameter["min"], parameter["max"])
    if parameter["type"] == "choice":
        return value in parameter["choices"]
    return value is None or (is_text(value) and len(value.encode()) <= (parameter.get("max_length") or 65536))


def faults(catalog):
    rules = Rules()
    if not isinstance(catalog, dict):
        return [f"catalog: must be an object, and is {shown(catalog)}"]
    if catalog.get("protocol") != 1:
        return [f"catalog: protocol: must be 1, and is {shown(catalog.get('protocol'))}"]
    if rules.members("", catalog, CATALOG):
        rules.modes(catalog["modes"])
        axes = rules.locks(catalog["locks"])
        if not rules.faults:
            rules.experiments(catalog, axes)
    return rules.faults
