"""A small HTTP server of threads, and handing a request on to another server."""

import http.client
import http.server
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from .settings import LOOPBACK

HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade".split()
)
"""What speaks of one connection, and is not handed on (RFC 9110, 7.6.1)."""

ANSWER_SECONDS = 120
"""How long the other server may take."""

Headers = list[tuple[str, str]]


@dataclass
class Request:
    """A request, whole."""

    method: str
    target: str
    headers: Headers
    body: bytes


@dataclass
class Answer:
    """An answer, whole."""

    status: int
    headers: Headers
    body: bytes


def end_to_end(headers: Headers) -> Headers:
    """The headers that are handed on, without the length, which is counted anew."""
    named = {name.strip().lower() for key, value in headers if key.lower() == "connection" for name in value.split(",")}
    left_out = HOP_BY_HOP | named | {"content-length"}
    return [(name, value) for name, value in headers if name.lower() not in left_out]


def forward(request: Request, port: int) -> Answer:
    """What the server at `port` answers to `request`; 502 if it does not."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in end_to_end(request.headers):
            connection.putheader(name, value.encode("latin-1"))
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    except (OSError, http.client.HTTPException) as error:
        return Answer(502, [("Content-Type", "text/plain")], f"no answer: {type(error).__name__}\n".encode())
    finally:
        connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    """Reads a request whole, asks `answer`, and writes what that says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, request: Request) -> Answer:
        """What to answer."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> object:
        # The base class looks for `do_GET` and so on: every method is welcome.
        if name.startswith("do_"):
            return self._handle
        raise AttributeError(name)

    def _handle(self) -> None:
        request = Request(self.command, self.path, list(self.headers.items()), self._body())
        answer = self.answer(request)
        self.send_response_only(answer.status)
        for name, value in end_to_end(answer.headers):
            self.send_header(name, value)
        bodiless = answer.status in (204, 304) or answer.status < 200
        if not bodiless:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not bodiless and self.command != "HEAD":
            self.wfile.write(answer.body)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(iter(self._chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        # The end of the chunk; after the last one, trailers until an empty line.
        while self.rfile.readline() not in (b"\r\n", b"\n", b""):
            pass
        return chunk

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: requests carry addresses and tokens."""


class Server(http.server.ThreadingHTTPServer):
    """Serves at a free port of the loopback interface until it is left."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, handler: type[Handler]) -> None:
        super().__init__((LOOPBACK, 0), handler)
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it serves, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that went away is its own affair."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
