#!/usr/bin/env python3
"""test-property.py BUILD [REQUESTS [SEED]]: requests made at random from the server's own /openapi.json, most of them
with something wrong in them. Whatever is asked, the answer is one that the document has for it, of a status and type
and shape that are written there, and never a 500. At the end nobody is left but who was there before, and memory,
threads and descriptors are where they were.

The seed is 1 unless another is named, 0 for one by chance. It is printed, and a failure names the request with it: the
same seed asks the same again, as far as runs end in the same order. The last line is "1 passed, 0 failed"."""
import collections
import http.client
import importlib.util
import json
import os
import pathlib
import random
import socket
import sys
import time
import urllib.parse

# The python3 on PATH may be another than the one that the distribution's package is for.
if not importlib.util.find_spec("jsonschema") and sys.executable != "/usr/bin/python3":
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
sys.dont_write_bytecode = True
import lab  # noqa: E402
import usage  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TOKEN = "teachers-token"
OWNER = "an-owner-of-runs-1"
# What is accepted is small: the requests are what is tried here, not the runs.
SETTINGS = (
    "server.port=0", f"server.instructor_token={TOKEN}", "archive.max_runs=40", "limits.max_estimate_ms=20",
    "limits.max_timeout_ms=2000", "limits.timeout_ms=2000", "limits.max_tasks=4", "limits.max_repeat=3",
    "limits.max_cells=4", "limits.max_queue=20", "limits.max_queue_address=20", "limits.max_queue_client=20")
SMALL = {"n": 1, "tasks": 1, "repeat": 1, "warmup": 0, "mode": "serial", "timeline": "off", "rounds": 1, "items": 1,
         "duration_ms": 10, "delay_ms": 1}
FORM, JSON, STREAM = "application/x-www-form-urlencoded", "application/json", "text/event-stream"
ACCEPTS = (None, "*/*", JSON, STREAM, "text/csv", "text/markdown", "text/plain", "image/png", "text/html;q=0.5, */*;q=0.1",
           "application/problem+json", "x", ";q=", "text/plain;q=0, */*")
WORDS = ("", "0", "-1", "1", "2,3", "1e9", "99999999999999999999", "0x10", "1.5", "null", "true", "nan", "a,,b", "serial",
         "threads", "gil", "on", "off", "\u00e9\u4f60", "\u0000", "%", "&", "=", "'\"<>", "../..", "http://localhost/", "x" * 300,
         "\u202e", "\n", "[]", "{}")
STREAM_S = 0.02


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


schemas = load("check-schema")


class Document:
    def __init__(self, document):
        self.raw = document
        self.components = schemas.narrowed(document["components"])
        self.validators, self.checked = {}, set()
        self.operations = [
            (method.upper(), path, item.get("parameters", []) + operation["parameters"], operation)
            for path, item in document["paths"].items() for method, operation in item.items() if method != "parameters"]

    def resolve(self, node):
        while "$ref" in node:
            found = self.raw
            for step in node["$ref"][2:].split("/"):
                found = found[step]
            node = found
        return node

    def response(self, operation, status):
        """What is written of this status, or None."""
        found = operation["responses"].get(str(status)) or operation["responses"].get(f"{status // 100}XX")
        return found and self.resolve(found)

    def complaint(self, schema, value, text):
        """The same text need not be looked at again."""
        key = json.dumps(schema, sort_keys=True)
        if (key, text) in self.checked:
            return None
        if key not in self.validators:
            self.validators[key] = schemas.Validator({"components": self.components, "allOf": [schemas.narrowed(schema)]})
        found = schemas.complaint_of(self.validators[key], value)
        if found is None and len(self.checked) < 100000:
            self.checked.add((key, text))
        return found


