#!/usr/bin/env python3
"""test-health.py BUILD: gilscope --health asks the server that runs here, or the one at the port that is named."""
import subprocess
import sys

sys.dont_write_bytecode = True
import lab  # noqa: E402

BUILD = sys.argv[1]


def health(path, *settings):
    return subprocess.run(lab.command(path, *settings) + ["--health"], capture_output=True, text=True, check=False,
                          env=lab.environment(), timeout=lab.PATIENCE_S)


with lab.folder(BUILD) as path, lab.folder(BUILD) as other:
    lab.check("no server runs", health(path, "server.port=0").returncode, 1)
    for bind in ("127.0.0.1", "0.0.0.0", "127.0.0.5"):
        with lab.server(path, "server.port=0", f"server.bind={bind}") as port:
            lab.check(f"port 0 on {bind}", health(path, "server.port=0").returncode, 0)
            lab.check("no port named", health(path).returncode, 0)
            lab.check("its own port", health(path, f"server.port={port}", f"server.bind={bind}").returncode, 0)
            # Another program's server is none of ours, and another port is not this one's.
            lab.check("another program file", health(other, "server.port=0").returncode, 1)
            # Nobody listens on port 1.
            wrong = health(path, "server.port=1", f"server.bind={bind}")
            lab.check("another port", wrong.returncode, 1)
            lab.check("is told the port", f"port {port};" in wrong.stderr, True)
            with lab.server(path, "server.port=0") as second:
                two = health(path, "server.port=0")
                lab.check("two servers", two.returncode, 1)
                lab.check("both are named", f"port {port}\n" in two.stderr and f"port {second}\n" in two.stderr, True)
            lab.check("one again", health(path, "server.port=0").returncode, 0)
    # What was killed leaves nothing that could be taken for a server.
    lab.check("none again", health(path, "server.port=0").returncode, 1)
