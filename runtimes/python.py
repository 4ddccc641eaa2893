#!/usr/bin/env python3
"""A runtime for gilscope: the experiments in a real Python, under the lock that it really has.

First come the functions that are measured, written as anybody would write them. All below is machinery: what watches
them (clocks, memory, noise, spans), the experiments and the modes that call them, what is said about them (the
catalog), and the protocol by which the server asks (docs/protocol.md).

One file, the standard library alone, and the same text for CPython 2.7 and 3.6 to 3.14, free-threaded CPython, PyPy
and Jython. So nothing is taken for granted: what an interpreter has is tried, and what it lacks is said with the
reason that it gave. Two things look odd for that. What is newer than Python 2 must not stand in the text, so the
coroutines are a text of their own that only a Python with asyncio reads. And modules are loaded where they are
needed, since every process of some start methods reads this file anew.
"""
from __future__ import division, print_function

import collections
import json
import os
import platform
import signal
import sys
import threading
import time

VERSION = "1"


# ---- The functions that are measured


def count_down(n):
    while n > 0:
        n -= 1


x = 0


def f():
    return 1


def count_up(n):
    global x
    while n > 0:
        x += 1
        n -= 1


def count_up_with_call(n):
    global x
    while n > 0:
        x += f()
        n -= 1


COROUTINES = '''
async def count_down_in_turns(n, turns):
    while n > 0:
        count_down(min(n, turns))
        n -= turns
        await asyncio.sleep(0)


async def f_that_waits(n):
    if n % AWAIT_EVERY == 0:
        await asyncio.sleep(0)
    return 1


async def count_up_with_await(n):
    global x
    while n > 0:
        x += await f_that_waits(n)
        n -= 1
'''
AWAIT_EVERY = 1000  # on a loop, f() lets the others have a turn in one call of so many


# ---- Clocks, all in whole nanoseconds


def libc_clock_reader():
    """Python 2 has no steady clock, and the one of the C library is a call away. PyDLL keeps the lock while it calls:
    a clock that lets go of it would change what it measures."""
    import ctypes

    class Timespec(ctypes.Structure):
        _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]

    clock_gettime = ctypes.PyDLL(None).clock_gettime

    def read_clock(number):
        spec = Timespec()
        if clock_gettime(number, ctypes.byref(spec)) != 0:
            raise OSError("there is no clock %d" % number)
        return spec.seconds * 1000000000 + spec.nanoseconds

    return read_clock


# As in <time.h> of Linux. The steady clock is the same in all processes.
STEADY_CLOCK, PROCESS_CLOCK, THREAD_CLOCK = 1, 2, 3

try:
    from java.lang import System
    from java.lang.management import ManagementFactory

    read_clock = None
    now = System.nanoTime
    thread_cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime
except ImportError:
    if hasattr(time, "clock_gettime_ns"):
        read_clock = time.clock_gettime_ns
    elif hasattr(time, "clock_gettime"):
        def read_clock(number):
            return int(time.clock_gettime(number) * 1e9)
    else:
        read_clock = libc_clock_reader()
    now = getattr(time, "monotonic_ns", None) or (lambda: read_clock(STEADY_CLOCK))
    thread_cpu = getattr(time, "thread_time_ns", None) or (lambda: read_clock(THREAD_CLOCK))


# ---- What the system says


def read_text(path):
    """The text of a small file, or "" if it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except (IOError, OSError):
        return ""


def ticks_cpu(fields):
    """CPU time out of the fields of /proc/PID/stat that are counted in ticks of 10 ms."""
    return sum(int(field) for field in fields) * (1000000000 // 100)


def stat_fields(pid):
    """What follows the name in /proc/PID/stat: the name may hold anything, even a bracket."""
    return read_text("/proc/%s/stat" % pid).rpartition(")")[2].split()


def process_cpu(pid):
    """CPU time of another process; 0 if it has ended. A process has a clock that others may read, and its number
    follows from that of the process (clock_getcpuclockid)."""
    if read_clock:
        try:
            return read_clock(~pid << 3 | 2)
        except (OSError, OverflowError):
            pass
    return ticks_cpu(stat_fields(pid)[11:13])


class Usage(object):
    """What this process and its children that were waited for have used so far."""

    def __init__(self):
        self.switches = None
        try:
            import resource
        except ImportError:
            self.cpu = ticks_cpu(stat_fields("self")[11:15])
            return
        both = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        self.cpu = int(sum(usage.ru_utime + usage.ru_stime for usage in both) * 1e9)
        self.switches = (sum(usage.ru_nvcsw for usage in both), sum(usage.ru_nivcsw for usage in both))


def read_kilobytes(text, name):
    """The value of a line "Name: 123 kB" in bytes."""
    for line in text.splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


def read_memory():
    """Resident bytes (of what is shared with other processes a part), reserved bytes and page tables; None where the
    kernel does not say."""
    resident = read_text("/proc/self/smaps_rollup")
    status = read_text("/proc/self/status")
    if not resident or not status:
        return None
    return [read_kilobytes(resident, "Pss_Anon"), read_kilobytes(status, "VmSize"), read_kilobytes(status, "VmPTE")]


def cpus_allowed(pid="self"):
    """The numbers of the CPUs that a process may use, out of a list like "0-3,8"."""
    cpus = []
    for line in read_text("/proc/%s/status" % pid).splitlines():
        if line.startswith("Cpus_allowed_list:"):
            for part in line.split()[1].split(","):
                low, _, high = part.partition("-")
                cpus.extend(range(int(low), int(high or low) + 1))
    return cpus


def cgroup_folder():
    """The folder of this process's control group (version 2), or ""."""
    for line in read_text("/proc/self/cgroup").splitlines():
        if line.startswith("0::"):
            return "/sys/fs/cgroup" + line[3:]
    return ""


