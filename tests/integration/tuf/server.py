"""A loopback HTTP server that notes what it is asked for, and misbehaves by name."""
from __future__ import annotations

import http.server
import threading
from typing import Callable, Optional

Handler = http.server.BaseHTTPRequestHandler


class Server:
    """Serves `files` by path. A path in `answers` is answered by that function instead."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.requests: list[str] = []
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.ended = threading.Event()
        outer = self

        class OneAnswer(Handler):
            def do_GET(self) -> None:
                path = self.path.lstrip("/")
                outer.requests.append(path)
                answer: Optional[Callable[[Handler], None]] = outer.answers.get(path)
                try:
                    if answer is not None:
                        answer(self)
                    elif path in outer.files:
                        give(outer.files[path])(self)
                    else:
                        self.send_error(404)
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), OneAnswer)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def url(self, directory: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{directory}/"

    def take_requests(self) -> list[str]:
        taken, self.requests[:] = list(self.requests), []
        return taken

    def stop(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def give(data: bytes) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
    return answer


def fail(status: int) -> Callable[[Handler], None]:
    return lambda handler: handler.send_error(status)


def pour(front: bytes = b"") -> Callable[[Handler], None]:
    """Never ends by itself, and states no length."""
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(front)
        while True:
            handler.wfile.write(b" " * 65536)
    return answer


def trickle(server: Server) -> Callable[[Handler], None]:
    """A byte now and then, for as long as anybody waits."""
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10000")
        handler.end_headers()
        while not server.ended.wait(0.2):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    return answer


def hang(server: Server) -> Callable[[Handler], None]:
    """Says nothing at all."""
    def answer(_: Handler) -> None:
        server.ended.wait(600)
    return answer


__all__ = ["Server", "fail", "give", "hang", "pour", "trickle"]
