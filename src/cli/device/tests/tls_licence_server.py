"""A licence server over TLS, for the tests of its courier: CERTIFICATE KEY. Prints its port; to "request of X" it says "licence of X"."""
import http.server
import ssl
import sys


class Answering(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).replace(b"request", b"licence")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.HTTPServer):
    def handle_error(self, *_: object) -> None:
        """Who does not believe it hangs up."""


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(*sys.argv[1:])
with Server(("127.0.0.1", 0), Answering) as server:
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()