def cpu_quota():
    """How many CPUs' worth of time the control groups allow, the least of all that are above this process; 0: any."""
    folder, least = cgroup_folder(), 0
    while folder.startswith("/sys/fs/cgroup"):
        words = read_text(folder + "/cpu.max").split()
        if len(words) == 2 and words[0] != "max":
            quota = int(words[0]) / int(words[1])
            least = min(least, quota) if least else quota
        folder = os.path.dirname(folder)
    return least


def throttled():
    """How long a quota has held everything back so far."""
    for line in read_text(cgroup_folder() + "/cpu.stat").splitlines():
        if line.startswith("throttled_usec"):
            return int(line.split()[1]) * 1000
    return 0


ALL_CPUS = cpus_allowed() or [0]
confined_to = ALL_CPUS


def confine(n_cpus):
    """Lets this process, with all that it starts, use the first so many CPUs only. Where Python cannot do that, the
    system's own program can."""
    global confined_to
    cpus = ALL_CPUS[:n_cpus]
    if cpus == confined_to:
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cpus)
    else:
        import subprocess
        with open(os.devnull, "w") as nowhere:
            wrong = subprocess.call(["taskset", "-a", "-c", "-p", ",".join(map(str, cpus)), str(os.getpid())],
                                    stdout=nowhere)
        if wrong:
            raise OSError("taskset could not confine it to %d CPUs" % n_cpus)
    confined_to = cpus


class Noise(object):
    """What else the machine does from now on: all the time that the CPUs have, less what they are idle, less what the
    host or interrupts take, less what the run itself and its friends (the server) use, is used by others. A tick of
    the kernel is 10 ms, so one reading alone says little, and shares below 0 or above 1 are no mistakes: whoever adds
    up all of them has a true sum."""

    def __init__(self, friends):
        self.friends = [pid for pid in friends if set(cpus_allowed(pid)) <= set(ALL_CPUS)]
        self.before = self.read()

    def read(self):
        """[time, idle, interrupts, steal, own, throttled, CPUs], or None without /proc/stat."""
        lines = [line.split() for line in read_text("/proc/stat").splitlines() if line.startswith("cpu")]
        wanted = [line for line in lines if line[0][3:].isdigit() and int(line[0][3:]) in ALL_CPUS]
        if len(wanted) != len(ALL_CPUS) or any(len(line) < 9 for line in wanted):
            return None
        idle, interrupts, steal = [ticks_cpu([line[i] for line in wanted for i in places])
                                   for places in ((4, 5), (6, 7), (8,))]
        own = Usage().cpu + sum(map(process_cpu, self.friends))
        return [now(), idle, interrupts, steal, own, throttled(), len(wanted)]

    def taken(self, beside=0):
        """The member noise of a sample. beside is CPU time of the run that Usage does not know."""
        after = self.read()
        if not self.before or not after:
            return None
        span, idle, interrupts, steal, own, held = [max(b - a, 0) for a, b in zip(self.before, after)][:6]
        every = max(span * after[6], 1)
        return {"span_ns": span, "cpus": after[6], "steal": round(steal / every, 6), "throttled_ns": held,
                "foreign_cpu": round((every - idle - interrupts - steal - own - beside) / every, 6)}


# ---- What this Python is


def reason_of(error):
    """One line for people."""
    text = " ".join(str(error).split())
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__


def lock_here():
    """The lock that this interpreter has: its name, the words of docs/protocol.md for the real thing, and for people
    its title and a line; and the parameter by which the program can set it, with a function that does."""
    implementation = platform.python_implementation()
    if implementation == "Jython":
        return "none", "jython", "no lock", "no lock: Jython's objects are safe for threads one by one", None
    if implementation == "PyPy":
        return "gil-pypy", "pypy", "the GIL of PyPy", "the global lock of PyPy", switch_interval()
    if implementation != "CPython":
        return "unknown", None, "its own lock", "whatever lock %s has" % implementation, None
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "none", "free-threaded", "no lock", "no lock: this CPython is free-threaded (PEP 703)", None
    if sys.version_info[0] == 2:
        return ("gil-py2", "cpython2", "the lock of Python 2",
                "the global lock of CPython 2: let go and taken again every check interval", check_interval())
    return ("gil", "cpython3", "the GIL",
            "the global lock of CPython 3: a waiter asks for it after one switch interval", switch_interval())


