"""What a server uses: memory, threads, descriptors and children, and when it has come to rest."""
import os
import pathlib
import sys
import time

import lab

REST_S = 1
# Sanitizers keep what was freed for a while; else the slack is what an allocator keeps by chance.
SLACK_MB, SLACK_MB_SANITIZED = 32, 500


def children_of(pid):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = pathlib.Path("/proc", name, "stat").read_text(errors="replace")
        except OSError:
            continue
        if int(stat.rpartition(") ")[2].split()[1]) == pid:
            found.append(int(name))
    return sorted(found)


def below(pid):
    """All descendants."""
    children = children_of(pid)
    return children + [one for child in children for one in below(child)]


class Usage:
    def __init__(self, pid):
        proc = pathlib.Path("/proc", str(pid))
        status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
        self.rss_mb = int(status["VmRSS"].split()[0]) / 1024
        self.threads = int(status["Threads"])
        self.descriptors = len(os.listdir(proc / "fd"))
        # Sanitizers map terabytes for notes about every byte.
        self.sanitized = int(status["VmSize"].split()[0]) > 1 << 30
        self.children = children_of(pid)

    def counts(self):
        return self.threads, self.descriptors, self.children

    def __str__(self):
        return (f"{self.rss_mb:.1f} MB, {self.threads} threads, {self.descriptors} descriptors, "
                f"{len(self.children)} children")


def pid_of(path):
    """The server that was started from a folder of lab.folder(): a child of ours."""
    for pid in children_of(os.getpid()):
        try:
            if os.readlink(f"/proc/{pid}/exe") == str((path / "gilscope").resolve()):
                return pid
        except OSError:
            continue
    sys.exit("the server is not found among our children")


def idle(port):
    """Whether no run waits or runs."""
    return not any(lab.get(port, f"/runs?limit=1&status={status}")["runs"] for status in ("queued", "running"))


def at_rest(port, pid):
    """The usage when all runs have ended and nothing has changed for a second. Connections of ours are closed before."""
    lab.until("all runs end", lambda: idle(port))
    before, since, late = Usage(pid), time.monotonic(), time.monotonic() + lab.PATIENCE_S
    while time.monotonic() - since < REST_S and time.monotonic() < late:
        time.sleep(0.1)
        now = Usage(pid)
        if now.counts() != before.counts():
            before, since = now, time.monotonic()
    return Usage(pid)


def faults_of(first, now):
    slack = SLACK_MB_SANITIZED if first.sanitized else SLACK_MB
    if now.children != first.children:
        yield f"children {first.children} became {now.children}"
    if now.descriptors > first.descriptors:
        yield f"{first.descriptors} descriptors became {now.descriptors}"
    if now.threads > first.threads:
        yield f"{first.threads} threads became {now.threads}"
    if now.rss_mb > first.rss_mb + slack:
        yield f"{first.rss_mb:.1f} MB became {now.rss_mb:.1f} MB, and {slack} MB more are allowed"


def growth(first, port, pid):
    """(faults, usage): what has become more since an earlier rest and stays so, in words. A busy machine gets its time."""
    late = time.monotonic() + lab.PATIENCE_S
    while True:
        now = at_rest(port, pid)
        faults = list(faults_of(first, now))
        if not faults or time.monotonic() > late:
            return faults, now