class Maker:
    """Makes requests. What it needs of the answers are the ids of runs."""

    def __init__(self, document, seed):
        self.document, self.random = document, random.Random(seed)
        self.ids = collections.deque(["01KAN5V2M3Z5T0W4QH8R6XJ7CE"], maxlen=30)

    def often(self, share):
        return self.random.random() < share

    def word(self):
        if self.often(0.7):
            return self.random.choice(WORDS)
        return "".join(chr(self.random.choice((self.random.randrange(32, 127), self.random.randrange(0xA0, 0x2FF))))
                       for _ in range(self.random.randrange(1, 12)))

    def good(self, name, schema):
        """A value that follows the schema, small where a run would be large."""
        schema = self.document.resolve(schema)
        if name in ("baseline", "candidate", "id"):
            return self.random.choice(self.ids)
        if name in SMALL and self.often(0.8):
            return SMALL[name]
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self.good(name, self.random.choice(schema[key]))
        for key in ("enum", "examples"):
            if schema.get(key):
                return self.random.choice(schema[key])
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        kind = kind if isinstance(kind, str) else (kind or ["string"])[0]
        if kind == "array":
            return [self.good(name, schema.get("items", {})) for _ in range(self.random.randrange(1, 3))]
        if kind == "integer":
            low, high = schema.get("minimum", 0), schema.get("maximum", 1 << 53)
            return self.random.choice((low, high, self.random.randint(low, high), min(high, low + 1)))
        if kind in ("boolean", "null"):
            return {"boolean": True, "null": None}[kind]
        if kind == "object":
            return {"tasks": 1}
        return self.random.choice(("a", "room 1", "countdown"))

    def bad(self):
        return self.random.choice((self.word(), self.word(), self.random.randrange(-2, 1 << 65), None, True, 1.5, [], {}, [[1]],
                                   {"a": {"b": []}}, [1, "x", None]))

    def values(self, rows):
        """(name, value) of some parameters: mostly those that keep a run small, and then some others."""
        chosen = [(name, SMALL[name]) for name, _ in rows if name in SMALL and self.often(0.9)]
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 4))):
            if rows:
                chosen.append((lambda row: (row[0], self.good(*row)))(self.random.choice(rows)))
        required = [(name, self.good(name, schema)) for name, schema in rows if name in ("baseline", "candidate", "action", "text")]
        chosen += [pair for pair in required if self.often(0.9)]
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            name = self.random.choice(rows)[0] if rows and self.often(0.6) else self.word()
            chosen.append((name, self.bad()))
        return chosen

    def text(self, value):
        if isinstance(value, list) and not any(isinstance(one, (list, dict)) for one in value):
            return ",".join(self.text(one) for one in value)
        return value if isinstance(value, str) else json.dumps(value)

    def encoded(self, pairs):
        text = "&".join(f"{urllib.parse.quote(name)}={urllib.parse.quote(self.text(value), safe=',:/')}" for name, value in pairs)
        if self.often(0.05):
            at = self.random.randrange(len(text) + 1)
            text = text[:at] + self.random.choice(("%", "%zz", "&&", "=", "+", "%00", "%ff", ";", "[]")) + text[at:]
        return text

    def body(self, pairs):
        """(content type, bytes)"""
        if self.often(0.5):
            kind, data = FORM, self.encoded(pairs).encode()
        else:
            kind, data = JSON, json.dumps(dict(pairs)).encode()
        if self.often(0.1):
            kind = self.random.choice((FORM, JSON, "text/plain", "multipart/form-data; boundary=x", None, JSON + "; charset=utf-8"))
        if self.often(0.1):
            at = self.random.randrange(len(data) + 1)
            data = data[:at] + self.random.choice((b"", b"\0", b"\xff", b"{", b"]", b'"', b"\\u0000", b"1" * 70000)) + data[at + 1:]
        return kind, data

    def headers(self, rows):
        headers = {}
        accept = self.random.choice(ACCEPTS) if self.often(0.4) else None
        if accept:
            headers["Accept"] = accept
        for name, schema in rows:
            if self.often(0.3):
                headers[name] = self.text(self.good(name, schema)) if self.often(0.7) else self.word()
        for name, values in (("Gilscope-Owner", (OWNER, OWNER, "short")), ("Prefer", ("respond-async",)),
                             ("Authorization", (f"Bearer {TOKEN}", "Bearer wrong", "Basic eDp5")),
                             ("Origin", ("http://evil.example", "null")), ("Host", ("evil.example", "a b", "localhost:1")),
                             ("If-None-Match", ("*", '"x"')), ("X-Request-ID", ("abc", "\u00e9" * 40))):
            if name not in headers and self.often(0.4 if name in ("Gilscope-Owner", "Authorization") else 0.05):
                headers[name] = self.random.choice(values)
        return {name: value.encode("latin-1", "replace").replace(b"\r", b"?").replace(b"\n", b"?").replace(b"\0", b"?")
                for name, value in headers.items()}

    def request(self):
        """(operation, None where the document has none; method, target, headers, body)"""
        method, path, parameters, operation = self.random.choice(self.document.operations)
        # There are many of the one kind, and the other takes long.
        if path.startswith("/run/") and self.often(0.5) or path.endswith("/events") and self.often(0.7):
            method, path, parameters, operation = self.random.choice(self.document.operations)
        rows = {place: [] for place in ("query", "header", "path")}
        for parameter in map(self.document.resolve, parameters):
            rows[parameter["in"]].append((parameter["name"], parameter["schema"]))
        where = self.random.choice(self.ids) if self.often(0.85) else urllib.parse.quote(self.word(), safe="") or "x"
        target, kind, body = path.replace("{id}", where), None, None
        if "requestBody" in operation:
            schema = self.document.resolve(operation["requestBody"]["content"][JSON]["schema"])
            pairs = self.values(list(schema["properties"].items()))
            kind, body = self.body(pairs)
            rows["query"] = []
        query = self.encoded(self.values(rows["query"]) if rows["query"] or self.often(0.1) else [])
        target += f"?{query}" if query else ""
        if self.often(0.03):
            method = self.random.choice(("PUT", "OPTIONS", "TRACE", "FOO", "DELETE", "PATCH", "POST"))
            operation = next((row[3] for row in self.document.operations if row[:2] == (method, path)), None)
        elif self.often(0.03):
            operation, target = None, "/" + urllib.parse.quote(self.word(), safe="/%") + target
        headers = self.headers(rows["header"])
        if body is not None and kind is not None:
            headers["Content-Type"] = kind
        return operation, method, target, headers, body