def switch_interval():
    return {"name": "switch_interval_us", "type": "integer", "unit": "us", "min": 1, "max": 1000000,
            "default": [int(round(sys.getswitchinterval() * 1e6))], "list": True,
            "help": "how long a waiting thread waits before it asks for the lock (sys.setswitchinterval)"}


def check_interval():
    return {"name": "check_interval", "type": "integer", "unit": "ticks", "min": 1, "max": 1000000,
            "default": [sys.getcheckinterval()], "list": True,
            "help": "how many ticks a thread runs before it lets go of the lock (sys.setcheckinterval)"}


LOCK_SETTERS = {"switch_interval_us": lambda us: sys.setswitchinterval(us / 1e6),
                "check_interval": lambda ticks: sys.setcheckinterval(ticks)}
LOCK, LOCK_REAL, LOCK_TITLE, LOCK_SUMMARY, LOCK_PARAMETER = lock_here()
LOCK_IS_EXCLUSIVE = LOCK_PARAMETER is not None

try:
    import multiprocessing

    START_METHOD = getattr(multiprocessing, "get_start_method", lambda: "fork")()
    NO_PROCESSES = None
except ImportError as error:
    NO_PROCESSES = "this Python has no multiprocessing (%s)" % error
try:
    import asyncio

    exec(compile(COROUTINES, "the coroutines of python.py", "exec"))
    NO_LOOP = None
except ImportError as error:
    NO_LOOP = "this Python has no asyncio (%s)" % error


def by_name(*things):
    """In their order, which a plain dictionary of Python 2 does not keep."""
    return collections.OrderedDict((thing.name, thing) for thing in things)


def nice_size(ns):
    """How many turns of so many nanoseconds make about 200 ms: 1, 2 or 5 with zeros."""
    wanted, power = max(200e6 / ns, 1), 1
    while wanted >= power * 10:
        power *= 10
    digit = wanted / power
    return power * (1 if digit < 2 ** .5 else 2 if digit < 10 ** .5 else 5 if digit < 50 ** .5 else 10)


def turn_ns(function):
    """What one turn of the function takes, when it is warm. An interpreter that compiles while it runs gets faster
    from call to call, so this goes on until it no longer does, and not for long."""
    n, best, until = 1000, float("inf"), now() + 700000000
    while True:
        since = now()
        function(n)
        took = now() - since
        if took < 10000000 and now() < until:
            n *= 2
            continue
        is_faster = took / n < best * 0.95
        best = min(best, took / n)
        if not is_faster or now() > until:
            return best


# ---- Spans, for a timeline

PIECE_NS = 50000  # a traced task notes the time so often
GAP_NS = 4 * PIECE_NS  # and where the next note comes later than this, it was not running


class Tracer(object):
    """The spans of one task: it runs, notes the time every few turns, and where a note is missing, it did not run. It
    does not know why; gap_kind is what others conclude from the cell (None: nothing)."""

    def __init__(self, gap_kind, most):
        self.gap_kind, self.most = gap_kind, most
        self.spans, self.dropped = [], 0
        self.since = self.last = 0

    def add(self, kind, since, until):
        if until <= since:
            return
        if len(self.spans) < self.most:
            self.spans.append((kind, since, until))
        else:
            self.dropped += 1

    def begin(self, at):
        self.since = self.last = at

    def note(self):
        at = now()
        if at - self.last > GAP_NS:
            self.add("run", self.since, self.last)
            if self.gap_kind:
                self.add(self.gap_kind, self.last, at)
            self.since = at
        self.last = at

    def passed(self, kind, since):
        """From then until now the task did something else than run."""
        self.add("run", self.since, since)
        self.since = self.last = now()
        self.add(kind, since, self.since)

    def end(self, at):
        self.add("run", self.since, at)


# ---- Cells and their tasks


class Cell(object):
    """One combination of mode, lock, number of tasks, CPUs and parameters, and what its next repetition is to note. It
    travels to other processes, so it is plain data."""

    def __init__(self, request, given):
        self.number, self.experiment = given["cell"], request["experiment"]
        self.mode, self.lock, self.n_tasks, self.cpus = given["mode"], given["lock"], given["tasks"], given["cpus"]
        self.params = given["params"]
        self.seed = request.get("seed", 1)
        self.ports = (request.get("origin") or {}).get("ports", [])
        self.reads_memory = False
        self.max_spans = 0  # of each task; 0: there is no timeline
        self.piece = 1  # turns between two notes of the time
        self.epoch = 0  # on the steady clock, when the repetition began

    def settle(self):
        """Makes this process as the cell wants it."""
        confine(self.cpus)
        for name, value in self.params.items():
            if name in LOCK_SETTERS:
                LOCK_SETTERS[name](value)

    def gap_kind(self):
        mode = MODES[self.mode]
        return "wait-lock" if LOCK_IS_EXCLUSIVE and mode.shares_memory and mode.side_by_side else None


