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
import zlib

VERSION = "1"


# ---- The functions that are measured


def count_down(n):
    while n > 0:
        n -= 1


def get_page(url, seconds):
    page = open_url(url, timeout=seconds)
    return page.getcode(), page.read()


def hash_rounds(digest, pieces, rounds):
    while rounds > 0:
        for piece in pieces:
            digest.update(piece)
        rounds -= 1


# Not with zlib.compressobj: in Python 2.7 all its objects share one lock of zlib's own, and two threads would take turns.
def deflate_rounds(checksum, pieces, rounds):
    while rounds > 0:
        for piece in pieces:
            checksum = zlib.crc32(zlib.compress(piece, 1), checksum)
        rounds -= 1
    return checksum & 0xffffffff


def multiply_rounds(one, other, rounds):
    while rounds > 0:
        product = one.dot(other)
        rounds -= 1
    return product


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


def add_items(total, items):
    while items > 0:
        with total.get_lock():
            total.value += 1
        items -= 1


def send_items(pipe, items):
    while items > 0:
        os.write(pipe, b"one item")
        items -= 1


def sleep_and_wake(until, times):
    for moment in times:
        time.sleep(max(moment - now(), 0) / 1e9)
    time.sleep(max(until - now(), 0) / 1e9)


def answer_requests(connection):
    answered = 0
    while True:
        request = connection.recv(8)
        if not request:
            return answered
        connection.send(request)
        answered += 1


def compute_until_over(board, place, turns):
    while not board[OVER]:
        count_down(turns)
        board[place] += turns


COROUTINES = '''
async def count_down_in_turns(n, turns):
    while n > 0:
        count_down(min(n, turns))
        n -= turns
        await asyncio.sleep(0)


async def get_page_from(host, port, path):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET %s HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n" % (path, host.encode()))
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    content = await reader.read()
    writer.close()
    return int(head.split()[1]), content


async def f_that_waits(n):
    if n % AWAIT_EVERY == 0:
        await asyncio.sleep(0)
    return 1


async def count_up_with_await(n):
    global x
    while n > 0:
        x += await f_that_waits(n)
        n -= 1


async def sleep_and_wake_on_loop(until, times):
    for moment in times:
        await asyncio.sleep(max(moment - now(), 0) / 1e9)
    await asyncio.sleep(max(until - now(), 0) / 1e9)


async def answer_requests_on_loop(connection):
    loop, answered = asyncio.get_event_loop(), 0
    while True:
        request = await loop.sock_recv(connection, 8)
        if not request:
            return answered
        await loop.sock_sendall(connection, request)
        answered += 1


async def compute_in_turns(board, place, turns):
    while not board[OVER]:
        count_down(turns)
        board[place] += turns
        await asyncio.sleep(0)
'''
AWAIT_EVERY = 1000  # on a loop, f() lets the others have a turn in one call of so many
OVER = 0  # the place on the board that ends the computing


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