class Asker:
    """Asks over one connection that is kept, and over one of its own where the answer is a stream."""

    def __init__(self, port):
        self.port, self.kept = port, None

    def connection(self, timeout=lab.PATIENCE_S):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def send(self, connection, method, target, headers, body):
        connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return connection.getresponse()

    def ask(self, method, target, headers=(), body=None):
        """(status, type, bytes, headers). A stream is read for a moment and left."""
        headers = dict(headers)
        may_stream = STREAM.encode() in headers.get("Accept", b"") or target.partition("?")[0].endswith("/events")
        connection = self.connection() if may_stream or not self.kept else self.kept
        self.kept = None
        try:
            answer = self.send(connection, method, target, headers, body)
            kind = answer.getheader("Content-Type")
            if kind and kind.startswith(STREAM):
                data = self.read_stream(connection, answer)
            else:
                data = answer.read()
                if not answer.will_close and not may_stream:
                    self.kept = connection
        finally:
            if self.kept is not connection:
                connection.close()
        return answer.status, kind, data, answer

    def read_stream(self, connection, answer):
        data = b""
        if connection.sock:
            connection.sock.settimeout(STREAM_S)
        try:
            while piece := answer.read1(65536):
                data += piece
        except (socket.timeout, TimeoutError):
            pass
        return data

    def close(self):
        if self.kept:
            self.kept.close()
            self.kept = None


def events_of(text):
    """What a stream has told so far, as the document describes it."""
    found = []
    for block in text.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append({key: int(value) if key == "id" else json.loads(value) if key == "data" else value
                          for key, value in fields.items() if key != "retry"})
    return found


def fault_of(document, operation, method, answer):
    """What is wrong with an answer, or None."""
    status, kind, data, _ = answer
    if status == 500:
        return "500"
    if operation is None:
        return f"status {status} of what is not in the document" if status > 499 and status != 501 else None
    written = document.response(operation, status)
    if written is None:
        return f"status {status} is not in the document"
    content = {media.partition(";")[0]: entry["schema"] for media, entry in written.get("content", {}).items()}
    if not content or method == "HEAD":
        return f"{len(data)} bytes of content" if data else None
    bare = (kind or "").partition(";")[0]
    if status == 200 and "text/html" in content and kind:
        return None  # the page and its assets
    if bare not in content:
        return f"type {kind}, and the document has {sorted(content)} for {status}"
    text = data.decode()
    if bare == STREAM:
        schema = content[bare].get("contentSchema")
        complaint = document.complaint(schema, events_of(text), text) if schema else None
    elif bare.endswith("json"):
        complaint = document.complaint(content[bare], json.loads(text), text)
    else:
        complaint = document.complaint(content[bare], text, text)
    if complaint:
        return complaint
    return None if bare == STREAM or text.endswith("\n") else "it does not end in a newline"


def ask_all(document, maker, asker, n, statuses):
    for i in range(n):
        operation, method, target, headers, body = maker.request()
        answer = asker.ask(method, target, headers, body)
        statuses[answer[0]] += 1
        fault = fault_of(document, operation, method, answer)
        if fault:
            sys.exit(f"request {i}: {method} {target}\n{headers}\n{body and body[:1000]}\n"
                     f"answered {answer[0]} {answer[1]}: {fault}\n{answer[2][:1000]}")
        if answer[0] in (200, 202) and target.startswith("/run/") and (answer[1] or "").startswith(JSON):
            maker.ids.append(json.loads(answer[2])["id"])


def main():
    build, n = pathlib.Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    seed = seed or random.SystemRandom().randrange(1, 1 << 32)
    print(f"{n} requests, seed {seed}", flush=True)
    statuses, began = collections.Counter(), time.monotonic()
    with lab.folder(build) as path, lab.server(path, *SETTINGS) as port:
        asker, pid = Asker(port), usage.pid_of(path)
        document = Document(json.loads(asker.ask("GET", "/openapi.json")[2]))
        maker = Maker(document, seed)
        # What is made once, as documents and threads, is not growth.
        ask_all(document, maker, asker, max(n // 4, 100), statuses)
        asker.close()
        first = usage.at_rest(port, pid)
        ask_all(document, maker, asker, n - max(n // 4, 100), statuses)
        asker.close()
        faults, last = usage.growth(first, port, pid)
    print(f"answers by status: {dict(sorted(statuses.items()))}")
    print(f"before: {first}\nafter:  {last}\n{n} requests in {time.monotonic() - began:.0f} s")
    if faults:
        sys.exit("; ".join(faults))
    print("1 passed, 0 failed")


main()
