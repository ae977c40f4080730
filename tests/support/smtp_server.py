"""A mail server that speaks SMTP on a port of its own and keeps what it gets."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class Conversation(socketserver.StreamRequestHandler):
    """One client: enough of RFC 5321 for Django's backend."""

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()[:4]
            if verb == "DATA":
                self.say("354 go on")
                self.take()
            elif verb == "QUIT":
                self.say("221 bye")
                return
            self.say("250 ok")

    def take(self) -> None:
        """The letter, up to a line with a single dot."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.letters.append(letter)  # type: ignore[attr-defined]

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def running_smtp() -> Iterator[tuple[int, list[EmailMessage]]]:
    """The port and the letters that came."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
    server.daemon_threads = True
    server.letters = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], server.letters  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
