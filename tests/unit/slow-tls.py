#!/usr/bin/env python3
"""An https server on loopback that is slow to close: it answers one request on each connection and then leaves it
as it is, whatever the client says. Prints its port. Ends when its standard input does.

Its certificate, and the key with it, are for this test alone; nobody trusts them."""
import os
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow-tls.pem"))
left_open = []


def answer(plain):
    connection = context.wrap_socket(plain, server_side=True)
    left_open.append(connection)
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nslow\n")


def serve(listener):
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=answer, args=(plain,), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
threading.Thread(target=serve, args=(listener,), daemon=True).start()
sys.stdin.read()
