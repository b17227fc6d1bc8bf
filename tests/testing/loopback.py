"""A prediction server on this machine, which counts and fails as it is told."""

import json
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Loopback(ThreadingHTTPServer):
    """Prediction server at a free port of 127.0.0.1.

    Parameters
    ----------
    answer : callable
        Function of decoded JSON that returns what is sent back.
    trouble : callable, default=None
        Function of the number of a request, from 1. It returns None, or what happens
        in place of an answer: a function of the handler.
    certificate : path-like, default=None
        PEM file of a key and a certificate: https then.

    Attributes
    ----------
    url : str
    n_requests : int
    paths : list of str
        Where the requests went.
    received : list
        Decoded JSON of those that were answered.
    """

    daemon_threads = True

    def __init__(self, answer, trouble=None, certificate=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.trouble = answer, trouble or (lambda number: None)
        self.n_requests, self.received, self.paths = 0, [], []
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_port}/predict"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request, client_address):
        """Clients that are gone are no news."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.n_requests += 1
        self.server.paths.append(self.path)
        happens = self.server.trouble(self.server.n_requests)
        if happens is not None:
            happens(self)
            return
        self.server.received.append(content)
        reply(self, 200, json.dumps(self.server.answer(content)).encode())

    def log_message(self, *args):
        pass


def reply(handler, code, body=b"", **headers):
    """Send an answer; underscores in names of headers are hyphens."""
    handler.send_response(code)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code, body=b"", **headers):
    """A trouble: this status."""
    return lambda handler: reply(handler, code, body, **headers)


def drop(handler):
    """A trouble: the connection breaks."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_short(handler):
    """A trouble: the connection breaks in the middle of an answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"[[0.")
    drop(handler)


def hang(handler):
    """A trouble: no answer, until the client has gone."""
    handler.connection.recv(1)


@contextmanager
def serving(answer, trouble=None, certificate=None):
    """A server that runs in the block."""
    with Loopback(answer, trouble, certificate) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
