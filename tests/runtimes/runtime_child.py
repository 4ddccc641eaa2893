"""A runtime as a child of ours: lines to and from it, what it and its children use, and what it leaves behind."""
import ctypes
import json
import os
import select
import signal
import subprocess
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36

class Limits:
    """Seconds in which a runtime must say hello, say an event, and end; what is left of its family has been told to
    end, and needs a moment for it."""
    start, event, end, left = 60.0, 60.0, 10.0, 2.0


class Broken(Exception):
    """What a runtime did wrong, so that there is no going on with it."""


def adopt_orphans():
    """Whoever a runtime leaves behind becomes our child, and can be found."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


LOOKS = 10  # at what a runtime does while it is to wait
MOST_WATCHES = 20  # how many times as long it is watched at most, to tell a busy machine from a busy runtime


def family(pid):
    """pid: (parent, CPU seconds, name) of a process and all below it."""
    everybody, found = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                comm, _, rest = file.read().partition(" (")[2].rpartition(") ")
        except OSError:
            continue
        fields = rest.split()
        if fields[0] != "Z":
            ticks = sum(map(int, fields[11:15]))
            everybody[int(name)] = (int(fields[1]), ticks / os.sysconf("SC_CLK_TCK"), comm)
    ids = [pid]
    while ids:
        here = ids.pop()
        if here in everybody:
            found[here] = everybody[here]
        ids += [other for other in everybody if everybody[other][0] == here and other not in found]
    return found


def wants_a_cpu(pid):
    """Whether a thread of a process, or of one below it, runs or waits for a CPU at this moment."""
    for member in family(pid):
        try:
            for thread in os.listdir(f"/proc/{member}/task"):
                with open(f"/proc/{member}/task/{thread}/stat", encoding="utf-8", errors="replace") as file:
                    if file.read().rpartition(") ")[2].startswith("R"):
                        return True
        except OSError:
            continue
    return False


def strict_json(line):
    def refuse(word):
        raise ValueError(f"{word} is no number of JSON")
    return json.loads(line.decode("utf-8"), parse_constant=refuse)


class Child:
    """Used in a with statement: whatever happens in it, nothing is left running."""

    def __init__(self, command):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        self.pending = b""
        self.lines = []
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            for pid in family(self.process.pid):
                self.kill(pid)
            self.process.wait()
        self.leftovers(0)
        self.process.stdout.close()
        self.close_input()
        self.errors.close()

    @staticmethod
    def kill(pid, number=signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def say(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def close_input(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def poll_line(self, seconds):
        """The next line; None if there is none within that time, or no more at all (ended)."""
        late = time.monotonic() + seconds
        while not self.lines and not self.ended:
            left = late - time.monotonic()
            if not select.select([self.process.stdout], [], [], max(left, 0))[0]:
                return None
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            self.ended = not data
            *lines, self.pending = (self.pending + data).split(b"\n")
            self.lines += lines
        return self.lines.pop(0) if self.lines else None

    def event(self, what, seconds=None):
        """The next event; what: what is expected, for the message."""
        seconds = seconds or Limits.event
        line = self.poll_line(seconds)
        if line is None and self.ended:
            words = f"; its last line does not end: {self.pending[:80]!r}" if self.pending else ""
            raise Broken(f"it ended before {what}{words}")
        if line is None:
            raise Broken(f"{what}: there was none within {seconds:g} s")
        try:
            event = strict_json(line)
        except ValueError as error:
            raise Broken(f"{what}: {line[:80]!r} is no JSON: {error}") from None
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise Broken(f"{what}: {line[:80]!r} is no event")
        return event

    def watch(self, seconds, what):
        """It must write nothing meanwhile, and not compute: others measure. What it began before, such as compiling what
        it has just run, comes to an end, and takes long where others use the CPUs; so who computes at every look is
        watched until it has used more than any such rest does."""
        begun, before, is_busy = time.monotonic(), self.cpu_seconds(), True
        while True:
            line = self.poll_line(seconds / LOOKS)
            if line is not None:
                raise Broken(f"after {what} it went on before it was told to: {line[:80].decode(errors='replace')}")
            if self.ended:
                raise Broken(f"after {what} it ended instead of waiting for a line")
            is_busy = is_busy and wants_a_cpu(self.process.pid)
            watched = time.monotonic() - begun
            if watched < seconds:
                continue
            if not is_busy or seconds < 0.5 or watched > MOST_WATCHES * seconds:
                return
            used = self.cpu_seconds() - before
            if used > 2 * seconds:
                raise Broken(f"while it waited after {what} it computed, at every look, {used:.1f} s in {watched:.1f} s")

    def cpu_seconds(self):
        return sum(row[1] for row in family(self.process.pid).values())

    def wait(self, what, seconds=None):
        seconds = seconds or Limits.end
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Broken(f"{what} it did not end within {seconds:g} s") from None

    def leftovers(self, seconds=None):
        """When the runtime has been waited for, all our children are its orphans. Gives those that live on, and
        ends them."""
        late = time.monotonic() + (Limits.left if seconds is None else seconds)
        while True:
            try:
                while os.waitpid(-1, os.WNOHANG)[0] != 0:
                    pass
            except ChildProcessError:
                return []
            if time.monotonic() >= late:
                break
            time.sleep(0.005)
        left = family(os.getpid())
        left.pop(os.getpid())
        for pid in left:
            self.kill(pid)
        for pid in left:
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass
        return [f"{row[2]} ({pid})" for pid, row in left.items()]

    def error_text(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace").strip()
