"""Small requests that cover what a catalog offers, and the slow server on loopback that fetch gets its pages from."""
import http.server
import os
import threading
import time
import urllib.parse

MAX_SPANS = 4000
SHRINK = 100
SECONDS_TO_BE_ENDED_IN = 20


class Origin(http.server.BaseHTTPRequestHandler):
    """/task/3/page/0?delay_ms=20&bytes=100"""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        time.sleep(int(asked.get("delay_ms", 0)) / 1000)
        body = (b"page " * (int(asked.get("bytes", 0)) // 5 + 1))[:int(asked.get("bytes", 0))]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        pass


class OriginServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        """Clients that are ended in the middle of a page are what some checks are about."""


def start_origin():
    server = OriginServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def priced(experiment, kinds):
    return {name for term in experiment["cost"] if term["kind"] in kinds for name in term.get("times") or []}


def rule_of(experiment):
    return (experiment.get("tasks") or {}).get("parameter")


def value_of(parameter, experiment):
    """Its default, smaller where that costs time: a hundredth of it is long enough to be told from nothing."""
    value = parameter["default"]
    if parameter["type"] == "integer" and parameter["name"] in priced(experiment, ("cpu", "outside", "wait")) and \
            parameter["name"] != rule_of(experiment):
        return max(parameter["min"], min(value, 1), value // SHRINK)
    return value


def params_of(experiment, lock, **given):
    params = {parameter["name"]: value_of(parameter, experiment) for parameter in experiment["parameters"]}
    params.update((parameter["name"], parameter["default"][0]) for parameter in lock["parameters"])
    params.update(given)
    for parameter in experiment["parameters"]:
        if parameter.get("unless") and params.get(parameter["unless"]) is not None:
            del params[parameter["name"]]
    return params


def modes_of(catalog, experiment):
    return [mode for mode in catalog["modes"] if mode["name"] not in (experiment.get("unavailable") or {})]


class Requests:
    def __init__(self, catalog, origin_port):
        self.catalog = catalog
        self.origin_port = origin_port
        self.usual = next(lock for lock in catalog["locks"] if lock["usual"])

    def cell(self, experiment, mode, lock, tasks=2, cpus=None, **given):
        params = params_of(experiment, lock, **given)
        if rule_of(experiment):
            tasks = params[rule_of(experiment)] + experiment["tasks"]["plus"]
        return {"runtime": self.catalog["runtime"], "mode": mode["name"], "lock": lock["name"],
                "tasks": min(tasks, experiment["max_tasks"][mode["name"]]),
                "cpus": cpus or self.catalog["cpus_usable"], "params": params}

    def matrix(self, experiment):
        """Every mode under every lock; every choice and a single CPU in every mode."""
        modes = modes_of(self.catalog, experiment)
        cells = [self.cell(experiment, mode, lock) for mode in modes for lock in self.catalog["locks"]]
        for mode in modes:
            for parameter in experiment["parameters"]:
                for choice in parameter.get("choices") or []:
                    if choice != parameter["default"]:
                        cells.append(self.cell(experiment, mode, self.usual, **{parameter["name"]: choice}))
            if mode["side_by_side"] and self.catalog["cpus_usable"] > 1:
                cells.append(self.cell(experiment, mode, self.usual, cpus=1))
        return cells

    def long(self, experiment, mode):
        """Takes so long that it can be ended in the middle."""
        given, prices = {}, priced(experiment, ("cpu", "outside", "wait"))
        for parameter in experiment["parameters"]:
            if parameter["type"] == "integer" and parameter["name"] in prices and \
                    parameter["name"] != rule_of(experiment):
                given[parameter["name"]] = min(parameter["max"], max(1, parameter["default"]) * 100)
        return [self.cell(experiment, mode, self.usual, **given)]

    def request(self, experiment, cells, pace, **members):
        """The numbers of cells have gaps, as if others of the grid were another runtime's."""
        numbered = [{"cell": 3 + 2 * index + index // 3, **cell} for index, cell in enumerate(cells)]
        return {"protocol": 1, "experiment": experiment["name"], "repeat": 1, "warmup": 1, "seed": 1,
                "detail": "summary", "timeline": "on", "max_spans": MAX_SPANS, "tick_turns": 28,
                "turn_ns": self.catalog.get("turn_ns"), "origin": {"ports": [self.origin_port]},
                "friends": [os.getpid()], "pace": pace, "allow": [], "max_bytes": 10_000_000, "cells": numbered,
                **members}
