#!/usr/bin/env python3
"""test-nginx.py BUILD SOURCE: a real nginx in front, with the server block of docs/operating.md, which ends TLS and has
the lab below a prefix. Clients are curl, with addresses of their own. Skipped (77) where nginx or curl is missing."""
import contextlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
import lab  # noqa: E402

BUILD, SOURCE = (pathlib.Path(word).resolve() for word in sys.argv[1:])
BASE = "https://lab.example.org/lab/"
RUN = "repeat=1&warmup=0&mode=serial&lock=gil"
N_CLIENTS = 30
ASYNC = "Prefer: respond-async"


def find(program):
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


NGINX, CURL = find("nginx"), find("curl")
if not NGINX or not CURL:
    print(f"skipped: there is no {'curl' if NGINX else 'nginx'} here")
    sys.exit(77)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def server_block(port, tls_port, read_timeout):
    """The block as the page has it, but for ports, files, and perhaps how long nginx waits."""
    page = (SOURCE / "docs" / "operating.md").read_text()
    block = re.search(r"```nginx\n(.*?)```", page, re.DOTALL).group(1)
    tls = SOURCE / "tests" / "unit" / "slow-tls.pem"
    for old, new in (("listen 443 ssl", f"listen 127.0.0.1:{tls_port} ssl"), ("127.0.0.1:8080", f"127.0.0.1:{port}"),
                     ("/etc/ssl/lab.pem", str(tls)), ("/etc/ssl/lab.key", str(tls)),
                     ("proxy_read_timeout 1h", f"proxy_read_timeout {read_timeout}")):
        if block.count(old) != 1:
            sys.exit(f"docs/operating.md: {old} is not there once")
        block = block.replace(old, new)
    return block


@contextlib.contextmanager
def nginx(path, port, read_timeout="1h"):
    """A running nginx that writes below path only; gives its port."""
    tls_port = free_port()
    prefix = path / "nginx"
    prefix.mkdir(exist_ok=True)
    temporary = "".join(f"{kind}_temp_path {prefix}/{kind};" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = prefix / "nginx.conf"
    config.write_text(f"daemon off; master_process off; pid {prefix}/pid; error_log {prefix}/error.log;"
                      f"events {{}} http {{ access_log off; {temporary} {server_block(port, tls_port, read_timeout)} }}")
    process = subprocess.Popen([NGINX, "-p", prefix, "-e", prefix / "error.log", "-c", config])

    def listens():
        if process.poll() is not None:
            sys.exit(f"nginx ended: {(prefix / 'error.log').read_text()}")
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", tls_port)) == 0

    try:
        lab.until("nginx listens", listens)
        yield tls_port
    finally:
        lab.end(process)


class Answer:
    def __init__(self, url, text):
        # The end of a line is "\n" here, whatever it was.
        head, self.body = text.split("\n\n", 1)
        lines = head.split("\n")
        self.url = url
        self.status = int(lines[0].split()[1])
        self.headers = [line.split(": ", 1) for line in lines[1:]]

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self):
        return json.loads(self.body)


class Client:
    """curl at an address of its own; the name of the lab leads to nginx."""

    def __init__(self, tls_port, number=2):
        self.address = f"127.0.0.{number}"
        self.words = [CURL, "-sk", "--http1.1", "--noproxy", "*", "--interface", self.address, "--max-time",
                      str(lab.PATIENCE_S), "--connect-to", f"::127.0.0.1:{tls_port}"]

    def start(self, path, *more):
        """path is a link as it stands in a page at BASE."""
        self.url = urllib.parse.urljoin(BASE, path)
        return subprocess.Popen([*self.words, "-i", *more, self.url], stdout=subprocess.PIPE, text=True)

    def finish(self, process):
        text = process.communicate()[0]
        if process.returncode != 0:
            sys.exit(f"curl ended with {process.returncode} for {self.url}: {text}")
        return Answer(self.url, text)

    def ask(self, path, *more):
        return self.finish(self.start(path, *more))


def headers(*lines):
    return [word for line in lines for word in ("-H", line)]


def touch(path, name):
    (path / name).touch()


def occupy(path, client):
    """A run that goes on until it is told to end; all others wait for it."""
    lab.check("a run to wait for", client.ask(f"run/gated?{RUN}&fresh=1", *headers(ASYNC)).status, 202)
    lab.until("it has begun", (path / "begun").exists)


