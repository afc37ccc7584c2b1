"""What stands between the parties and the RPC of their chain, and misbehaves as it is told."""

import json
import random
import socket
import struct
import threading
import time

HEAD_LIMIT = 64 * 1024
HTML = b"<!doctype html><html><head><title>502</title></head><body><h1>Please log in</h1></body></html>"


def html(_):
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n%s" % (len(HTML), HTML)


def answer(body):
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def older(body):
    """The same answer, if it tells the height, of a server that is three blocks behind."""
    try:
        told = json.loads(body)
        info = told["result"]["sync_info"]
        info["latest_block_height"] = str(max(int(info["latest_block_height"]) - 3, 1))
        return answer(json.dumps(told).encode())
    except (KeyError, TypeError, ValueError):
        return answer(body)


# What is answered in place of a body.
ANSWERS = {
    "html": html,
    "cut": lambda body: answer(body[: len(body) // 2]),
    "empty": lambda _: answer(b""),
    "nonsense": lambda _: answer(b'{"jsonrpc":"2.0","id":0,"result":["\\u0000",{}]}'),
    "502": lambda _: b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 11\r\n\r\nBad Gateway",
    "old": older,
}
# What needs no answer: the request is lost, the answer is lost, it comes late, the connection is reset.
OTHERS = ("lost", "unanswered", "slow", "reset")
FAULTS = (*ANSWERS, *OTHERS)
SLOW_SECONDS = 1.5


class Stream:
    """A connection that is read message by message."""

    def __init__(self, connection):
        self.connection, self.rest = connection, b""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def more(self):
        part = self.connection.recv(65536)
        if not part:
            raise ConnectionError("the other side has closed")
        self.rest += part

    def until(self, end):
        while end not in self.rest:
            if len(self.rest) > HEAD_LIMIT:
                raise ConnectionError("a head without an end")
            self.more()
        text, _, self.rest = self.rest.partition(end)
        return text

    def exactly(self, length):
        while len(self.rest) < length:
            self.more()
        body, self.rest = self.rest[:length], self.rest[length:]
        return body

    def message(self):
        """First line, and body, of an HTTP message."""
        first, *lines = self.until(b"\r\n\r\n").split(b"\r\n")
        pairs = (line.partition(b":") for line in lines)
        heads = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if heads.get(b"transfer-encoding", b"").lower() == b"chunked":
            return first, self.chunks()
        return first, self.exactly(int(heads.get(b"content-length", b"0")))

    def chunks(self):
        whole = b""
        while True:
            length = int(self.until(b"\r\n").partition(b";")[0], 16)
            whole += self.exactly(length)
            self.until(b"\r\n")
            if length == 0:
                return whole


class Proxy:
    """Passes on requests of the RPC; `share` of them meet `fault` while there is one."""

    def __init__(self, upstream, seed):
        host, _, port = upstream.removeprefix("http://").rstrip("/").partition(":")
        self.upstream = (host, int(port))
        self.random = random.Random(seed)
        self.fault, self.share, self.hit = None, 0.0, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True, name="proxy").start()

    def set(self, fault, share=1.0):
        self.share, self.hit, self.fault = share, 0, fault

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        upstream = None
        try:
            client = Stream(connection)
            while True:
                first, body = client.message()
                fault = self.fault if self.fault and self.random.random() < self.share else None
                if fault:
                    self.hit += 1
                if fault == "reset":
                    # Closes with RST in place of FIN.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if fault in ("reset", "lost"):
                    return
                upstream, found = self.ask(upstream, first, body)
                if fault == "unanswered":
                    return
                if fault == "slow":
                    time.sleep(SLOW_SECONDS)
                if fault in ANSWERS:
                    connection.sendall(ANSWERS[fault](found[1]))
                else:
                    status = found[0].split(b" ", 1)[1]
                    head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                    connection.sendall(head % (status, len(found[1])) + found[1])
        except (OSError, ValueError):
            # One side is gone, or the chain is down: the client sees a closed connection.
            pass
        finally:
            connection.close()
            if upstream:
                upstream.connection.close()

    def ask(self, upstream, first, body):
        """The chain's answer, over the connection that there is, or a new one where that has been closed meanwhile."""
        head = b"%s\r\nhost: %s:%d\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        request = head % (first, self.upstream[0].encode(), self.upstream[1], len(body)) + body
        if upstream:
            try:
                upstream.connection.sendall(request)
                return upstream, upstream.message()
            except (OSError, ValueError):
                upstream.connection.close()
        upstream = Stream(socket.create_connection(self.upstream, timeout=60))
        upstream.connection.sendall(request)
        return upstream, upstream.message()
