"""A real SMTP server on the loopback interface, small enough to be read: it keeps what it accepted.

It can refuse recipients or content, hang up, and speak TLS without certificates (anonymous ciphers), so that no key has
to be stored or made for a test.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    port: int = 0
    greeting: str = "220 loopback"
    recipient_reply: str = "250 ok"
    data_reply: str = "250 kept"
    quit_reply: str | None = "221 bye"
    offers: tuple[str, ...] = ()
    implicit_tls: bool = False
    accepted: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    commands_in_tls: list[str] = field(default_factory=list)


def anonymous_tls(server: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    if not server:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def running(mailbox: Mailbox) -> Iterator[Mailbox]:
    class Handler(_Session):
        box = mailbox

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()


class _Session(socketserver.BaseRequestHandler):
    box: Mailbox

    def handle(self) -> None:
        self.encrypted = False
        try:
            if self.box.implicit_tls:
                self._encrypt()
            self._say(self.box.greeting)
            while line := self._read_line():
                if not self._answer(line.decode("ascii").rstrip("\r\n")):
                    return
        except (ssl.SSLError, ConnectionError):
            return
        finally:
            self.request.close()

    def _answer(self, command: str) -> bool:
        verb = command.split(" ")[0].upper()
        (self.box.commands_in_tls if self.encrypted else self.box.commands).append(command)
        if verb == "EHLO":
            self._say("\r\n".join(["250-loopback", *(f"250-{offer}" for offer in self.box.offers), "250 SIZE 1000000"]))
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
        elif verb == "AUTH":
            self._say("235 welcome")
        elif verb == "RCPT":
            self._say(self.box.recipient_reply)
        elif verb == "DATA":
            self._data()
        elif verb == "QUIT":
            if self.box.quit_reply is not None:
                self._say(self.box.quit_reply)
            return False
        else:
            self._say("250 ok")
        return True

    def _data(self) -> None:
        self._say("354 send")
        lines = iter(self._read_line, b".\r\n")
        content = b"".join(line.removeprefix(b".") for line in lines)
        if self.box.data_reply.startswith("250"):
            self.box.accepted.append(content)
        self._say(self.box.data_reply)

    def _encrypt(self) -> None:
        self.request = anonymous_tls(server=True).wrap_socket(self.request, server_side=True)
        self.encrypted = True

    def _read_line(self) -> bytes:
        """One byte after another: a buffered reader would hold back what belongs to the TLS handshake."""
        line = b""
        while not line.endswith(b"\n"):
            byte = self.request.recv(1)
            if not byte:
                return b""
            line += byte
        return line

    def _say(self, text: str) -> None:
        self.request.sendall(text.encode() + b"\r\n")
