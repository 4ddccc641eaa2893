#!/usr/bin/env python3
"""check-docs.py ROOT: what the pages name is there. Every link to a file, and every path of the tree in backticks
(engine/drive.c, docs/), must exist; a path with NAME in it is a pattern for the reader and is passed over."""
import os
import re
import sys

ROOT = sys.argv[1]
FOLDERS = [name for name in os.listdir(ROOT) if os.path.isdir(os.path.join(ROOT, name)) and name != "build"]
PAGES = [name for name in os.listdir(ROOT) if name.endswith(".md")]
PAGES += ["docs/" + name for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md")]


def named(page, text):
    """The paths that a page names, from the root, each with the words that name it."""
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", link):
            yield os.path.normpath(os.path.join(os.path.dirname(page), link)), link
    for word in re.findall(r"`([^`\s]+)`", text):
        if word.split("/")[0] in FOLDERS and "/" in word and "NAME" not in word and "*" not in word:
            yield word, word


wrong = []
for page in sorted(PAGES):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        for path, words in named(page, file.read()):
            if not os.path.exists(os.path.join(ROOT, path)):
                wrong.append(f"{page} names {words}, which is not there")
print("\n".join(wrong) or f"{len(PAGES)} pages, nothing missing")
sys.exit(bool(wrong))
