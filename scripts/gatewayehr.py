"""A small FHIR server as a gateway's destination: it takes PUTs, and remembers what came where."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Ehr:
    """Listens at a free port. The first PUT to each place is answered with 503, as by a server that is busy."""

    def __init__(self, secret):
        self.secret, self.lock = secret, threading.Lock()
        # By place: how often it was refused, and the bodies that were taken.
        self.busy, self.taken, self.wrong = {}, {}, []
        ehr = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with ehr.lock:
                    status = ehr.put(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/fhir"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, headers, body):
        """The status of the answer."""
        if headers["Authorization"] != f"Bearer {self.secret}":
            self.wrong.append("without the token")
            return 401
        document = json.loads(body)
        if headers["Content-Type"] != "application/fhir+json" or path != f"/fhir/{document['resourceType']}/{document['id']}":
            self.wrong.append(f"{headers['Content-Type']} at {path}")
            return 400
        if path not in self.busy:
            self.busy[path] = 1
            return 503
        before = self.taken.setdefault(path, [])
        before.append(body)
        return 200 if len(before) > 1 else 201

    def document(self, place):
        """What was taken there, if anything was."""
        bodies = self.taken.get(f"/fhir/{place}")
        return json.loads(bodies[0]) if bodies else None

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
