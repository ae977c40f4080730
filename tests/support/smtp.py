"""A mail server on this machine that keeps what it is given: the real protocol, no mock."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[EmailMessage] = []


class _Conversation(socketserver.StreamRequestHandler):
    """Says yes to everything; a message ends with a line that holds one dot."""

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                self.keep(self.read_message())
                self.say("250 kept")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def read_message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def keep(self, raw: bytes) -> None:
        message = message_from_bytes(raw, policy=default)
        cast("_Server", self.server).received.append(cast("EmailMessage", message))


@contextmanager
def mail_server() -> Iterator[tuple[int, list[EmailMessage]]]:
    """The server's port, and the messages that have arrived."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], server.received
        finally:
            server.shutdown()
            thread.join()
