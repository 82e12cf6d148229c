"""A server of the test's own, and the file that names it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def written(folder, **said):
    """The file of a server: its address, a model, a limit, and what is said."""
    book = folder / "model.toml"
    lines = {"model": "stub", "limit": 5, **said}
    book.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in lines.items()))
    return book


def serving(folder):
    """serve(reply) -> (book, what was asked); reply(handler, wish) writes the answer."""
    begun = []

    def start(reply, **said):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append((self.path, dict(self.headers), wish))
                try:
                    reply(self, wish)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        begun.append(server)
        return written(folder, **{"url": f"http://127.0.0.1:{server.server_port}/v1", **said}), asked

    yield start
    for server in begun:
        server.shutdown()
        server.server_close()
