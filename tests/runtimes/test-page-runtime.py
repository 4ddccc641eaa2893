#!/usr/bin/env python3
"""test-page-runtime.py PAGE: the runtime that docs/protocol.md shows does what the page says."""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
TEXT = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")

with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
    file.write(re.search(r"```python\n(.*?)```", TEXT, re.S).group(1))
    file.flush()
    done = subprocess.run([sys.executable, str(HERE / "check-runtime.py"), sys.executable, file.name], check=False)
sys.exit(done.returncode)