def confine_by_taskset(cpus):
    """It goes from thread to thread, and gives up at one that has just ended, as those of a compiler do."""
    import subprocess
    for _ in range(20):
        process = subprocess.Popen(["taskset", "-a", "-c", "-p", ",".join(map(str, cpus)), str(os.getpid())],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = process.communicate()[0]
        if process.returncode == 0:
            return
    raise OSError("taskset could not confine it to %d CPUs: %s" % (len(cpus), text.decode("ascii", "replace").strip()))


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
        confine_by_taskset(cpus)
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


def by_name(*things):
    """In their order, which a plain dictionary of Python 2 does not keep."""
    return collections.OrderedDict((thing.name, thing) for thing in things)


class Lock(object):
    """A lock that this interpreter really has, with the members of the catalog. real is the word for the real thing in
    docs/protocol.md."""

    def __init__(self, name, real, title, summary, exclusive=True, whose="all", parameters=(),
                 between_bytecodes=False):
        self.name, self.real, self.title, self.summary = name, real, title, summary
        self.exclusive, self.whose, self.parameters = exclusive, whose, list(parameters)
        self.between_bytecodes = between_bytecodes  # it may change hands within x += 1


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


def own_lock():
    """Nothing in the language tells what lock an interpreter has, so its makers are asked for their name."""
    implementation = platform.python_implementation()
    if implementation == "Jython":
        return Lock("none", "jython", "no lock", "no lock: Jython's threads are threads of Java", exclusive=False)
    if implementation == "PyPy":
        return Lock("gil-pypy", "pypy", "the GIL of PyPy", "the global lock (GIL) of PyPy: one thread at a time runs Python "
                    "code, as in CPython; when it changes hands is by rules of PyPy's own", parameters=[switch_interval()])
    if implementation != "CPython":
        return Lock("unknown", None, "its own lock", "whatever lock %s has" % implementation, exclusive=False)
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return Lock("none", "free-threaded", "no lock", "no lock: this CPython is free-threaded (PEP 703)",
                    exclusive=False)
    if sys.version_info[0] == 2:
        return Lock("gil-py2", "cpython2", "the lock of Python 2", "the global lock of CPython 2: let go and taken "
                    "again every check interval", parameters=[check_interval()], between_bytecodes=True)
    return Lock("gil", "cpython3", "the GIL", "the global lock of CPython 3: a waiter asks for it after one switch "
                "interval", parameters=[switch_interval()], between_bytecodes=sys.version_info < (3, 10))


def find_interpreters():
    """The module that makes interpreters inside of this one; it has had several names."""
    try:
        import _interpreters as module
    except ImportError:
        import _xxsubinterpreters as module
    return module


def interpreters_lock():
    if not OWN_LOCK.exclusive:
        raise ImportError("there is no lock that each could have for itself")
    if sys.version_info < (3, 12):
        raise ImportError("interpreters of one process share one lock before Python 3.12")
    find_interpreters()
    return Lock("per-interpreter", "interpreters", "a lock for each interpreter", "a lock of its own for each "
                "interpreter (PEP 684): in threads, each task has an interpreter", exclusive=False, whose="task",
                parameters=[switch_interval()])


# An interpreter that was made for a task runs this file, too, and so does a process that was not forked (under the name
# that multiprocessing gives it). They need no more than the task.
IN_INTERPRETER = __name__ == "interpreter_of_a_task"
IS_FOR_A_TASK = IN_INTERPRETER or __name__ == "__mp_main__"
ABSENT = {}
OWN_LOCK = own_lock()
LOCKS = by_name(OWN_LOCK)
try:
    LOCKS["per-interpreter"] = interpreters_lock()
except ImportError as error:
    ABSENT["per-interpreter"] = "this Python has no interpreters with locks of their own (%s)" % error
LOCKS_OF_OTHERS = {"none": "this Python has its lock; one that is built without and runs so, as python3.13t does, has none",
                   "gil": "that is the lock of CPython 3", "gil-py2": "that is the lock of CPython 2",
                   "gil-pypy": "that is the lock of PyPy"}
ABSENT.update((name, reason) for name, reason in LOCKS_OF_OTHERS.items() if name not in LOCKS)
try:
    if IN_INTERPRETER:
        raise ImportError("where a task is alone")
    import multiprocessing

    NO_PROCESSES = None
    START_METHOD = getattr(multiprocessing, "get_start_method", lambda: "fork")()
except ImportError as error:
    NO_PROCESSES, START_METHOD = "this Python has no multiprocessing (%s)" % error, None
try:
    if IS_FOR_A_TASK:
        raise ImportError("where a task is alone")
    import asyncio

    NO_LOOP = None
    exec(compile(COROUTINES, "the coroutines of python.py", "exec"))
except ImportError as error:
    NO_LOOP = "this Python has no asyncio (%s)" % error


def nice_size(ns):
    """How many turns of so many nanoseconds make about 200 ms: 1, 2 or 5 with zeros."""
    wanted, power = max(200e6 / ns, 1), 1
    while wanted >= power * 10:
        power *= 10
    digit = wanted / power
    return power * (1 if digit < 2 ** .5 else 2 if digit < 10 ** .5 else 5 if digit < 50 ** .5 else 10)


def measure_turn(function):
    """What one turn of function(n) takes in nanoseconds when it is warm: the least of several runs of 10 ms. An
    interpreter that compiles what runs often gives itself away, as its first turns take many times as long; and it
    compiles beside the program, better the second time, so there the runs go on until half a second brought nothing."""
    n, best, first, runs_in_vain = 1, float("inf"), None, 0
    began = gained = now()
    while now() - began < 1500000000:
        since = now()
        function(n)
        turn = max(now() - since, 1) / n
        if n == 64:
            first = turn
        if turn < best * 0.95:
            gained, runs_in_vain = now(), 0
        best = min(best, turn)
        if turn * n < 10000000:
            n *= 2
            continue
        runs_in_vain += 1
        compiles = first is not None and first > 5 * best
        if runs_in_vain > 4 and (not compiles or now() - gained > 500000000):
            break
    return best


# ---- Spans, for a timeline

PIECE_NS = 50000  # a traced task notes the time so often
GAP_NS = 4 * PIECE_NS  # and where the next note comes later than this, it was not running


class Tracer(object):
    """The spans of one task: it runs, notes the time every few turns, and where a note is missing, it did not run. It
    does not know why; gap_kind is what can be concluded from the cell (None: nothing)."""

    def __init__(self, gap, gap_kind, most):
        self.gap, self.gap_kind, self.most = gap, gap_kind, most
        self.spans, self.dropped = [], 0
        self.since = self.last = 0  # it has run since, and was seen last
        self.is_stepped = False  # by an event loop: then nothing needs to be noted

    def add(self, kind, since, until):
        if until <= since or not kind:
            return
        if len(self.spans) < self.most:
            self.spans.append((kind, since, until))
        else:
            self.dropped += 1

    def begin(self, at):
        self.since = self.last = at

    def note(self, at=None):
        """Of the work between two notes some part came before a gap and the rest behind it, nobody knows how much.
        Half of it each is right on average; without it, every slice would be too short by all of it."""
        at = at or now()
        if at - self.last > self.gap:
            half = self.gap // 8  # a gap is of four notes at the least
            stopped, went_on = self.last + half, at - half
            self.add("run", self.since, stopped)
            self.add(self.gap_kind, stopped, went_on)
            self.since = went_on
        self.last = at

    def passed(self, kind, since):
        """From then until now it did something else than run."""
        if self.is_stepped:
            return
        self.note(since)
        self.add("run", self.since, since)
        self.begin(now())
        self.add(kind, since, self.since)

    def end(self, at):
        self.note(at)
        self.add("run", self.since, at)


class Steps(object):
    """What an event loop runs in place of a coroutine, to see it go on and pause."""

    def __init__(self, coroutine, tracer, gap_kind):
        self.coroutine, self.tracer, self.gap_kind = coroutine, tracer, gap_kind
        tracer.is_stepped = True

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self.step(self.coroutine.send, None)

    def send(self, value):
        return self.step(self.coroutine.send, value)

    def throw(self, *error):
        return self.step(self.coroutine.throw, *error)

    def close(self):
        self.coroutine.close()

    def step(self, call, *arguments):
        began = now()
        self.tracer.add(self.gap_kind, self.tracer.last, began)
        try:
            return call(*arguments)
        finally:
            self.tracer.begin(now())
            self.tracer.add("run", began, self.tracer.last)


# ---- Cells and their tasks


class Cell(object):
    """One combination of mode, lock, number of tasks, CPUs and parameters, and what its next repetition is to note. It
    travels to other processes and interpreters, so it is plain data."""

    def __init__(self, request, given):
        self.number, self.experiment = given["cell"], request["experiment"]
        self.mode, self.lock, self.n_tasks, self.cpus = given["mode"], given["lock"], given["tasks"], given["cpus"]
        self.params, self.owner = given["params"], os.getpid()
        self.seed, self.is_full = request.get("seed", 1), request.get("detail") == "full"
        self.ports = (request.get("origin") or {}).get("ports", [])
        self.reads_memory = False
        self.max_spans = 0  # of each task; 0: there is no timeline
        self.piece = 1  # turns between two notes of the time
        self.gap = GAP_NS
        self.epoch = 0  # on the steady clock, when the repetition began

    def settle(self):
        """Makes this process as the cell wants it."""
        if not IN_INTERPRETER:
            confine(self.cpus)
        for name, value in self.params.items():
            if name in LOCK_SETTERS:
                LOCK_SETTERS[name](value)

    def gap_kind(self):
        mode = MODES[self.mode]
        return "wait-lock" if LOCKS[self.lock].exclusive and mode.shares_memory and mode.side_by_side else None

    def is_in_interpreters(self):
        mode = MODES[self.mode]
        return LOCKS[self.lock].whose == "task" and mode.shares_memory and mode.side_by_side

    def is_in_processes(self):
        return not MODES[self.mode].shares_memory

    def shares_memory(self):
        """Whether tasks see each other's data, which those in interpreters of their own do not."""
        return MODES[self.mode].shares_memory and not self.is_in_interpreters()


class Task(object):
    """One call of the function. `with task.at(cell):` takes its times, and keeps what goes wrong inside."""

    def __init__(self, cell, number):
        self.cell, self.number = cell, number
        self.start = self.end = 0  # since the cell's epoch
        self.cpu, self.waits, self.answer, self.failure = None, 0, None, None
        self.facts = {}  # what only the experiment knows, to be told of all tasks together
        self.memory = None
        self.tracer = Tracer(cell.gap, cell.gap_kind(), cell.max_spans) if cell.max_spans else None

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

    def passed(self, kind, since):
        """From then until now it did something else than run."""
        if self.tracer:
            self.tracer.passed(kind, since)

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
        told["memory"] = told["memory"] or self.memory
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
    """What is done: one of the functions above, and around it what must be prepared, attended to and checked. The facts
    are those of docs/protocol.md."""

    headline = released = blocks_loop = tasks_rule = None
    totals, fixed_time = (), False
    takes_fewer = False  # tasks that cannot be started are a result
    turn_ns = 25  # what one turn of its function takes; measure() finds out

    def measure(self):
        """Finds out how fast its function is here, and warms it up."""

    def turn_ns_of(self, cell):
        """What one turn takes with the parameters of the cell."""
        return self.turn_ns

    def parameters(self):
        return []

    def cost(self):
        return []

    def memory(self):
        return []

    def max_tasks(self, mode):
        """The most tasks in a mode, and why no more if it is the machine that allows no more."""
        return 256, None

    def unavailable(self, mode):
        """Why it cannot run in a mode, or None."""

    def prepare(self, cell):
        """Before the clock starts. What it returns all tasks get; a process gets a copy, or what can be shared."""

    def to_interpreter(self, cell, shared):
        """What is shared as plain data, for the interpreter of a task: numbers of open files are the same there. None:
        it prepares by itself."""

    def in_interpreter(self, cell, plain):
        """There, what prepare() has returned here."""

    def after_interpreter(self, cell, shared):
        """Here, when a task has ended there."""

    def work(self, cell, shared, task):
        """What one task does."""
        raise NotImplementedError

    def coroutine(self, cell, shared, task):
        """The same for a task of an event loop; None: it does work() at once, and nobody else has a turn meanwhile."""

    def gap_on_loop(self, task):
        """The kind of span between two steps of the coroutine; None: it waits for nothing but its turn."""

    def attend(self, cell, shared, tasks):
        """What the parent does while threads or processes are at work."""

    def conclude(self, cell, shared, tasks):
        """After the clock has stopped, also when something failed."""

    def check(self, cell, shared, tasks):
        """Why the outcome is wrong, or None."""

    def metrics(self, cell, shared, tasks, region):
        return {}


def integer(name, low, high, default, text, **more):
    return dict({"name": name, "type": "integer", "min": low, "max": high, "default": default, "help": text}, **more)


def choice(name, choices, text):
    return {"name": name, "type": "choice", "choices": choices, "default": choices[0], "help": text}


def term(kind, ns, *times, **only_if):
    """A term of cost. In the name of a fact two underscores stand for the dot."""
    return {"kind": kind, "ns": ns, "times": list(times),
            "only_if": {name.replace("__", "."): value for name, value in only_if.items()}}


SIZED = ("if not given, one task takes about 200 ms, less where a run of many cells would otherwise take longer than "
         "the server allows")
TICKS_PER_TURN = 3  # `while n > 0: n -= 1` is about three instructions of Python 2, and so three of its ticks


class Countdown(Experiment):
    name = "countdown"
    summary = "count a number down to zero: bound to the CPU, so threads do not help under a GIL"

    def measure(self):
        self.turn_ns = measure_turn(count_down)

    def parameters(self):
        return [integer("n", 0, 10 ** 12, nice_size(self.turn_ns), "the number to count down from; " + SIZED,
                        unit="turns", sized=True),
                integer("await_every", 0, 10 ** 12, 0, "ticks until a task lets the others have a turn; in epoll only; a "
                        "turn of the countdown has 3 ticks; 0: it never does", unit="ticks")]

    def cost(self):
        return [term("cpu", self.turn_ns, "n")]

    def work(self, cell, shared, task):
        in_pieces(count_down, cell.params["n"], task)
        task.answer = 0

    def coroutine(self, cell, shared, task):
        if cell.params["await_every"] == 0:
            return None
        task.answer = 0
        return count_down_in_turns(cell.params["n"], max(cell.params["await_every"] // TICKS_PER_TURN, 1))

    def metrics(self, cell, shared, tasks, region):
        return {"turns_per_s": cell.params["n"] * len(tasks) / (region.wall / 1e9)}


def random_numbers(state):
    """64 bits at a time, the same for every run with this seed (splitmix64, as in base/random.h)."""
    most = (1 << 64) - 1
    while True:
        state = state + 0x9e3779b97f4a7c15 & most
        z = (state ^ state >> 30) * 0xbf58476d1ce4e5b9 & most
        z = (z ^ z >> 27) * 0x94d049bb133111eb & most
        yield z ^ z >> 31


open_url = None  # loaded when it is needed


def find_open_url():
    """urllib's way to open a page, without what could lead elsewhere: no proxies and no redirects, and an answer with
    any status is an answer."""
    try:
        from urllib.request import HTTPHandler, OpenerDirector
    except ImportError:
        from urllib2 import HTTPHandler, OpenerDirector
    opener = OpenerDirector()
    opener.add_handler(HTTPHandler())
    opener.addheaders = [("User-Agent", "gilscope")]
    return opener.open


class Fetch(Experiment):
    name = "fetch"
    summary = "get a page of gilscope's own slow server, with urllib or asyncio: bound to waiting, whatever the lock"
    totals = ("requests", "answers_2xx", "answers_3xx", "answers_4xx", "answers_5xx", "answers_other", "answers_empty",
              "bytes_received", "responses")
    blocks_loop = {"only_if": {"client": "blocking"}}

    def parameters(self):
        return [integer("requests", 1, 50, 1, "how many pages each task gets, one after the other"),
                integer("delay_ms", 0, 60000, 200, "how long the own server waits before it answers", unit="ms"),
                integer("jitter_ms", 0, 60000, 0, "how much longer it waits by chance, from 0 to this; the seed decides",
                        unit="ms"),
                integer("bytes", 0, 10000000, 1024, "length of the own server's page", unit="bytes"),
                integer("request_timeout_ms", 1, 600000, 10000, "how long a request may take; a longer one has failed", unit="ms"),
                choice("client", ["async", "blocking"],
                       "how a task waits on an event loop; async: on the loop, with streams of asyncio; blocking: in the "
                       "call of urllib, as in all other modes, which freezes it"),
                choice("expect", ["any", "2xx"],
                       "which answers are good ones; 2xx: one with any other status has failed; any: all are counted")]

    def cost(self):
        return [term("wait", 1e6, "requests", "delay_ms"), term("wait", 0.5e6, "requests", "jitter_ms"),
                term("cpu", 1e6, "requests"), term("cpu", 2, "requests", "bytes")]

    def memory(self):
        return [{"per": "task", "bytes": 100 << 10, "times": [], "only_if": {}},
                {"per": "task", "bytes": 2, "times": ["bytes"], "only_if": {}}]

    def max_tasks(self, mode):
        if not mode.side_by_side and not mode.one_loop:
            return 10000, None
        most, reason = room_for(mode, 10000)
        files = most_files()
        if files and (files - 64) // (1 if mode.one_loop else 4) < most:
            return max((files - 64) // (1 if mode.one_loop else 4), 1), \
                "no more than %d files may be open at once (RLIMIT_NOFILE)" % files
        return most, reason

    def prepare(self, cell):
        self.get_ready()
        if not cell.ports:
            raise ValueError("the slow server for fetch is not there")
        if "url" in cell.params:
            raise ValueError("it gets pages of gilscope's own slow server only")

    def get_ready(self):
        """A process that was not forked has to do it again, and what that takes is a part of what such a one takes."""
        global open_url
        open_url = open_url or find_open_url()

    def path(self, cell, task, request):
        """The delay depends on seed, task and request alone, so that every mode waits for the same times."""
        delay = cell.params["delay_ms"]
        if cell.params["jitter_ms"]:
            numbers = random_numbers(cell.seed ^ (task.number << 32 | request))
            next(numbers)
            delay += next(numbers) * (cell.params["jitter_ms"] + 1) >> 64
        return "/task/%d/page/%d?delay_ms=%d&bytes=%d" % (task.number, request, delay, cell.params["bytes"])

    def port(self, cell, task):
        return cell.ports[task.number % len(cell.ports)]

    def take_answer(self, cell, task, since, status, content):
        """Notes an answer that came just now."""
        if now() - since > cell.params["request_timeout_ms"] * 1000000:
            raise ValueError("request %d took longer than request_timeout_ms=%d" % (
                len(task.answer), cell.params["request_timeout_ms"]))
        task.answer.append({"status": status, "bytes": len(content), "total_ns": now() - since,
                            "content_start": printable(content[:64])})
        if cell.params["expect"] == "2xx" and not 200 <= status < 300:
            raise ValueError("request %d was answered with status %d, and expect=2xx wants 200 to 299" % (
                len(task.answer) - 1, status))

    def work(self, cell, shared, task):
        self.get_ready()
        task.answer = []
        for request in range(cell.params["requests"]):
            url = "http://127.0.0.1:%d%s" % (self.port(cell, task), self.path(cell, task, request))
            since, used = now(), thread_cpu()
            status, content = get_page(url, cell.params["request_timeout_ms"] / 1e3)
            task.waits += max(now() - since - (thread_cpu() - used), 0)
            task.passed("wait-io", since)
            self.take_answer(cell, task, since, status, content)

    def coroutine(self, cell, shared, task):
        return get_pages_on_loop(self, cell, task) if cell.params["client"] == "async" else None

    def gap_on_loop(self, task):
        return "wait-io"

    def check(self, cell, shared, tasks):
        for task in tasks:
            if any(row["status"] != 200 or row["bytes"] != cell.params["bytes"] for row in task.answer):
                return "task %d: the page was not the one that was asked for" % task.number
        return None

    def metrics(self, cell, shared, tasks, region):
        rows = [row for task in tasks for row in task.answer]
        codes, classes = collections.Counter(str(row["status"]) for row in rows), collections.Counter()
        for row in rows:
            classes[row["status"] // 100 if 200 <= row["status"] < 600 else 0] += 1
        told = {"answers_%dxx" % digit: classes[digit] for digit in (2, 3, 4, 5)}
        told.update(requests=len(rows), answers_other=classes[0], answers_empty=sum(not row["bytes"] for row in rows),
                    requests_per_s=len(rows) / (region.wall / 1e9), bytes_received=sum(row["bytes"] for row in rows),
                    responses=dict(codes))
        return told


def printable(content):
    """A page may be anything: a picture, half a character, an escape sequence for the reader's terminal."""
    return "".join(chr(c) if 32 <= c < 127 and c != 92 else "\\x%02x" % c for c in bytearray(content))


def most_files():
    """How many files may be open at once; 0: any number. A program may raise its limit so far."""
    try:
        import resource
    except ImportError:
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return 0
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def room_for(mode, most):
    """How many tasks of a mode this machine bears, and what it is that allows no more. Others need memory and process
    numbers as well, so half of the one and a tenth of the other stay free."""
    limits = []
    if mode.side_by_side:
        memory = read_kilobytes(read_text("/proc/meminfo"), "MemAvailable")
        limits.append((memory // 2 // mode.task["bytes"], "half of the memory that is available"))
        for name in "kernel/pid_max", "kernel/threads-max":
            number = int(read_text("/proc/sys/" + name) or 0)
            limits.append((number * 9 // 10 - 1000, "the numbers of processes (%s)" % name))
    for limit, reason in limits:
        if 0 < limit < most:
            return limit, "no more than %d fit into %s" % (limit, reason)
    return most, None


class Crunch(Experiment):
    name = "crunch"
    summary = "hash a picture, or multiply matrices with NumPy: work in C that can be done outside the lock"
    released = {"only_if": {"release": "on"}}
    KEPT = 2047  # hashlib keeps the lock for fewer bytes than 2048
    USUAL_N = 256

    def kernels(self):
        """What can be computed here, the usual one first. hashlib without OpenSSL has a SHA-256 of its own, which never
        lets go of the lock. NumPy is not looked for in an interpreter of a task: it does not load there."""
        usual = ["sha256"] if hash_lets_go() else ["deflate", "sha256"]
        return usual if IN_INTERPRETER or not load_numpy() else usual + ["matmul"]

    def measure(self):
        import hashlib
        digest, picture = hashlib.sha256(), bytes(bytearray(self.USUAL_N ** 2))
        self.turn_ns = measure_turn((lambda rounds: hash_rounds(digest, [picture], rounds)) if hash_lets_go() else
                                    (lambda rounds: deflate_rounds(0, [picture], rounds)))

    def turn_ns_of(self, cell):
        return self.turn_ns * cell.params["n"] ** 2 / self.USUAL_N ** 2

    def parameters(self):
        return [choice("kernel", self.kernels(), "what is computed; sha256 hashes n pictures of n times n bytes (hashlib); deflate "
                       "compresses them (zlib, for a Python whose hashlib keeps the lock); matmul multiplies two "
                       "matrices of n times n numbers (NumPy, where it is installed)"),
                choice("release", ["on", "off"], "whether the lock is let go meanwhile; on: by hashlib; off: it gets so "
                       "little at once that it does not (fewer than 2,048 bytes). NumPy and zlib always let go"),
                integer("n", 64, 2048, self.USUAL_N, "rows and columns of the pictures or matrices; the work grows "
                        "with its third power"),
                integer("rounds", 1, 10 ** 9, nice_size(self.turn_ns * self.USUAL_N), "how many times a task does it; if not given, "
                        "one task takes about 200 ms for the default n and sha256, less where a run of many cells "
                        "would otherwise take longer than the server allows", sized=True)]

    def cost(self):
        each = self.turn_ns / self.USUAL_N ** 2
        return [term("outside", each, "rounds", "n", "n", "n", release="on"),
                term("cpu", 1.5 * each, "rounds", "n", "n", "n", release="off")]

    def prepare(self, cell):
        n = cell.params["n"]
        if cell.params["kernel"] == "matmul":
            if cell.params["release"] == "off":
                raise ValueError("NumPy lets go of the lock by itself, so kernel=matmul has no release=off")
            numpy = load_numpy()
            row = numpy.arange(n, dtype=float) % 7
            return [numpy.tile(row, (n, 1)), numpy.tile(row, (n, 1))]
        if cell.params["kernel"] == "deflate" and cell.params["release"] == "off":
            raise ValueError("zlib lets go of the lock by itself, so kernel=deflate has no release=off")
        if cell.params["kernel"] == "sha256" and cell.params["release"] == "on" and not hash_lets_go():
            raise ValueError("the hashlib of this Python was built without OpenSSL and never lets go of the lock, so "
                             "kernel=sha256 has no release=on; kernel=deflate has")
        numbers = random_numbers(cell.seed)
        picture = bytes(bytearray(next(numbers) & 255 for _ in range(n))) * n
        most = len(picture) if cell.params["release"] == "on" else self.KEPT
        return [picture[at:at + most] for at in range(0, len(picture), most)]

    def work(self, cell, shared, task):
        import hashlib
        rounds, since, digest = cell.params["rounds"], now(), hashlib.sha256()
        if cell.params["kernel"] == "matmul":
            task.answer = int(multiply_rounds(shared[0], shared[1], rounds).sum()) & 0xffffffff
        elif cell.params["kernel"] == "deflate":
            task.answer = deflate_rounds(0, shared, rounds * cell.params["n"])
        elif cell.params["release"] == "on":
            hash_rounds(digest, shared, rounds * cell.params["n"])
        else:
            in_pieces(lambda n: hash_rounds(digest, shared, n), rounds * cell.params["n"], task)
        if cell.params["kernel"] == "sha256":
            task.answer = int(digest.hexdigest()[:8], 16)
        if cell.params["release"] == "on":
            task.passed("outside", since)

    def check(self, cell, shared, tasks):
        return None if len(set(task.answer for task in tasks)) == 1 else "its result has a wrong checksum"

    def metrics(self, cell, shared, tasks, region):
        done = cell.params["n"] ** 3 * cell.params["rounds"] * len(tasks) / (region.wall / 1e9)
        told = {"checksum": tasks[0].answer}
        told.update({"operations_per_s": 2 * done} if cell.params["kernel"] == "matmul" else {"bytes_per_s": done})
        return told


def hash_lets_go():
    """Whether the SHA-256 of hashlib is OpenSSL's, which computes outside the lock."""
    try:
        import _hashlib
    except ImportError:
        return False
    return hasattr(_hashlib, "openssl_sha256")


def load_numpy():
    """NumPy, or None. Its library of linear algebra would use threads of its own, all CPUs for one task."""
    for name in "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS":
        os.environ[name] = "1"
    try:
        import numpy
    except ImportError:
        return None
    return numpy


class Counter(Experiment):
    name = "counter"
    summary = "add up in a shared variable: the lock protects the interpreter, not the program"
    headline = {"figure": "metrics.lost_updates", "head": "off by", "words": "the counter was off by {}"}
    with_call_ns = 50

    def measure(self):
        self.turn_ns, self.with_call_ns = measure_turn(count_up), measure_turn(count_up_with_call)

    def parameters(self):
        return [integer("n", 1, 10 ** 11, nice_size(self.turn_ns), "how often each task adds 1 to the counter; " +
                        SIZED, sized=True),
                choice("switch_inside", ["off", "on"],
                       "how a task adds 1; off: x += 1; on: x += f(), so that the lock may change hands between load and store")]

    def cost(self):
        return [term("cpu", self.turn_ns, "n", switch_inside="off"),
                term("cpu", self.with_call_ns, "n", switch_inside="on"),
                term("cpu", 5 * self.with_call_ns, "n", switch_inside="on", mode__one_loop=True)]

    def prepare(self, cell):
        global x
        x = 0

    def work(self, cell, shared, task):
        in_pieces(count_up_with_call if cell.params["switch_inside"] == "on" else count_up, cell.params["n"], task)
        task.answer = x

    def coroutine(self, cell, shared, task):
        return count_up_on_loop(cell, task) if cell.params["switch_inside"] == "on" else None

    def conclude(self, cell, shared, tasks):
        """Of each counter what it should have come to, and what it did: where memory is shared there is one."""
        n = cell.params["n"]
        self.counts = [(n * len(tasks), x)] if cell.shares_memory() else [(n, task.answer or 0) for task in tasks]

    def check(self, cell, shared, tasks):
        """A counter can lose updates but not gain any; and whoever is alone with it loses none."""
        mode = MODES[cell.mode]
        is_alone = len(tasks) == 1 or not cell.shares_memory() or not (mode.side_by_side or mode.one_loop)
        for expected, actual in self.counts:
            if actual > expected:
                return "the counter is higher than it was ever counted"
            if is_alone and actual < expected:
                return "updates were lost where none can be"
        return None

    def metrics(self, cell, shared, tasks, region):
        expected, actual = [sum(column) for column in zip(*self.counts)]
        return {"expected": expected, "actual": actual, "lost_updates": expected - actual}


class PipeSemaphore(object):
    """What is in a pipe may be taken out: a semaphore for those who share nothing but open files."""

    def __init__(self, n, ends=None):
        self.ends = ends or os.pipe()
        for _ in range(n):
            self.release()

    def release(self):
        os.write(self.ends[1], b"x")

    def acquire(self, waits=True, seconds=None):
        import select
        ready = select.poll()
        ready.register(self.ends[0], select.POLLIN)
        return bool(ready.poll(None if seconds is None else seconds * 1000)) and bool(os.read(self.ends[0], 1))

    def __enter__(self):
        self.acquire()

    def __exit__(self, *error):
        self.release()

    def close(self):
        for end in self.ends:
            os.close(end)


class SharedNumbers(object):
    """Whole numbers in memory that is shared by those who share nothing but open files."""

    def __init__(self, n, file=None):
        import mmap
        self.file = os.memfd_create("shared") if file is None else file
        os.ftruncate(self.file, n * 8)
        self.numbers = memoryview(mmap.mmap(self.file, n * 8)).cast("q")

    def close(self):
        os.close(self.file)


class SharedTotal(object):
    """multiprocessing.Value for interpreters inside of one process."""

    def __init__(self, plain=None):
        file, ends = plain or (None, None)
        self.memory, self.lock = SharedNumbers(1, file), PipeSemaphore(0 if ends else 1, ends)

    def get_lock(self):
        return self.lock

    value = property(lambda self: self.memory.numbers[0], lambda self, value: self.memory.numbers.__setitem__(0, value))

    def plain(self):
        return [self.memory.file, self.lock.ends]

    def close(self):
        self.memory.close()
        self.lock.close()


def shared_number():
    """By its type: before Python 3.7 no letter stands for it."""
    import ctypes
    return multiprocessing.Value(ctypes.c_longlong, 0)


class Total(object):
    """A variable that processes have copies of, with the two members of multiprocessing.Value that are needed."""

    def __init__(self):
        self.value, self.lock = 0, threading.Lock()

    def get_lock(self):
        return self.lock

    def __getstate__(self):
        return self.value

    def __setstate__(self, value):
        self.value, self.lock = value, threading.Lock()


class Pipe(object):
    """Has two ends; whoever is given it as a process of its own gets both, whatever way it was started."""

    def __init__(self):
        if NO_PROCESSES:
            self.to_read, self.to_write = os.pipe()
        else:
            self.ends = multiprocessing.Pipe(False)
            self.to_read, self.to_write = [end.fileno() for end in self.ends]
        self.is_open = True

    def __getstate__(self):
        return self.ends

    def __setstate__(self, ends):
        self.ends = ends
        self.to_read, self.to_write = [end.fileno() for end in self.ends]
        self.is_open = True

    def end_writing(self):
        """The reader sees the end when the last that has this end has closed it."""
        if self.is_open:
            self.is_open = False
            if NO_PROCESSES:
                os.close(self.to_write)
            else:
                self.ends[1].close()

    def close(self):
        self.end_writing()
        if NO_PROCESSES:
            os.close(self.to_read)
        else:
            self.ends[0].close()


class WriteEnd(object):
    """The end of a pipe in the interpreter of a task, where it belongs to others, too."""

    def __init__(self, to_write):
        self.to_write = to_write


class Shared(object):
    """What tasks tell the parent by: a total, or a pipe with what the parent has counted out of it."""

    def __init__(self, total, pipe, left):
        self.total, self.pipe = total, pipe
        self.received = 0  # bytes
        self.left = left  # tasks that have not ended


class Share(Experiment):
    name = "share"
    summary = "add to a total that the parent looks at: threads share a variable, processes need more"
    headline = {"figure": "metrics.seen_by_parent", "head": "parent saw",
                "words": "the parent saw {} of the items"}
    ITEM = 8  # bytes
    ROOM = 4096  # so many items fit into a pipe

    def ways(self):
        """Not every Python has memory that processes can share, or pipes."""
        ways = ["variable"]
        try:
            shared_number()
            ways.append("shared-memory")
        except Exception:
            pass
        try:
            pipe = Pipe()
            send_items(pipe.to_write, 1)
            pipe.close()
            ways.append("pipe")
        except Exception:
            pass
        return ways

    def measure(self):
        total = Total()
        self.turn_ns = measure_turn(lambda n: add_items(total, n))

    def parameters(self):
        return [choice("via", self.ways(), "how the tasks tell the parent: a variable with a lock (threading.Lock), "
                       "shared memory (multiprocessing.Value), messages through a pipe"),
                integer("items", 1, 10 ** 7, 100000, "additions to the total, or messages, of each task")]

    def cost(self):
        terms = [term("cpu", self.turn_ns, "items")]
        if "shared-memory" in self.ways():
            terms.append(term("cpu", 1500, "items", via="shared-memory"))
        if "pipe" in self.ways():
            terms.append(term("cpu", 1500, "items", via="pipe"))
        return terms

    def prepare(self, cell):
        via = cell.params["via"]
        if via == "pipe":
            return Shared(None, Pipe(), cell.n_tasks)
        if via == "variable":
            return Shared(Total(), None, cell.n_tasks)
        return Shared(SharedTotal() if cell.is_in_interpreters() else shared_number(), None, cell.n_tasks)

    def to_interpreter(self, cell, shared):
        return [shared.pipe.to_write if shared.pipe else None,
                shared.total.plain() if cell.params["via"] == "shared-memory" else None]

    def in_interpreter(self, cell, plain):
        to_write, total = plain
        if to_write is not None:
            return Shared(None, WriteEnd(to_write), None)
        return Shared(SharedTotal(total) if total else Total(), None, None)

    def after_interpreter(self, cell, shared):
        if shared.pipe:
            self.end_of_task(cell, shared)

    def work(self, cell, shared, task):
        items, mode = cell.params["items"], MODES[cell.mode]
        if shared.total:
            in_pieces(lambda n: add_items(shared.total, n), items, task)
        elif mode.side_by_side:
            try:
                in_pieces(lambda n: send_items(shared.pipe.to_write, n), items, task)
            finally:
                self.end_of_task(cell, shared)
        else:
            for n in self.portions(items):
                self.send_and_receive(shared, n)
        task.answer = items
        task.waits = None if shared.pipe else 0

    def portions(self, items):
        return [min(self.ROOM, items - at) for at in range(0, items, self.ROOM)]

    def send_and_receive(self, shared, n):
        """Where no other thread reads, no more is sent than fits into the pipe."""
        send_items(shared.pipe.to_write, n)
        expected = shared.received + n * self.ITEM
        while shared.received < expected:
            shared.received += len(os.read(shared.pipe.to_read, expected - shared.received))

    def end_of_task(self, cell, shared):
        """The last of the threads ends the pipe; a process its own copy."""
        if IN_INTERPRETER:
            return
        with self.ending:
            shared.left -= 1
            if shared.left == 0 or cell.is_in_processes():
                shared.pipe.end_writing()

    ending = threading.Lock()

    def coroutine(self, cell, shared, task):
        return send_items_on_loop(self, cell, shared, task) if shared.pipe else None

    def attend(self, cell, shared, tasks):
        """The parent reads while it waits for the tasks. A pipe holds little: a parent that joined its children before
        it read would wait for ever, and they for it."""
        if not shared.pipe:
            return
        if cell.is_in_processes():
            shared.pipe.end_writing()
        with self.ending:
            shared.left -= cell.n_tasks - len(tasks)
            if shared.left == 0:
                shared.pipe.end_writing()
        data = True
        while data:
            data = os.read(shared.pipe.to_read, 65536)
            shared.received += len(data)

    def conclude(self, cell, shared, tasks):
        self.seen = shared.total.value if shared.total else shared.received // self.ITEM
        if shared.pipe:
            shared.pipe.close()
        if isinstance(shared.total, SharedTotal):
            shared.total.close()

    def check(self, cell, shared, tasks):
        """A variable is the one thing that processes do not share: there the parent must read 0."""
        is_shared = cell.shares_memory() or cell.params["via"] != "variable"
        expected = cell.params["items"] * len(tasks) if is_shared else 0
        return None if self.seen == expected else "the parent does not see what was added"

    def metrics(self, cell, shared, tasks, region):
        expected = cell.params["items"] * len(tasks)
        return {"expected": expected, "seen_by_parent": self.seen,
                "ns_per_item": sum(task.end - task.start for task in tasks) / expected}


class Gate(object):
    """All must be there at the same time: each task says that it has come, and waits until it may pass."""

    def __init__(self, semaphore):
        self.came, self.may_pass = semaphore(0), semaphore(0)
        self.event, self.n_came = None, 0  # on a loop


class Idle(Experiment):
    name = "idle"
    summary = "sleep together: what thousands of threads cost beside as many tasks of an event loop"
    headline = {"figure": "memory.rss_per_task_bytes", "head": "each task", "words": "each task held {} of memory"}
    fixed_time, takes_fewer = True, True

    def parameters(self):
        return [integer("wakeups_per_s", 0, 1000, 0, "how often each task wakes for a moment; 0: never", unit="1/s"),
                integer("duration_ms", 1, 60000, 500, "how long each task sleeps when all are there", unit="ms"),
                integer("stack_bytes", 0, 1 << 30, 0, "the size of a thread's stack (threading.stack_size), at least "
                        "64 KB; 0: the system's own", unit="bytes")]

    def cost(self):
        return [term("wait", 1e6, "duration_ms"),
                term("cpu", 20, "duration_ms", "wakeups_per_s", mode__side_by_side=True),
                term("cpu", 20, "duration_ms", "wakeups_per_s", mode__one_loop=True)]

    def max_tasks(self, mode):
        return room_for(mode, 10000 if mode.shares_memory else 1000)

    def prepare(self, cell):
        threading.stack_size(cell.params["stack_bytes"])
        if cell.is_in_interpreters():
            return Gate(PipeSemaphore)
        return Gate(multiprocessing.Semaphore if cell.is_in_processes() else threading.Semaphore)

    def to_interpreter(self, cell, shared):
        return [shared.came.ends, shared.may_pass.ends]

    def in_interpreter(self, cell, plain):
        cell.reads_memory = False
        gate, ends = Gate(lambda n: None), list(plain)
        gate.came, gate.may_pass = [PipeSemaphore(0, each) for each in ends]
        return gate

    def moments(self, cell, task):
        """When the sleep of a task ends, and when it wakes before. The tasks wake one after the other, evenly over a
        period: all at the same moment would be one burst in each period, and nothing in between."""
        began, times = now(), []
        until = began + cell.params["duration_ms"] * 1000000
        if cell.params["wakeups_per_s"]:
            period = 1000000000 // cell.params["wakeups_per_s"]
            times = list(range(began + period * (task.number + 1) // cell.n_tasks, until, period))
        return until, times

    def work(self, cell, shared, task):
        mode = MODES[cell.mode]
        if mode.side_by_side:
            since = now()
            shared.came.release()
            shared.may_pass.acquire()
            task.passed("wait-io", since)
        if cell.reads_memory == "each":
            note_memory(task)
        until, times = self.moments(cell, task)
        before, since = thread_usage(), now()
        sleep_and_wake(until, times)
        task.passed("wait-io", since)
        self.note(task, times, before, since)

    def note(self, task, times, before, since):
        task.answer = len(times)
        task.facts["used"] = [b - a for a, b in zip(before, thread_usage())]
        task.facts["slept"] = now() - since
        task.waits = max(task.facts["slept"] - task.facts["used"][1], 0)

    def coroutine(self, cell, shared, task):
        return sleep_on_loop(self, cell, shared, task)

    def gap_on_loop(self, task):
        return "wait-io"

    def attend(self, cell, shared, tasks):
        """They pass one by one, as an interpreter starts its threads: thousands that want the lock at the same time,
        now or when their sleep ends, would be busy with nothing but to wait for it."""
        for task in tasks:
            while not acquire_in_time(shared.came, 0.1):
                if cell.is_in_processes() and a_process_has_ended(len(tasks)):
                    break
        if cell.reads_memory == "once":
            note_memory(tasks[0])
        for task in tasks:
            shared.may_pass.release()

    def conclude(self, cell, shared, tasks):
        threading.stack_size(0)
        if cell.is_in_interpreters():
            shared.came.close()
            shared.may_pass.close()

    def rates(self, cell, tasks):
        """Switches, and CPU time, of a second of sleep. Of the times that a thread woke, one was the end of its sleep,
        and is there without wake-ups too. What tasks do at the same time adds up; one after the other they measure the
        same again and again; on a loop the thread's own is that of all."""
        mode, switches, cpu = MODES[cell.mode], 0, 0
        for task in tasks[:1] if mode.one_loop else tasks:
            wakeups = sum(task.answer for task in tasks) if mode.one_loop else task.answer
            part = wakeups / (wakeups + 1) / task.facts["slept"]
            switches += part * task.facts["used"][0] * 1e9
            cpu += part * task.facts["used"][1]
        n_apart = 1 if mode.side_by_side or mode.one_loop else len(tasks)
        return switches / n_apart, cpu / n_apart

    def metrics(self, cell, shared, tasks, region):
        switches, cpu = self.rates(cell, tasks)
        # On a loop nothing is made: there it is the time until the last task has begun.
        made = max(task.start for task in tasks) if MODES[cell.mode].one_loop else region.create
        told = {"started": len(tasks), "create_ns_per_task": made / len(tasks), "switches_per_s": switches,
                "wakeup_cpu_share": cpu}
        if region.started_fewer:
            told["not_started_reason"] = region.started_fewer
        return told


def a_process_has_ended(n):
    """Whether one of the n processes of a cell's tasks is no more. Those that were seen to end are not listed again."""
    children = multiprocessing.active_children()
    return len(children) < n or any(process.exitcode is not None for process in children)


def acquire_in_time(semaphore, seconds):
    """Semaphores of threads wait without an end in Python 2; their tasks always come."""
    try:
        return semaphore.acquire(True, seconds)
    except TypeError:
        return semaphore.acquire(True)


def thread_usage():
    """Context switches and CPU time of this thread so far."""
    switches = 0
    for line in read_text("/proc/thread-self/status").splitlines():
        if "ctxt_switches:" in line:
            switches += int(line.split()[1])
    return switches, thread_cpu()


SLOT = 8  # places of the board from one task to the next: a line of the cache


class NotingConnection(object):
    """The connection of a traced task, which notes how long it waits; sending is short, but the lock is away for it."""

    def __init__(self, connection, task):
        self.connection, self.task = connection, task

    def send(self, data):
        self.connection.send(data)
        self.task.tracer.note()

    def recv(self, n):
        since = now()
        data = self.connection.recv(n)
        self.task.passed("wait-io", since)
        return data


class NotingBoard(object):
    """The board of a traced task that computes: it looks there after every piece, and notes the time."""

    def __init__(self, board, task):
        self.board, self.task = board, task

    def __getitem__(self, place):
        self.task.tracer.note()
        return self.board[place]

    def __setitem__(self, place, value):
        self.board[place] = value


class ConvoyShared(object):
    """The board is memory that the client and all tasks share: the flag OVER, then for each task how much it has
    computed, with one more so that 0 says that it has not begun."""

    def __init__(self, cell, plain=None):
        import socket
        n, self.numbers, self.client, self.outcome = SLOT * (cell.n_tasks + 1), None, None, None
        if cell.is_in_interpreters():
            self.numbers = SharedNumbers(n, plain and plain[0])
            self.board = self.numbers.numbers
        else:
            import ctypes
            from multiprocessing.sharedctypes import RawArray
            # By its type: before Python 3.7 no letter stands for it.
            self.board = RawArray(ctypes.c_longlong, n)
        if plain:
            self.connection = socket.socket(fileno=os.dup(plain[1]))
        else:
            self.connection, self.of_client = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Convoy(Experiment):
    """Task 0 answers a client, all others compute. The client is a process of its own, outside of the lock, as a browser
    is outside of a server (see engine/convoy-client.c, which does the same)."""

    name = "convoy"
    summary = "answer requests beside tasks that compute: under a global lock each answer waits for its turn"
    headline = {"figure": "metrics.latency_p50_ns", "head": "half within",
                "words": "half of the answers came within {}"}
    fixed_time, tasks_rule = True, {"parameter": "hogs", "plus": 1}
    TURNS_NS = 10000  # a hog says so often that it is at work

    def measure(self):
        self.turn_ns = measure_turn(count_down)

    def parameters(self):
        return [integer("hogs", 0, 255, 1, "tasks that only compute; one more answers the requests"),
                choice("paced", ["on", "off"],
                       "when the client sends its next request; on: when it has seen a hog at work; off: at once after an "
                       "answer"),
                integer("pause_us", 0, 10000000, 1000, "how long a paced client rests before a request, and up to "
                        "1 ms more", unit="us"),
                integer("duration_ms", 1, 60000, 1000, "how long the client sends requests; if not given, for 1 s, "
                        "less where a run of many cells would otherwise take longer than the server allows",
                        unit="ms", sized=True),
                integer("await_every", 0, 10 ** 12, 0, "ticks until a hog lets the others have a turn; in epoll only; a "
                        "turn of the countdown has 3 ticks; 0: it never does", unit="ticks")]

    def cost(self):
        terms = [term("wait", 1e6, "duration_ms"),
                 term("wait", 1e6, "hogs", "duration_ms", mode__one_loop=True, await_every=0),
                 term("outside", 300e3, "hogs", mode__side_by_side=True)]
        if any(lock.exclusive and "switch_interval_us" in [each["name"] for each in lock.parameters]
               for lock in LOCKS.values()):
            terms.append(term("wait", 7e3, "hogs", "switch_interval_us", mode__side_by_side=True,
                              mode__shares_memory=True, lock__exclusive=True))
        return terms

    def memory(self):
        return [{"per": "cell", "bytes": 3000, "times": ["duration_ms"], "only_if": {"paced": "off"}}]

    def prepare(self, cell):
        shared = ConvoyShared(cell)
        shared.client, shared.outcome = self.start_client(cell, shared)
        shared.of_client.close()
        shared.of_client = None
        return shared

    def to_interpreter(self, cell, shared):
        return [shared.numbers.file, shared.connection.fileno()]

    def in_interpreter(self, cell, plain):
        return ConvoyShared(cell, plain)

    def runs_together(self, cell):
        """Whether requests are answered while hogs compute."""
        mode = MODES[cell.mode]
        return mode.side_by_side or (mode.one_loop and cell.params["await_every"] > 0)

    def n_needed(self, cell):
        """All are to be there when the first request comes; a loop that is to be frozen needs its first hog, and in
        serial only the task that answers can begin."""
        if self.runs_together(cell):
            return cell.n_tasks
        return min(cell.n_tasks, 2) if MODES[cell.mode].one_loop else 1

    def start_client(self, cell, shared):
        """Forked while there is one thread, and before the clock starts. Without its own copy of the other end it
        learns when that is gone."""
        outcome, to_tell = os.pipe()
        client = os.fork()
        if client == 0:
            try:
                end_with(cell.owner)
                shared.connection.close()
                figures = self.send_requests(cell, shared.of_client, shared.board)
                shared.board[OVER] = 1
                shared.of_client.close()
                os.write(to_tell, json.dumps(figures).encode())
            finally:
                shared.board[OVER] = 1
                os._exit(0)
        os.close(to_tell)
        return client, outcome

    def send_requests(self, cell, connection, board):
        """One request at a time, the next when its answer is there; there is always one, however short the time."""
        import struct
        paced, latencies, random = cell.params["paced"] == "on", [], random_numbers(cell.seed)
        waits_for_hogs = cell.n_tasks > 1 and self.runs_together(cell)
        places = range(SLOT, len(board), SLOT)
        is_over = False  # at the look before: who has not begun by then never does
        while sum(board[place] > 0 for place in places) < self.n_needed(cell):
            if is_over:
                return self.figures([], 0)
            is_over = board[OVER]
            time.sleep(200e-6)
        first = last = now()
        end = first + cell.params["duration_ms"] * 1000000
        while not latencies or (last < end and not board[OVER]):
            if paced:
                time.sleep(cell.params["pause_us"] * 1e-6 + (next(random) * 1000000 >> 64) * 1e-9)
                while waits_for_hogs:
                    seen = sum(board[place] for place in places)
                    time.sleep(20e-6)
                    if sum(board[place] for place in places) != seen or now() >= end:
                        break
            request, since = struct.pack("q", len(latencies)), now()
            connection.send(request)
            if connection.recv(8) != request:
                break
            last = now()
            latencies.append(last - since)
        return self.figures(sorted(latencies), last - first)

    def figures(self, latencies, span):
        """Percentiles by the nearest rank, rounded up: a latency that was really measured. One that needs more requests
        than there were is null, with the reason."""
        n = len(latencies)
        told = {"requests": n, "requests_per_s": n / max(span / 1e9, 1e-9),
                "latency_max_ns": latencies[-1] if latencies else None}
        for percentile in 50, 90, 99:
            name, needed = "latency_p%d_ns" % percentile, max(-(-100 // (100 - percentile)), 3)
            told[name] = latencies[(n * percentile + 99) // 100 - 1] if n >= needed else None
            if n < needed:
                told[name + "_reason"] = "%d request%s too few for a %dth percentile, which needs %d" % (
                    n, " is" if n == 1 else "s are", percentile, needed)
        return told

    def begin(self, cell, shared, task):
        """Returns the place of the task on the board, where it says that it has begun. A process that does not answer
        closes its copy of the connection, so that the client sees when the one that answers is gone."""
        place = SLOT * (task.number + 1)
        shared.board[place] = 1
        if task.number > 0 and not cell.shares_memory():
            shared.connection.close()
        return place

    def turns(self, cell):
        """How much a hog computes before it says so."""
        await_every = cell.params["await_every"] if MODES[cell.mode].one_loop else 0
        return max(await_every // TICKS_PER_TURN, 1) if await_every else max(cell.piece // 5, 1)

    def work(self, cell, shared, task):
        place = self.begin(cell, shared, task)
        task.waits = None
        board = NotingBoard(shared.board, task) if task.tracer else shared.board
        try:
            if task.number == 0:
                connection = NotingConnection(shared.connection, task) if task.tracer else shared.connection
                task.answer = answer_requests(connection)
                return
            if self.runs_together(cell):
                compute_until_over(board, place, self.turns(cell))
            else:
                until = now() + cell.params["duration_ms"] * 1000000
                while now() < until:
                    count_down(cell.piece)
                    board[place] += cell.piece
                # What the client sends later would be answered on a loop that is no longer frozen.
                board[OVER] = 1
            task.answer = (shared.board[place] - 1) * TICKS_PER_TURN
        finally:
            if task.number == 0:
                shared.board[OVER] = 1

    def coroutine(self, cell, shared, task):
        if task.number > 0 and not self.runs_together(cell):
            return None
        return convoy_on_loop(self, cell, shared, task)

    def gap_on_loop(self, task):
        return "wait-io" if task.number == 0 else None

    def attend(self, cell, shared, tasks):
        """In processes every one has its own copy; in threads the parent's is the one that is used. And if not all
        could be started, the client would wait for them."""
        if not cell.shares_memory():
            shared.connection.close()
        if len(tasks) < cell.n_tasks or not self.all_begin(cell, shared, tasks):
            shared.board[OVER] = 1
            os.kill(shared.client, signal.SIGKILL)

    def all_begin(self, cell, shared, tasks):
        """Waits until all tasks have begun; a process may have died before."""
        while cell.is_in_processes() and not shared.board[OVER] and \
                not all(shared.board[SLOT * (task.number + 1)] for task in tasks):
            if a_process_has_ended(len(tasks)):
                return False
            time.sleep(1e-3)
        return True

    def conclude(self, cell, shared, tasks):
        """With this end closed the client ends, if it has not, and one that waits for tasks which never began is told."""
        shared.board[OVER] = 1
        shared.connection.close()
        text = b""
        while True:
            data = os.read(shared.outcome, 65536)
            if not data:
                break
            text += data
        os.close(shared.outcome)
        if shared.numbers:
            shared.numbers.close()
        os.waitpid(shared.client, 0)
        self.told = json.loads(text.decode()) if text else {"requests": 0}

    def check(self, cell, shared, tasks):
        if not self.told["requests"]:
            return "the client had no answer"
        return None if tasks[0].answer == self.told["requests"] else "not every request was answered"

    def metrics(self, cell, shared, tasks, region):
        hogs = tasks[1:]
        span = max(task.end for task in hogs) - min(task.start for task in hogs) if hogs else 0
        return dict(self.told, hog_ticks_per_s=sum(task.answer for task in hogs) * 1e9 / span if span > 0 else 0)


COROUTINES_OF_EXPERIMENTS = '''
async def get_pages_on_loop(fetch, cell, task):
    task.answer = []
    for request in range(cell.params["requests"]):
        path, since = fetch.path(cell, task, request).encode(), now()
        page = get_page_from("127.0.0.1", fetch.port(cell, task), path)
        status, content = await asyncio.wait_for(page, cell.params["request_timeout_ms"] / 1e3)
        task.waits += now() - since
        task.passed("wait-io", since)
        fetch.take_answer(cell, task, since, status, content)


async def count_up_on_loop(cell, task):
    await count_up_with_await(cell.params["n"])
    task.answer = x


async def send_items_on_loop(share, cell, shared, task):
    for n in share.portions(cell.params["items"]):
        share.send_and_receive(shared, n)
        await asyncio.sleep(0)
    task.answer, task.waits = cell.params["items"], None


async def sleep_on_loop(idle, cell, shared, task):
    """The last task to come looks at the memory, and lets all pass."""
    shared.event = shared.event or asyncio.Event()
    shared.n_came += 1
    if shared.n_came == cell.n_tasks:
        if cell.reads_memory:
            note_memory(task)
        shared.event.set()
    await shared.event.wait()
    until, times = idle.moments(cell, task)
    before, since = thread_usage() if task.number == 0 else (0, 0), now()
    await sleep_and_wake_on_loop(until, times)
    task.passed("wait-io", since)
    idle.note(task, times, before, since)


async def convoy_on_loop(convoy, cell, shared, task):
    place = convoy.begin(cell, shared, task)
    task.waits = None
    if task.number > 0:
        await compute_in_turns(shared.board, place, convoy.turns(cell))
        task.answer = (shared.board[place] - 1) * TICKS_PER_TURN
        return
    try:
        shared.connection.setblocking(False)
        task.answer = await answer_requests_on_loop(shared.connection)
    finally:
        shared.board[OVER] = 1
'''


def why_no_convoy():
    """Its client needs another process, and memory and a socket that it shares with this one."""
    try:
        import ctypes
        import socket
        from multiprocessing.sharedctypes import RawArray
        RawArray(ctypes.c_longlong, 1)
        for needed in (socket, "socketpair"), (socket, "SOCK_SEQPACKET"), (os, "fork"):
            getattr(*needed)
    except Exception as error:
        return "its client, a process of its own, cannot be made here (%s)" % reason_of(error)
    return None


EXPERIMENTS = by_name(Countdown(), Fetch(), Crunch(), Counter(), Share(), Idle(), Convoy())
if not IS_FOR_A_TASK and why_no_convoy():
    ABSENT["convoy"] = why_no_convoy()
    del EXPERIMENTS["convoy"]
ABSENT["refcount"] = ("a Python program cannot choose how its references are counted: the interpreter does that, and "
                      "the lock is there for it")
ABSENT["url"] = ("it only gets pages of the lab's own server: which other addresses may be asked is checked by the engine's "
                 "client, whenever a name is resolved")
ABSENT["touch_stack_bytes"] = "a Python function has its variables on the heap, and no say in how far the stack is used"


# ---- The modes: who calls the function


class Region(object):
    """What is timed: from before the first task is made until after the last is joined. The clock is read last at the
    beginning and first at the end."""

    def __init__(self, cell):
        self.cell = cell
        self.create = self.wall = self.cpu = 0
        self.beside = 0  # of the CPU time, what the kernel does not count as that of our children
        self.waits = None  # of all tasks together, where they wait together
        self.switches = None
        self.started_fewer = None  # why not all tasks were started

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
    task = {"noun": "thread", "ns": 200e3, "bytes": 120 << 10}
    missing = None

    def run(self, experiment, cell, shared, tasks, region):
        if cell.is_in_interpreters():
            interpreters = Interpreters(experiment)
            try:
                interpreters.make(cell, shared, tasks)
                self.run_calls(interpreters.run_task, experiment, cell, shared, tasks, region)
            finally:
                interpreters.end(tasks)
        else:
            self.run_calls(run_task, experiment, cell, shared, tasks, region)

    def run_calls(self, call, experiment, cell, shared, tasks, region):
        threads = []
        region.begin()
        for task in tasks:
            thread = threading.Thread(target=call, args=(shared, task))
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


class Interpreters(object):
    """An interpreter for each task, inside of this process. It shares no object with us, so the task goes there as text,
    and comes back through a file in memory. All are made, and have read this file, before the clock starts."""

    LOAD = "space = {'__name__': 'interpreter_of_a_task'}\n" \
           "with open(%r, 'rb') as file:\n    exec(compile(file.read(), file.name, 'exec'), space)\n" \
           "space['get_ready'](%r, %d, %r)"
    RUN = "space['run_alone'](%d, %d)"

    def __init__(self, experiment):
        self.module, self.experiment = find_interpreters(), experiment
        self.made, self.files = [], []
        # The name of the call has changed from one version to the next.
        self.run_text = getattr(self.module, "exec", None) or self.module.run_string

    def make(self, cell, shared, tasks):
        plain = json.dumps(self.experiment.to_interpreter(cell, shared))
        for task in tasks:
            self.made.append(self.module.create())
            self.files.append(os.memfd_create("task"))
            self.run_in(task.number, self.LOAD % (os.path.abspath(__file__), json.dumps(cell.__dict__), task.number,
                                                  plain))

    def run_in(self, number, text):
        """Where something goes wrong some versions raise it, and some return it."""
        wrong = self.run_text(self.made[number], text)
        if wrong:
            raise RuntimeError(getattr(wrong, "formatted", None) or str(wrong))

    def run_task(self, shared, task):
        try:
            self.run_in(task.number, self.RUN % (task.cell.epoch, self.files[task.number]))
        except Exception as error:
            task.failure = reason_of(error)
        self.experiment.after_interpreter(task.cell, shared)

    def end(self, tasks):
        for task, number in zip(tasks, self.files):
            with os.fdopen(number, "r+") as file:
                file.seek(0)
                text = file.read()
                if text and not task.failure:
                    task.take_report(json.loads(text))
        for made in self.made:
            self.module.destroy(made)


def get_ready(cell_text, number, plain_text):
    """In the interpreter of a task, before the clock starts."""
    global task_alone, shared_alone
    cell = Cell.__new__(Cell)
    cell.__dict__.update(json.loads(cell_text))
    cell.settle()
    experiment, plain = EXPERIMENTS[cell.experiment], json.loads(plain_text)
    shared_alone = experiment.prepare(cell) if plain is None else experiment.in_interpreter(cell, plain)
    task_alone = Task(cell, number)


def run_alone(epoch, file):
    task_alone.cell.epoch = epoch
    run_task(shared_alone, task_alone)
    with os.fdopen(os.dup(file), "w") as copy:
        json.dump(task_alone.report(), copy)


def load_libc():
    """The C library; None where this Python has no ctypes."""
    try:
        import ctypes
        return ctypes.CDLL(None)
    except (ImportError, OSError):
        return None


def end_with(owner):
    """A process that was started for a run must not outlive the one that measures, however that ends, and that may have
    ended already. The parent of a process is the owner, or a process that forks for it and ends with it."""
    libc, set_death_signal = load_libc(), 1
    if not libc:
        return
    libc.prctl(set_death_signal, signal.SIGKILL)
    try:
        os.kill(owner, 0)
        is_orphan = START_METHOD != "forkserver" and os.getppid() != owner
    except OSError:
        is_orphan = True
    if is_orphan:
        os._exit(1)


def run_in_process(cell, shared, number, connection):
    """What a process of a task does. If it was not forked, it has read this file anew, and knows nothing of what was
    set; and whoever has forked it is not the one who measures, so it says itself what it has used."""
    end_with(cell.owner)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    task = Task(cell, number)
    cell.settle()
    before = Usage()
    run_task(shared, task)
    after = Usage()
    task.facts["usage"] = [after.cpu - before.cpu] + [b - a for a, b in zip(before.switches, after.switches)]
    connection.send(task.report())
    connection.close()


class Processes(object):
    name, aliases, usual, baseline = "processes", ["process", "multiprocessing"], True, False
    side_by_side, shares_memory, one_loop = True, False, False
    task = {"noun": "process", "ns": 3e6 if START_METHOD == "fork" else 100e6, "bytes": 8 << 20}
    missing = NO_PROCESSES
    summary = "a process for each task (multiprocessing, start method %s): each has its own lock, and no shared data" \
        % START_METHOD

    def warm_up(self):
        """Where another process starts those of the tasks, it is there before anything is measured."""
        if START_METHOD != "fork":
            process = multiprocessing.Process(target=count_down, args=(1,))
            process.start()
            process.join()

    def run(self, experiment, cell, shared, tasks, region):
        started = []
        region.begin()
        for task in tasks:
            ours, theirs = multiprocessing.Pipe(False)
            process = multiprocessing.Process(target=run_in_process, args=(cell, shared, task.number, theirs))
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
            self.join(task, process, ours)
        region.end()
        del tasks[len(started):]
        if START_METHOD == "forkserver":
            self.count_usage(tasks, region)

    def join(self, task, process, connection):
        try:
            task.take_report(connection.recv())
        except (EOFError, IOError, OSError):
            task.failure = "its process ended before the task did"
        connection.close()
        process.join()
        if process.exitcode < 0:
            task.failure = "its process died of signal %d" % -process.exitcode
        elif process.exitcode > 0:
            task.failure = "its process ended with status %d" % process.exitcode

    def count_usage(self, tasks, region):
        """Whoever was not forked by this process is not among the children that the kernel counts for it."""
        usages = [sum(column) for column in zip(*[task.facts["usage"] for task in tasks if not task.failure])]
        if usages:
            region.beside = usages[0]
            region.cpu += usages[0]
            region.switches = [a + b for a, b in zip(region.switches, usages[1:])]


class Epoll(object):
    name, aliases, usual, baseline = "epoll", ["asyncio", "async"], False, False
    side_by_side, shares_memory, one_loop = False, True, True
    summary = "all on one event loop in one thread (asyncio)"
    task = {"noun": "task", "ns": 20e3, "bytes": 4 << 10}
    missing = NO_LOOP

    def run(self, experiment, cell, shared, tasks, region):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            region.begin()
            used = thread_cpu()
            loop.run_until_complete(run_tasks_on_loop(experiment, cell, shared, tasks))
            used = thread_cpu() - used
            region.end()
            region.waits = max(region.wall - used, 0)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


COROUTINES_OF_MODES = '''
async def run_task_on_loop(experiment, cell, shared, task):
    with task:
        coroutine = experiment.coroutine(cell, shared, task)
        if coroutine is None:
            experiment.work(cell, shared, task)
        elif task.tracer:
            await Steps(coroutine, task.tracer, experiment.gap_on_loop(task))
        else:
            await coroutine


async def run_tasks_on_loop(experiment, cell, shared, tasks):
    # Made here, since gather() of 3.6 makes tasks of coroutines in no order.
    await asyncio.gather(*[asyncio.ensure_future(run_task_on_loop(experiment, cell, shared, task)) for task in tasks])
'''
if not NO_LOOP:
    exec(compile(COROUTINES_OF_EXPERIMENTS, "the coroutines of python.py", "exec"))
    exec(compile(COROUTINES_OF_MODES, "the coroutines of python.py", "exec"))

MODES = by_name(*[mode for mode in (Serial(), Threads(), Processes(), Epoll()) if not mode.missing])
ABSENT.update((mode.name, mode.missing) for mode in (Processes, Epoll) if mode.missing)


# ---- The catalog


def members(thing, *names):
    return {name: getattr(thing, name) for name in names}


def describe_mode(mode):
    return members(mode, "name", "summary", "aliases", "usual", "baseline", "side_by_side", "shares_memory",
                   "one_loop", "task")


def describe_lock(lock):
    return dict(members(lock, "name", "real", "title", "summary", "exclusive", "whose", "between_bytecodes",
                        "parameters"),
                usual=lock is OWN_LOCK, fair=False, models=None, crowding=0)


def describe_memory(experiment):
    """A cell's own is this whole interpreter; then what a task of each mode takes, and what the experiment adds. A mode
    is named by its facts, as everywhere."""
    own = read_kilobytes(read_text("/proc/self/status"), "VmRSS") or 64 << 20
    terms = [{"per": "cell", "bytes": own, "times": [], "only_if": {}}]
    for mode in MODES.values():
        if mode.task["bytes"]:
            facts = members(mode, "side_by_side", "shares_memory", "one_loop")
            terms.append({"per": "task", "bytes": mode.task["bytes"], "times": [],
                          "only_if": {"mode." + fact: facts[fact] for fact in facts}})
    if "per-interpreter" in LOCKS:
        terms.append({"per": "task", "bytes": 10 << 20, "times": [], "only_if": {
            "lock.whose": "task", "mode.side_by_side": True, "mode.shares_memory": True}})
    return terms + experiment.memory()


def describe_experiment(experiment):
    experiment.measure()
    told = {"name": experiment.name, "summary": experiment.summary, "parameters": experiment.parameters(),
            "cost": experiment.cost(), "memory": describe_memory(experiment), "max_tasks": {}, "max_tasks_reason": {},
            "unavailable": {}}
    for mode in MODES.values():
        told["max_tasks"][mode.name], reason = experiment.max_tasks(mode)
        if reason:
            told["max_tasks_reason"][mode.name] = reason
        reason = experiment.unavailable(mode)
        if reason:
            told["unavailable"][mode.name] = reason
    for member in "headline", "totals", "fixed_time", "released", "blocks_loop":
        if getattr(experiment, member):
            told[member] = getattr(experiment, member)
    if experiment.tasks_rule:
        told["tasks"] = experiment.tasks_rule
    return told


def cpus_usable():
    """A quota of one and a half CPUs is good for two."""
    quota = cpu_quota()
    return max(1, min(len(ALL_CPUS), int(-(-quota // 1)) if quota else len(ALL_CPUS)))


def who_am_i():
    return platform.python_implementation(), platform.python_version()


def describe():
    name, version = who_am_i()
    told = [describe_experiment(experiment) for experiment in EXPERIMENTS.values()]
    return {"protocol": 1, "paces": True, "runtime": name.lower(), "version": version,
            "about": "%s %s, %s" % (name, version, OWN_LOCK.title), "cpus_usable": cpus_usable(),
            "memory_bytes": read_kilobytes(read_text("/proc/meminfo"), "MemAvailable"), "host": {},
            "timeline_ns": GAP_NS, "turn_ns": EXPERIMENTS["countdown"].turn_ns,
            "modes": [describe_mode(mode) for mode in MODES.values()],
            "locks": [describe_lock(lock) for lock in LOCKS.values()], "experiments": told, "absent": ABSENT}


# ---- A repetition, from the cell to its sample


def check_cell(cell):
    """Raises what is wrong with a cell: a server asks for what the catalog offers only, but others may ask, too."""
    experiment = EXPERIMENTS[cell.experiment]
    for what, name, there in ("mode", cell.mode, MODES), ("lock", cell.lock, LOCKS):
        if name not in there:
            raise ValueError("there is no %s %s here, but %s" % (what, name, ", ".join(there)))
    for parameter in experiment.parameters() + LOCKS[cell.lock].parameters:
        value = cell.params.get(parameter["name"])
        if value is None:
            if parameter.get("list"):
                continue
            raise ValueError("the parameter %s is missing" % parameter["name"])
        if "choices" in parameter and value not in parameter["choices"]:
            raise ValueError("%s must be one of %s" % (parameter["name"], ", ".join(parameter["choices"])))
        if "min" in parameter and not parameter["min"] <= value <= parameter["max"]:
            raise ValueError("%s must be from %d to %d" % (parameter["name"], parameter["min"], parameter["max"]))


def create_alone(tasks, create):
    """How long nobody was at work before all tasks were made. Who starts threads waits for the lock behind those that
    compute already, and what they do meanwhile is not what making them has cost."""
    worked_until = alone = 0
    for task in sorted(tasks, key=lambda task: task.start):
        alone += max(min(task.start, create) - worked_until, 0)
        worked_until = max(worked_until, task.end)
    return alone + max(create - worked_until, 0)


def start_delay(tasks, created):
    """How long nobody was at work after all tasks were made and before the last ended."""
    worked_until, delay = created, 0
    if created == 0:
        return 0
    for task in sorted(tasks, key=lambda task: task.start):
        delay += max(task.start - worked_until, 0)
        worked_until = max(worked_until, task.end)
    return delay


def memory_of(cell, tasks, before):
    """What a task adds: a process all that it has, others their part of what has come to it."""
    noted = [task.memory for task in tasks if task.memory]
    if not noted or not before:
        return None
    mode = MODES[cell.mode]
    if mode.shares_memory:
        each = [max(during - earlier, 0) // len(tasks) for during, earlier in zip(noted[0], before)]
    else:
        each = [sum(column) // len(noted) for column in zip(*noted)]
    status = read_text("/proc/self/status")
    kernel_stack = 16384 if mode.side_by_side else 0
    return {"peak_rss_bytes": read_kilobytes(status, "VmHWM"), "virtual_bytes": read_kilobytes(status, "VmPeak"),
            "rss_per_task_bytes": each[0], "virtual_per_task_bytes": each[1],
            "kernel_per_task_bytes": each[2] + kernel_stack}


def failure_of(experiment, cell, shared, tasks, region):
    """Why the repetition is none, or None."""
    for task in tasks:
        if task.failure:
            return "task %d: %s" % (task.number, task.failure)
    if region.started_fewer and not (experiment.takes_fewer and tasks):
        return "only %d of %d tasks could be started (%s)" % (len(tasks), cell.n_tasks, region.started_fewer)
    return experiment.check(cell, shared, tasks)


def sample_of(experiment, cell, shared, tasks, region, before):
    """The members of a good sample."""
    n_rows = len(tasks) if cell.is_full else min(len(tasks), 256)
    waits = [task.waits for task in tasks]
    return {
        "status": "done", "wall_ns": region.wall, "cpu_ns": region.cpu, "create_ns": region.create,
        "join_ns": max(region.wall - max(task.end for task in tasks), 0),
        "start_ns": start_delay(tasks, region.create), "create_alone_ns": create_alone(tasks, region.create),
        "waits_ns": None if None in waits else region.waits if region.waits and any(waits) else sum(waits),
        "context_switches": dict(zip(("voluntary", "involuntary"), region.switches)) if region.switches else None,
        "memory": memory_of(cell, tasks, before), "lock_stats": None,
        "per_task": [{"id": task.number, "start_ns": max(task.start, 0), "end_ns": max(task.end, 0),
                      "cpu_ns": task.cpu, "answer": task.answer} for task in tasks[:n_rows]],
        "per_task_omitted": len(tasks) - n_rows,
        "completion_order": [task.number for task in sorted(tasks, key=lambda task: task.end)][:n_rows],
        "metrics": experiment.metrics(cell, shared, tasks, region)}


def run_once(cell, noise, reads_memory=False, max_spans=0):
    """Runs one repetition. Returns its tasks, and the members of its sample."""
    import gc
    check_cell(cell)
    experiment, mode, region = EXPERIMENTS[cell.experiment], MODES[cell.mode], Region(cell)
    cell.settle()
    cell.max_spans, cell.reads_memory = max_spans, False
    shared = experiment.prepare(cell)
    tasks = [Task(cell, number) for number in range(cell.n_tasks)]
    # What earlier repetitions have left behind is not to be cleared away in this one.
    gc.collect()
    before = read_memory() if reads_memory else None
    if before:
        cell.reads_memory = "once" if mode.shares_memory else "each"
    try:
        mode.run(experiment, cell, shared, tasks, region)
    finally:
        experiment.conclude(cell, shared, tasks)
    noised = noise.taken(region.beside)
    failure = failure_of(experiment, cell, shared, tasks, region)
    if failure:
        return tasks, {"status": "failed", "reason": failure}
    sample = sample_of(experiment, cell, shared, tasks, region, before)
    if noised:
        sample["noise"] = noised
    return tasks, sample


def try_once(cell, noise, **how):
    """The same, and whatever goes wrong is a failed sample."""
    try:
        return run_once(cell, noise, **how)
    except Exception as error:
        reason = str(error) if isinstance(error, ValueError) else reason_of(error)
        return [], {"status": "failed", "reason": reason}


def timeline_of(tasks, wall, most):
    """The spans of all tasks, the first ones to end."""
    epoch = tasks[0].cell.epoch
    spans = sorted((until - epoch, task.number, kind, max(since - epoch, 0)) for task in tasks
                   for kind, since, until in task.tracer.spans)
    dropped = sum(task.tracer.dropped for task in tasks) + max(len(spans) - most, 0)
    return {"wall_ns": wall, "dropped": dropped, "instants": [],
            "spans": [[number, kind, since, until] for until, number, kind, since in spans[:most]]}


# ---- The protocol


def take_output():
    """Returns what writes a text to the standard output, at once. What a library prints goes to the standard error from
    now on, and is no event. Jython's own output keeps silent when nobody reads it any more, Java's does not."""
    sys.stdout = sys.stderr
    try:
        from java.io import FileDescriptor, FileOutputStream
    except ImportError:
        output = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        return lambda text: (output.write(text), output.flush())
    return FileOutputStream(FileDescriptor.out).write


class Server(object):
    """Whoever asks."""

    def __init__(self):
        self.write_text = take_output()
        self.paces = False

    def write(self, value):
        """Nobody is there any more where this fails, so nothing is left to do. Errors of Java are no exceptions of
        Python, so any error is meant."""
        text = json.dumps(value, separators=(",", ":")) + "\n"
        try:
            self.write_text(text)
        except:  # noqa: E722
            os._exit(1)

    def tell(self, event, **told):
        """Writes an event and waits until the server says go on. Returns whether it says stop."""
        self.write(dict(told, event=event))
        return self.paces and sys.stdin.readline().strip() == "stop"


def prepare_run(cells):
    """All that is to be warm and loaded before anything is measured."""
    experiment = EXPERIMENTS[cells[0].experiment]
    experiment.measure()
    most_files()
    for cell in cells:
        ns = experiment.turn_ns_of(cell)
        cell.piece = max(int(PIECE_NS / ns), 1)
        cell.gap = max(GAP_NS, int(4 * cell.piece * ns))
    for name in set(cell.mode for cell in cells):
        getattr(MODES.get(name), "warm_up", lambda: None)()


def run(server, request):
    if request["experiment"] not in EXPERIMENTS:
        raise ValueError("there is no experiment %s here, but %s" % (request["experiment"], ", ".join(EXPERIMENTS)))
    cells = [Cell(request, given) for given in request["cells"]]
    prepare_run(cells)
    name, version = who_am_i()
    load = read_text("/proc/loadavg").split()
    server.paces = request.get("pace", False)
    server.tell("hello", protocol=1, runtime=name.lower(), version=version, load1=float(load[0]) if load else None)
    good = measure(server, request, cells)
    if request.get("timeline") == "on":
        trace(server, request, good)
    server.write({"event": "done"})


def measure(server, request, cells):
    """All cells have their first repetition before any has its second. Returns the cells of which none failed: one that
    did would fail again."""
    warmup, rounds = request.get("warmup", 1), max(request["repeat"], request.get("max_repeat") or 0)
    for repetition in range(-warmup, rounds):
        for cell in list(cells):
            _, sample = try_once(cell, Noise(request.get("friends") or []), reads_memory=repetition == -warmup)
            if sample["status"] == "failed":
                cells = [other for other in cells if other is not cell]
            if server.tell("sample", cell=cell.number, repetition=repetition, **sample):
                return cells
    return cells


def trace(server, request, cells):
    """One more repetition of each cell, for its timeline. What one leaves over of the spans is for those after it."""
    left = 100000
    for i, cell in enumerate(cells):
        most = max(min(request.get("max_spans") or 20000, left // (len(cells) - i)), 1)
        tasks, sample = try_once(cell, Noise([]), max_spans=most)
        if sample["status"] == "failed":
            told = {"reason": sample["reason"]}
        else:
            told = timeline_of(tasks, sample["wall_ns"], most)
            left -= len(told["spans"])
        server.tell("timeline", cell=cell.number, **told)


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
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
