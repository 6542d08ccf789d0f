"""A way round to a PostgreSQL server that cuts connections at a chosen moment, as a network may do at any.

It understands as much of the protocol as it takes to count requests: a request is all that a program sends before it
waits for an answer. https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Literal, Self

Moment = Literal["before", "half", "after", "silent"]
"""When a connection is cut: before a request reaches the server, when half of it has, or when it was answered and the
answer has not been passed on. `silent` is before, and the server does not come to know of it."""

_WAITS = b"QS"  # Query and Sync: the program waits for an answer after these
_READY = b"Z"


class Proxy:
    """A way round to a server on the loopback; a context manager.

    Args:
        port: The server's port.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._left = 0
        self._moment: Moment = "before"
        self._closes = False
        self.closed = False
        self.cuts = 0
        self.requests = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listening.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def cut(self, request: int, moment: Moment, *, for_good: bool = False) -> None:
        """Cut at a request, counted from now over all connections; `for_good` lets nobody in after that."""
        with self._lock:
            self._left, self._moment, self._closes = request, moment, for_good
            self.closed, self.cuts, self.requests = False, 0, 0

    def reopen(self) -> None:
        """Let everybody in again."""
        self.closed = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self.closed:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._server))
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [client, server]
                threading.Thread(target=_Passage(self, client, server).run, daemon=True).start()

    def is_turn(self) -> Moment | None:
        """Count one request; the moment where this one is to be cut."""
        with self._lock:
            self.requests += 1
            self._left -= 1
            if self._left:
                return None
            self.cuts += 1
            self.closed = self._closes
            return self._moment


class _Passage:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.swallow = threading.Event()

    def run(self) -> None:
        with suppress(OSError, EOFError):
            self._forward_startup()
            threading.Thread(target=self._answers, daemon=True).start()
            request = b""
            while True:
                head = _exactly(self.client, 5)
                request += head + _exactly(self.client, struct.unpack("!i", head[1:])[0] - 4)
                if head[:1] not in _WAITS:
                    if head[:1] in b"pX":  # the password, and good-bye
                        self.server.sendall(request)
                        request = b""
                    continue
                moment = self.proxy.is_turn()
                if moment in {"before", "silent"}:
                    self._end(tell_the_server=moment == "before")
                    return
                if moment == "half":
                    self.server.sendall(request[: len(request) // 2])
                    break
                if moment == "after":
                    self.swallow.set()
                self.server.sendall(request)
                request = b""
        if not self.swallow.is_set():
            self._end()

    def _forward_startup(self) -> None:
        length = _exactly(self.client, 4)
        self.server.sendall(length + _exactly(self.client, struct.unpack("!i", length)[0] - 4))

    def _answers(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                head = _exactly(self.server, 5)
                answer = head + _exactly(self.server, struct.unpack("!i", head[1:])[0] - 4)
                if not self.swallow.is_set():
                    self.client.sendall(answer)
                elif head[:1] == _READY:
                    break
        self._end()

    def _end(self, *, tell_the_server: bool = True) -> None:
        for each in (self.client, self.server) if tell_the_server else (self.client,):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _exactly(stream: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = stream.recv(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found
