"""Processes of a network: started, killed, stopped for a while, watched."""

import dataclasses
import json
import os
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
# How often memory is looked at.
SAMPLE_SECONDS = 2


def resident(pid):
    """Bytes of a process in memory, 0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def size_of(folder):
    """Bytes of the files in a folder; they may come and go meanwhile."""
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(root, name), follow_symlinks=False).st_blocks * 512
            except OSError:
                pass
    return total


class Party:
    """A process that runs all the time. Its standard input is open as long as this program lives, and it ends with it."""

    def __init__(self, name, kind, command, folder, logs, environment=None, metrics=None):
        self.name, self.kind, self.command, self.folder = name, kind, command, folder
        # Port of its status.
        self.metrics = metrics
        self.environment = {**os.environ, **(environment or {})}
        self.events, self.log = logs / f"{name}.events", logs / f"{name}.log"
        self.process = None
        # Held by whoever kills it and starts it again.
        self.lock = threading.Lock()

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def start(self):
        with open(self.events, "a") as out, open(self.log, "a") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=out, stderr=log, env=self.environment,
                start_new_session=True,
            )

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        """As a power cut would."""
        if self.process:
            self.signal(signal.SIGKILL)
            self.process.wait()
            self.process.stdin.close()
            self.process = None

    def stop(self, seconds=30):
        """Asks it to stop, and waits until it has."""
        if self.process:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
            self.kill()

    def ended(self):
        """The exit code of a process that ended by itself, which is never right; None while it runs."""
        return self.process.poll() if self.process else None

    def is_ready(self):
        try:
            return '"event":"ready"' in self.events.read_text()
        except OSError:
            return False

    def last_words(self, lines=6):
        """The end of its log, or of what it answered where it has none."""
        try:
            text = self.log.read_text(errors="replace").strip() or self.events.read_text(errors="replace").strip()
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def status(self):
        """What `bithive status` would show; None where it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/status", timeout=5) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None


@dataclasses.dataclass
class Death:
    """A process that ended by itself; `excused` if it may have, because its disk was full."""

    name: str
    code: int
    words: str
    excused: bool


class Watch(threading.Thread):
    """Looks at all processes: what ends by itself is noted and started again; memory is written down."""

    def __init__(self, parties):
        super().__init__(daemon=True, name="watch")
        self.parties, self.began = parties, time.monotonic()
        self.samples, self.deaths = [], []
        self.stopping = False
        # Names of those that may end by themselves now, because their disk is full; the last process of that time, and until when it may.
        self.excused, self.last_excused = set(), {}

    def run(self):
        while not self.stopping:
            self.look()
            time.sleep(SAMPLE_SECONDS)

    def look(self):
        now = time.monotonic() - self.began
        for party in self.parties:
            # A fault has it: it is looked at afterwards.
            if not party.lock.acquire(blocking=False):
                continue
            try:
                code = party.ended()
                if code is not None:
                    pid, until = self.last_excused.get(party.name, (None, 0))
                    excused = party.name in self.excused or (party.pid == pid and time.monotonic() < until)
                    self.deaths.append(Death(party.name, code, party.last_words(), excused))
                    party.kill()
                    party.start()
                elif party.pid:
                    self.samples.append((now, party.kind, party.name, resident(party.pid)))
            finally:
                party.lock.release()