def check_page(client):
    """The page and all that it is made of, followed from link to link as a browser does."""
    page = client.ask("")
    todo, seen = [BASE], set()
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen.add(url)
        answer = client.ask(url)
        if answer.status != 200:
            sys.exit(f"{url}: {answer.status}")
        if url.endswith("chart.js"):
            continue
        links = re.findall(r"""(?:src|href)="([^"#]+)"|(?:from|import) ?\(?['"](\.[^'"]+)['"]""", answer.body)
        todo += [urllib.parse.urljoin(url, link) for pair in links for link in pair if link]
    lab.check("all of the page is below the prefix", all(url.startswith(BASE) for url in seen), True)
    lab.check("it has its scripts", sum(url.endswith(".js") for url in seen) > 10, True)
    cookie = page.header("Set-Cookie")
    lab.check("the cookie of the page", re.sub("=[0-9a-f]{32};", "=...;", cookie),
              "gilscope_owner=...; Path=/lab/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure")
    redirect = client.ask(BASE.rstrip("/"))
    lab.check("without the slash", (redirect.status, redirect.header("Location")), (301, "/lab/"))


def check_links(client):
    run = client.ask(f"run/fine?{RUN}&label=links")
    lab.check("a run", run.status, 200)
    there = client.ask(urllib.parse.urljoin(run.url, run.header("Location")))
    lab.check("where its Location leads", (there.status, there.json()["id"]), (200, run.json()["id"]))
    for _ in range(2):
        client.ask(f"run/fine?{RUN}&fresh=1")
    page = client.ask("runs?limit=2")
    older = client.ask(urllib.parse.urljoin(page.url, page.json()["next"]))
    lab.check("the next page", [one["id"] for one in older.json()["runs"]], [run.json()["id"]])
    document = client.ask("openapi.json").json()
    lab.check("servers", document["servers"][0]["url"], BASE.rstrip("/"))
    lab.check("a path of the document", client.ask(document["servers"][0]["url"] + "/version").status, 200)


def check_stream(path, client):
    """The first events are here while the run still goes on: nothing on the way keeps them back."""
    stream = client.start(f"run/gated?{RUN}&fresh=1", "-N", *headers("Accept: text/event-stream"))
    lab.until("the run has begun", (path / "begun").exists)
    for line in stream.stdout:
        if line.startswith("event: started"):
            break
    else:
        sys.exit("the stream ended before it said anything")
    touch(path, "go")
    rest = stream.communicate()[0]
    lab.check("a stream", (stream.returncode, "event: done" in rest), (0, True))


def check_owner(client, neighbour):
    """Two clients at one address; and one whose browser keeps a cookie."""
    booked = client.ask(f"run/hang?{RUN}", *headers(ASYNC))
    secret = booked.header("Gilscope-Owner")
    cancel = f"runs/{booked.json()['id']}/cancel"
    lab.check("a neighbour cancels", client.ask(cancel, "-X", "POST").status, 403)
    lab.check("another address cancels", neighbour.ask(cancel, "-X", "POST").status, 403)
    lab.check("a forged address cancels", neighbour.ask(
        cancel, "-X", "POST", *headers(f"X-Forwarded-For: {client.address}", f"Forwarded: for={client.address}")).status,
              403)
    lab.check("the owner cancels", neighbour.ask(cancel, "-X", "POST", *headers(f"Gilscope-Owner: {secret}")).status, 200)
    lab.check("a neighbour removes", client.ask(f"runs/{booked.json()['id']}", "-X", "DELETE").status, 403)
    cookie = client.ask("").header("Set-Cookie").split(";")[0]
    booked = client.ask(f"run/fine?{RUN}&fresh=1", *headers(f"Cookie: {cookie}"))
    remove = ("-X", "DELETE", *headers(f"Cookie: {cookie}", "Origin: https://lab.example.org"))
    lab.check("the browser removes", client.ask(f"runs/{booked.json()['id']}", *remove).status, 204)