class Task(object):
    """One call of the function. `with task.at(cell):` takes its times, and keeps what goes wrong inside."""

    def __init__(self, cell, number):
        self.cell, self.number = cell, number
        self.start = self.end = 0  # since the cell's epoch
        self.cpu, self.waits, self.answer, self.failure = None, 0, None, None
        self.facts = {}  # what only the experiment knows, to be told of all tasks together
        self.memory = None
        self.tracer = Tracer(cell.gap_kind(), cell.max_spans) if cell.max_spans else None

    def __enter__(self):
        if not MODES[self.cell.mode].one_loop:
            self.cpu = thread_cpu()
        began = now()
        self.start = began - self.cell.epoch
        if self.tracer:
            self.tracer.begin(began)

    def __exit__(self, kind, error, trace):
        ended = now()
        if self.cpu is not None:
            self.cpu = max(thread_cpu() - self.cpu, 0)
        self.end = ended - self.cell.epoch
        if self.tracer:
            self.tracer.end(ended)
        if error is not None:
            self.failure = reason_of(error)
        if self.cell.reads_memory:
            note_memory(self)
        return True

    def report(self):
        """Everything as plain data, so that it can come back from another process."""
        told = dict(self.__dict__, cell=None, tracer=None)
        if self.tracer:
            told["spans"], told["dropped"] = self.tracer.spans, self.tracer.dropped
        return told

    def take_report(self, told):
        cell, tracer = self.cell, self.tracer
        if tracer:
            tracer.spans, tracer.dropped = told.pop("spans"), told.pop("dropped")
        self.__dict__.update(told, cell=cell, tracer=tracer)


def note_memory(task):
    """The first task that ends, while the others are still there, looks at the memory of all; a process at its own."""
    cell = task.cell
    if cell.reads_memory == "once":
        cell.reads_memory = False
    task.memory = read_memory()


def run_task(shared, task):
    with task:
        EXPERIMENTS[task.cell.experiment].work(task.cell, shared, task)


def in_pieces(function, n, task):
    """Calls the function for n turns: at once, or for a timeline in pieces, and the time is noted between them."""
    if not task.tracer:
        function(n)
        return
    while n > 0:
        function(min(n, task.cell.piece))
        n -= task.cell.piece
        task.tracer.note()


# ---- The experiments


class Experiment(object):
    """What is done: the functions above, and around them what one must prepare, attend to and check. Facts as in
    docs/protocol.md."""

    headline = released = blocks_loop = tasks_rule = None
    totals, fixed_time, takes_fewer = (), False, False
    parameters, cost = [], []
    turn = None  # a function of a number of turns whose speed decides the sizes

    def max_tasks(self, mode):
        return 256, None

    def unavailable(self, mode):
        return None

    def describe(self):
        """Makes parameters and cost of what a turn takes here."""

    def prepare(self, cell):
        """Before the clock starts. What it returns all tasks get; a process has a copy, or what can be shared."""

    def work(self, cell, shared, task):
        """What one task does."""
        raise NotImplementedError

    def coroutine(self, cell, shared, task):
        """The same for a task of an event loop."""
        return at_once(self.work, cell, shared, task)

    def attend(self, cell, shared, tasks):
        """What the parent does while threads or processes are at work."""

    def conclude(self, cell, shared, tasks):
        """After the clock has stopped, also when something failed."""

    def check(self, cell, shared, tasks):
        """Returns why the outcome is wrong, or None."""

    def metrics(self, cell, shared, tasks, wall):
        return {}


def integer(name, low, high, default, text, **more):
    return dict({"name": name, "type": "integer", "min": low, "max": high, "default": default, "help": text}, **more)


def choice(name, choices, text):
    return {"name": name, "type": "choice", "choices": choices, "default": choices[0], "help": text}


def term(kind, ns, *times, **only_if):
    """A term of cost. In names of facts a dot is written as two underscores."""
    return {"kind": kind, "ns": ns, "times": list(times),
            "only_if": {name.replace("__", "."): value for name, value in only_if.items()}}


SIZED = "if not given, one task takes about 200 ms, less where a run of many cells would otherwise take longer than " \
        "the server allows"
TICKS_PER_TURN = 3  # `while n > 0: n -= 1` is about three instructions of Python 2, and so three of its ticks


