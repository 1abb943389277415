"""Tells kube-apiserver who has which token, so that a user can be added while it runs.

kube-apiserver reads its own token file only when it starts. It asks this webhook instead, which reads
TOKENS for each question: a JSON object that maps the SHA-256 of a token, in hex, to the `user` of a
TokenReview's status.

It is started with `python -I -S token_webhook.py LISTENER TOKENS`, where LISTENER is the descriptor of a
listening socket on loopback. This file imports the standard library alone and is not imported by any other.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication
"""

import hashlib
import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def review(token: str, tokens: Path) -> dict[str, Any]:
    user = json.loads(tokens.read_bytes()).get(hashlib.sha256(token.encode()).hexdigest())
    status = {"authenticated": False} if user is None else {"authenticated": True, "user": user}
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120  # seconds; longer than kube-apiserver keeps an idle connection

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(review(question["spec"]["token"], Path(sys.argv[2]))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Webhook(ThreadingHTTPServer):
    """On a socket that is listening already, for then no other program can take its port."""

    daemon_threads = True

    def __init__(self, listener: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=listener)
        self.server_address = self.socket.getsockname()


if __name__ == "__main__":
    Webhook(int(sys.argv[1])).serve_forever()