def check_gate(client):
    lab.check("another host", client.ask("version", *headers("Host: evil.example")).status, 421)
    lab.check("a forged host", client.ask("version", *headers("X-Forwarded-Host: evil.example")).status, 200)
    lab.check("a hidden host",
              client.ask("version", *headers("Host: evil.example", "X-Forwarded-Host: localhost")).status, 421)
    refused = client.ask(f"run/fine?{RUN}", *headers("Origin: https://evil.example"))
    lab.check("another site", (refused.status, refused.json()["page"]), (403, BASE))
    own = client.ask(f"run/fine?{RUN}", *headers("Origin: https://lab.example.org", "Sec-Fetch-Site: same-origin"))
    lab.check("the own site", own.status, 200)


def check_leaving(path, client):
    """nginx tells the server that the client has left, and the run ends."""
    waiting = client.start(f"run/hang?{RUN}&label=leaver")
    lab.until("the run has begun", (path / "begun").exists)
    waiting.terminate()
    waiting.communicate()
    (path / "begun").unlink()

    def ended():
        return client.ask("runs?label=leaver").json()["runs"][0]["status"] == "cancelled"

    lab.until("the run of a client that has left ends", ended)
    lab.check("a client that has left ends its run", True, True)


def check_short_timeout(path, client):
    """What the page says of a proxy that does not wait."""
    (path / "begun").unlink(missing_ok=True)
    late = client.ask(f"run/gated?{RUN}&label=impatient")
    lab.check("nginx has waited long enough", late.status, 504)

    def ended():
        return client.ask("runs?label=impatient").json()["runs"][0]["status"] == "cancelled"

    lab.until("the run of a client that nginx has left alone ends", ended)
    (path / "begun").unlink(missing_ok=True)
    booked = client.ask(f"run/gated?{RUN}&label=patient", *headers(ASYNC))
    lab.until("the run has begun", (path / "begun").exists)
    touch(path, "go")
    link = urllib.parse.urljoin(booked.url, booked.header("Location"))
    lab.until("a run that nobody waits for is done", lambda: client.ask(link).json()["status"] == "done")
    lab.check("respond-async behind a short time-out", booked.status, 202)


def book_room(path, tls_port):
    """30 clients at once, each with a run of its own. Returns the statuses."""
    clients = [Client(tls_port, 2 + number) for number in range(N_CLIENTS)]
    occupy(path, Client(tls_port, 40))
    asked = [(client, client.start(f"run/fine?{RUN}&fresh=1&label=room", *headers(ASYNC))) for client in clients]
    statuses = [client.finish(process).status for client, process in asked]
    touch(path, "go")
    return statuses


def all_done(client, label):
    runs = client.ask(f"runs?label={label}&limit=200").json()["runs"]
    return all(run["status"] == "done" for run in runs)


FAKE = f"runtimes.c={SOURCE}/tests/api/fake-runtime.sh"
HOSTS = "server.hosts=lab.example.org"

with lab.folder(BUILD) as path:
    with lab.server(path, "server.port=0", FAKE, HOSTS, "server.trusted_proxies=127.0.0.1") as port:
        with nginx(path, port) as tls_port:
            first, second = Client(tls_port), Client(tls_port, 3)
            check_page(first)
            check_links(first)
            check_stream(path, first)
            check_owner(first, second)
            check_gate(first)
            (path / "begun").unlink(missing_ok=True)
            check_leaving(path, first)
            lab.check("30 clients, accepted", book_room(path, tls_port).count(202), N_CLIENTS)
            lab.until("all are served", lambda: all_done(first, "room"))
    log = (path / "server.log").read_text()
    asked = set(re.findall(r"client=(\S+) method=GET path=/run/fine status=202", log))
    lab.check("addresses in the log", len(asked), N_CLIENTS)
    with lab.server(path, "server.port=0", FAKE, HOSTS, "server.trusted_proxies=127.0.0.1") as port:
        with nginx(path, port, "3s") as tls_port:
            check_short_timeout(path, Client(tls_port))
    # And how it is where nobody is trusted: all have the address of nginx, and four places.
    with lab.server(path, "server.port=0", FAKE, HOSTS) as port:
        with nginx(path, port) as tls_port:
            statuses = book_room(path, tls_port)
            lab.check("30 clients without trust, accepted and told 429", (statuses.count(202), statuses.count(429)), (4, 26))
print("nginx:", subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=True).stderr.strip())