class Countdown(Experiment):
    name = "countdown"
    summary = "count a number down to zero: bound to the CPU, so threads do not help under a GIL"

    def turn(self, n):
        count_down(n)

    def describe(self):
        ns = turn_ns(count_down)
        self.cost = [term("cpu", ns, "n")]
        self.parameters = [
            integer("n", 0, 10 ** 12, nice_size(ns), "the number to count down from; " + SIZED, unit="turns",
                    sized=True),
            integer("await_every", 0, 10 ** 12, 0,
                    "in epoll, let the others have a turn after so many ticks, of which a turn of the countdown has 3; "
                    "0: never", unit="ticks")]

    def work(self, cell, shared, task):
        in_pieces(count_down, cell.params["n"], task)
        task.answer = 0

    def coroutine(self, cell, shared, task):
        task.answer = 0
        if cell.params["await_every"] == 0:
            return at_once(self.work, cell, shared, task)
        return count_down_in_turns(cell.params["n"], max(cell.params["await_every"] // TICKS_PER_TURN, 1))

    def metrics(self, cell, shared, tasks, wall):
        return {"turns_per_s": cell.params["n"] * cell.n_tasks / (wall / 1e9)}


class Counter(Experiment):
    name = "counter"
    summary = "add up in a shared variable: the lock protects the interpreter, not the program"
    headline = {"figure": "metrics.lost_updates", "head": "off by", "words": "the counter was off by {}"}

    def turn(self, n):
        count_up(n)

    def describe(self):
        ns, with_call = turn_ns(count_up), turn_ns(count_up_with_call)
        self.cost = [term("cpu", ns, "n", switch_inside="off"),
                     term("cpu", with_call, "n", switch_inside="on"),
                     term("cpu", 5 * with_call, "n", switch_inside="on", mode__one_loop=True)]
        self.parameters = [
            integer("n", 1, 10 ** 11, nice_size(ns), "how often each task adds 1 to the counter; " + SIZED,
                    sized=True),
            choice("switch_inside", ["off", "on"],
                   "off: x += 1; on: x += f(), so that the lock may change hands between load and store")]

    def prepare(self, cell):
        global x
        x = 0

    def work(self, cell, shared, task):
        in_pieces(count_up_with_call if cell.params["switch_inside"] == "on" else count_up, cell.params["n"], task)
        task.answer = x

    def coroutine(self, cell, shared, task):
        if cell.params["switch_inside"] == "off":
            return at_once(self.work, cell, shared, task)
        return count_up_with_await(cell.params["n"])

    def conclude(self, cell, shared, tasks):
        """Every process has its own counter; where memory is shared there is one."""
        n = cell.params["n"]
        if MODES[cell.mode].shares_memory:
            self.counts = [(n * len(tasks), x)]
        else:
            self.counts = [(n, task.answer) for task in tasks]

    def check(self, cell, shared, tasks):
        if any(actual > expected for expected, actual in self.counts):
            return "the counter is higher than it was ever counted"
        mode = MODES[cell.mode]
        alone = len(tasks) == 1 or not mode.shares_memory or not (mode.side_by_side or mode.one_loop)
        if alone and any(actual < expected for expected, actual in self.counts):
            return "updates were lost where none can be"
        return None

    def metrics(self, cell, shared, tasks, wall):
        expected, actual = sum(count[0] for count in self.counts), sum(count[1] for count in self.counts)
        return {"expected": expected, "actual": actual, "lost_updates": expected - actual}


EXPERIMENTS = by_name(Countdown(), Counter())
ABSENT_EXPERIMENTS = {
    "refcount": "a Python program cannot choose how its references are counted: the interpreter does that, and the "
                "lock is there for it"}


# ---- The modes: who calls the function


class Region(object):
    """What is timed: from before the first task is made until after the last is joined. The clock is read last at the
    beginning and first at the end."""

    def __init__(self, cell):
        self.cell = cell
        self.create = self.wall = self.cpu = self.beside = 0
        self.switches = None
        self.started_fewer = None

    def begin(self):
        self.usage = Usage()
        self.cell.epoch = now()

    def made(self):
        self.create = now() - self.cell.epoch

    def end(self):
        self.wall = max(now() - self.cell.epoch, 1)
        usage = Usage()
        self.cpu = max(usage.cpu - self.usage.cpu, 0)
        if usage.switches:
            self.switches = [b - a for a, b in zip(self.usage.switches, usage.switches)]


class Serial(object):
    name, aliases, usual, baseline = "serial", [], True, True
    side_by_side, shares_memory, one_loop = False, True, False
    summary = "one after the other in one thread"
    task = {"noun": "call", "ns": 0, "bytes": 0}
    missing = None

    def run(self, experiment, cell, shared, tasks, region):
        region.begin()
        for task in tasks:
            run_task(shared, task)
        region.end()


class Threads(object):
    name, aliases, usual, baseline = "threads", ["thread", "threading"], True, False
    side_by_side, shares_memory, one_loop = True, True, False
    summary = "a thread for each task, all in one process (threading)"
    task = {"noun": "thread", "ns": 200e3, "bytes": 100 << 10}
    missing = None

    def run(self, experiment, cell, shared, tasks, region):
        threads = []
        region.begin()
        for task in tasks:
            thread = threading.Thread(target=run_task, args=(shared, task))
            thread.daemon = True
            try:
                thread.start()
            except Exception as error:
                region.started_fewer = reason_of(error)
                break
            threads.append(thread)
        region.made()
        experiment.attend(cell, shared, tasks[:len(threads)])
        for thread in threads:
            thread.join()
        region.end()
        del tasks[len(threads):]


def end_with_parent():
    """A process that was started for a task must not outlive who started it, however that ends."""
    try:
        import ctypes
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
    except (ImportError, OSError, AttributeError):
        pass


def process_main(cell, shared, number, connection):
    """A process that was not forked has read this file anew, and knows nothing of what was set."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    task = Task(cell, number)
    cell.settle()
    before = Usage()
    run_task(shared, task)
    after = Usage()
    task.facts["cpu"] = after.cpu - before.cpu
    connection.send(task.report())
    connection.close()


class Processes(object):
    name, aliases, usual, baseline = "processes", ["process", "multiprocessing"], True, False
    side_by_side, shares_memory, one_loop = True, False, False
    task = {"noun": "process", "ns": 3e6, "bytes": 6 << 20}
    missing = NO_PROCESSES
    summary = None if NO_PROCESSES else \
        "a process for each task (multiprocessing, start method %s): each has its own lock, and no shared data" \
        % START_METHOD

    def warm_up(self):
        """Where a server process forks for us, it is started before anything is measured."""
        if START_METHOD == "forkserver":
            process = multiprocessing.Process(target=count_down, args=(1,))
            process.start()
            process.join()

    def run(self, experiment, cell, shared, tasks, region):
        started = []
        region.begin()
        for task in tasks:
            ours, theirs = multiprocessing.Pipe(False)
            process = multiprocessing.Process(target=process_main, args=(cell, shared, task.number, theirs))
            process.daemon = True
            try:
                process.start()
            except Exception as error:
                region.started_fewer = reason_of(error)
                break
            theirs.close()
            started.append((task, process, ours))
        region.made()
        experiment.attend(cell, shared, tasks[:len(started)])
        for task, process, ours in started:
            try:
                task.take_report(ours.recv())
            except (EOFError, IOError, OSError):
                task.failure = "its process ended before the task did"
        for task, process, ours in started:
            process.join()
            ours.close()
            if process.exitcode != 0 and not (task.failure and "status" in task.failure):
                task.failure = self.end_of(process.exitcode)
        region.end()
        del tasks[len(started):]
        # Whoever was not forked by this process is not among the children that the kernel counts.
        if START_METHOD == "forkserver":
            region.beside = sum(task.facts.get("cpu", 0) for task in tasks)
            region.cpu += region.beside

    def end_of(self, status):
        if status < 0:
            return "its process died of signal %d" % -status
        return "its process ended with status %d" % status


class Epoll(object):
    name, aliases, usual, baseline = "epoll", ["asyncio", "async"], False, False
    side_by_side, shares_memory, one_loop = False, True, True
    summary = "all on one event loop in one thread (asyncio)"
    task = {"noun": "task", "ns": 20e3, "bytes": 4 << 10}
    missing = NO_LOOP

    def run(self, experiment, cell, shared, tasks, region):
        loop = asyncio.new_event_loop()
        try:
            region.begin()
            loop.run_until_complete(run_all_tasks(experiment, cell, shared, tasks))
            region.end()
        finally:
            loop.close()


COROUTINES_OF_MODES = '''
async def at_once(function, *arguments):
    """The event loop calls it, and gets nothing else done until it has ended."""
    function(*arguments)


async def run_task_on_loop(experiment, cell, shared, task):
    with task:
        await experiment.coroutine(cell, shared, task)


async def run_all_tasks(experiment, cell, shared, tasks):
    await asyncio.gather(*[run_task_on_loop(experiment, cell, shared, task) for task in tasks])
'''
if not NO_LOOP:
    exec(compile(COROUTINES_OF_MODES, "the coroutines of python.py", "exec"))

MODES = by_name(*[mode for mode in (Serial(), Threads(), Processes(), Epoll()) if not mode.missing])
ABSENT_MODES = {mode.name: mode.missing for mode in (Processes, Epoll) if mode.missing}


# ---- The catalog


def describe_mode(mode):
    members = "name", "summary", "aliases", "usual", "baseline", "side_by_side", "shares_memory", "one_loop", "task"
    return {member: getattr(mode, member) for member in members}


def describe_lock():
    return {"name": LOCK, "title": LOCK_TITLE, "summary": LOCK_SUMMARY, "usual": True,
            "exclusive": LOCK_IS_EXCLUSIVE, "fair": False, "whose": "all", "models": None, "real": LOCK_REAL,
            "crowding": 0, "parameters": [LOCK_PARAMETER] if LOCK_PARAMETER else []}


def describe_experiment(experiment):
    experiment.describe()
    described = {"name": experiment.name, "summary": experiment.summary, "parameters": experiment.parameters,
                 "cost": experiment.cost, "max_tasks": {}, "max_tasks_reason": {}, "unavailable": {}}
    for name in MODES:
        most, reason = experiment.max_tasks(MODES[name])
        described["max_tasks"][name] = most
        if reason:
            described["max_tasks_reason"][name] = reason
        reason = experiment.unavailable(MODES[name])
        if reason:
            described["unavailable"][name] = reason
    own = read_kilobytes(read_text("/proc/self/status"), "VmRSS") or 64 << 20
    described["memory"] = [{"per": "cell", "bytes": own, "times": [], "only_if": {}}] + [
        {"per": "task", "bytes": mode.task["bytes"], "times": [],
         "only_if": {"mode." + fact: getattr(mode, fact) for fact in ("side_by_side", "shares_memory", "one_loop")}}
        for mode in MODES.values() if mode.task["bytes"]]
    for member in "headline", "totals", "fixed_time", "released", "blocks_loop":
        if getattr(experiment, member):
            described[member] = getattr(experiment, member)
    if experiment.tasks_rule:
        described["tasks"] = experiment.tasks_rule
    return described


def cpus_usable():
    """A quota of one and a half CPUs is good for two."""
    quota = cpu_quota()
    return max(1, min(len(ALL_CPUS), int(-(-quota // 1)) if quota else len(ALL_CPUS)))


def describe():
    name, version = platform.python_implementation(), platform.python_version()
    experiments = [describe_experiment(EXPERIMENTS[each]) for each in EXPERIMENTS]
    return {"protocol": 1, "paces": True, "runtime": name.lower(), "version": version,
            "about": "%s %s, %s" % (name, version, LOCK_TITLE), "cpus_usable": cpus_usable(),
            "memory_bytes": read_kilobytes(read_text("/proc/meminfo"), "MemAvailable"), "host": {},
            "timeline_ns": GAP_NS, "turn_ns": EXPERIMENTS["countdown"].cost[0]["ns"],
            "modes": [describe_mode(MODES[each]) for each in MODES], "locks": [describe_lock()],
            "experiments": experiments, "absent": dict(ABSENT_EXPERIMENTS, **ABSENT_MODES)}


# ---- A repetition, from the cell to its sample


def start_delay(tasks, created):
    """How long nobody was at work after all tasks were made and before the last ended."""
    worked_until, delay = created, 0
    if created == 0:
        return 0
    for task in sorted(tasks, key=lambda task: task.start):
        delay += max(task.start - worked_until, 0)
        worked_until = max(worked_until, task.end)
    return delay


def memory_of(tasks, before):
    """What a task adds: a process all that it has, others their part of what has come to it."""
    noted = [task.memory for task in tasks if task.memory]
    if not noted or not before:
        return None
    mode = MODES[tasks[0].cell.mode]
    if mode.shares_memory:
        each = [max(during - earlier, 0) // len(tasks) for during, earlier in zip(noted[0], before)]
    else:
        each = [sum(column) // len(noted) for column in zip(*noted)]
    status = read_text("/proc/self/status")
    kernel_stack = 16384 if mode.side_by_side else 0
    return {"peak_rss_bytes": read_kilobytes(status, "VmHWM"), "virtual_bytes": read_kilobytes(status, "VmPeak"),
            "rss_per_task_bytes": each[0], "virtual_per_task_bytes": each[1],
            "kernel_per_task_bytes": each[2] + kernel_stack}


def rows_of(tasks, most):
    return [{"id": task.number, "start_ns": max(task.start, 0), "end_ns": max(task.end, 0), "cpu_ns": task.cpu,
             "answer": task.answer} for task in tasks[:most]]


def failure_of(experiment, cell, shared, tasks, region):
    """Why the repetition is none, or None."""
    if region.started_fewer and not experiment.takes_fewer:
        return "only %d of %d tasks could be started: %s" % (len(tasks), cell.n_tasks, region.started_fewer)
    for task in tasks:
        if task.failure:
            return "task %d: %s" % (task.number, task.failure)
    return experiment.check(cell, shared, tasks)


def run_once(cell, noise, reads_memory=False, max_spans=0):
    """Runs one repetition. Returns its tasks, and the members of its sample."""
    import gc
    experiment, mode, region = EXPERIMENTS[cell.experiment], MODES[cell.mode], Region(cell)
    cell.settle()
    cell.max_spans = max_spans
    shared = experiment.prepare(cell)
    tasks = [Task(cell, number) for number in range(cell.n_tasks)]
    gc.collect()
    before = read_memory() if reads_memory else None
    cell.reads_memory = reads_memory and ("once" if mode.shares_memory else "each")
    try:
        mode.run(experiment, cell, shared, tasks, region)
    finally:
        experiment.conclude(cell, shared, tasks)
    noised = noise.taken(region.beside)
    failure = failure_of(experiment, cell, shared, tasks, region)
    if failure:
        return tasks, {"status": "failed", "reason": failure}
    most = len(tasks) if cell.full else 256
    sample = {
        "status": "done", "wall_ns": region.wall, "cpu_ns": region.cpu, "create_ns": region.create,
        "join_ns": max(region.wall - max(task.end for task in tasks), 0), "start_ns": start_delay(tasks, region.create),
        "waits_ns": sum(task.waits for task in tasks) if all(task.waits is not None for task in tasks) else None,
        "context_switches": dict(zip(("voluntary", "involuntary"), region.switches)) if region.switches else None,
        "memory": memory_of(tasks, before), "lock_stats": None, "per_task": rows_of(tasks, most),
        "per_task_omitted": max(len(tasks) - most, 0),
        "completion_order": [task.number for task in sorted(tasks, key=lambda task: task.end)][:most],
        "metrics": experiment.metrics(cell, shared, tasks, region.wall)}
    if noised:
        sample["noise"] = noised
    return tasks, sample


def timeline_of(tasks, wall, most):
    """The spans of all tasks, the first ones to end."""
    epoch = tasks[0].cell.epoch
    spans = sorted(((until - epoch, task.number, kind, max(since - epoch, 0)) for task in tasks
                    for kind, since, until in task.tracer.spans))
    dropped = sum(task.tracer.dropped for task in tasks) + max(len(spans) - most, 0)
    return {"wall_ns": wall, "dropped": dropped, "instants": [],
            "spans": [[number, kind, since, until] for until, number, kind, since in spans[:most]]}


# ---- The protocol


class Server(object):
    """Whoever asks. Events go to the standard output that there was at the start: what a library prints goes to the
    standard error instead, and is no event."""

    def __init__(self):
        self.output = sys.stdout
        if hasattr(os, "dup2"):
            self.output = os.fdopen(os.dup(1), "w")
            os.dup2(2, 1)
        sys.stdout = sys.stderr
        self.paces = False

    def write(self, value):
        self.output.write(json.dumps(value, separators=(",", ":")) + "\n")
        self.output.flush()

    def tell(self, event, **members):
        """Writes an event and waits until the server says go on. Returns whether it says stop."""
        self.write(dict(members, event=event))
        return self.paces and sys.stdin.readline().strip() == "stop"


def prepare_run(request, cells):
    """All that is to be warm and loaded before anything is measured."""
    experiment = EXPERIMENTS[request["experiment"]]
    ns = turn_ns(experiment.turn) if experiment.turn else 100
    for cell in cells:
        cell.piece = max(int(PIECE_NS / ns), 1)
        cell.full = request.get("detail") == "full"
    for name in set(cell.mode for cell in cells):
        getattr(MODES[name], "warm_up", lambda: None)()


def run(server, request):
    cells = [Cell(request, given) for given in request["cells"]]
    friends = request.get("friends") or []
    prepare_run(request, cells)
    server.paces = request.get("pace", False)
    load = read_text("/proc/loadavg").split()
    server.tell("hello", protocol=1, runtime=platform.python_implementation().lower(),
                version=platform.python_version(), load1=float(load[0]) if load else None)
    failed = set()
    warmup, repeat = request.get("warmup", 1), request["repeat"]
    stopped = False
    for repetition in range(-warmup, max(request.get("max_repeat") or 0, repeat)):
        for cell in cells:
            if cell.number in failed or stopped:
                continue
            try:
                _, sample = run_once(cell, Noise(friends), reads_memory=repetition == -warmup)
            except Exception as error:
                sample = {"status": "failed", "reason": reason_of(error)}
            if sample["status"] == "failed":
                failed.add(cell.number)
            stopped = server.tell("sample", cell=cell.number, repetition=repetition, **sample)
    if request.get("timeline") == "on":
        trace(server, request, [cell for cell in cells if cell.number not in failed])
    server.write({"event": "done"})


def trace(server, request, cells):
    """One more repetition of each cell, for its timeline."""
    left = 100000
    for i, cell in enumerate(cells):
        most = max(min(request.get("max_spans") or 20000, left // (len(cells) - i)), 1)
        try:
            tasks, sample = run_once(cell, Noise([]), max_spans=most)
        except Exception as error:
            sample = {"status": "failed", "reason": reason_of(error)}
        if sample["status"] == "failed":
            server.tell("timeline", cell=cell.number, reason=sample["reason"])
            continue
        timeline = timeline_of(tasks, sample["wall_ns"], most)
        left -= len(timeline["spans"])
        server.tell("timeline", cell=cell.number, **timeline)


def main():
    # A run that is to end ends at once: its processes end with it, and nothing of it is worth keeping.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server = Server()
    try:
        if sys.argv[1:] == ["--describe"]:
            server.write(describe())
        else:
            run(server, json.loads(sys.stdin.readline()))
    except Exception as error:
        server.write({"event": "error", "message": reason_of(error)})
        raise


if __name__ == "__main__":
    main()
