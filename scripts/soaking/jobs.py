"""Requesters: each runs one job after the other, and goes on with what was killed or failed."""

import json
import os
import signal
import subprocess
import threading
import time

POLICY = "vram >= 16 and region in (eu, ch)"
NOBODYS_POLICY = "region in (us)"
PRICE = "20"
# Below what every node asks: whoever opens it leaves it alone.
LOW_PRICE = "0.000001"
# How often one of the jobs that stay open matches.
ONE_MATCHES = 20
ROWS = 20
WORKERS = 3
PAUSE_SECONDS = 1


class Attempt:
    """What one requester was told to do: one job, or several that are posted first and followed together."""

    def __init__(self, requester, kind, jobs):
        self.requester, self.kind, self.posts, self.row = requester, kind, jobs, 0
        self.job_ids, self.outcomes, self.values = set(), {}, {}
        self.killed, self.errors, self.is_over = 0, [], False
        self.began, self.ended = time.monotonic(), None

    def read(self, step):
        """A line of `job run` or `job resume`."""
        event, job_id = step.get("event"), step.get("job_id")
        if job_id is not None:
            self.job_ids.add(job_id)
        if event in ("settled", "refunded", "no_output"):
            self.outcomes[job_id] = event
            if event == "settled":
                self.values[job_id] = step["values"]


class Board:
    """All attempts, of all requesters."""

    def __init__(self):
        self.attempts, self.lock = [], threading.Lock()
        # No new jobs are begun; and: those that go on are given up.
        self.closing, self.giving_up = threading.Event(), threading.Event()

    def begin(self, attempt):
        with self.lock:
            self.attempts.append(attempt)

    def of(self, requester):
        with self.lock:
            return [attempt for attempt in self.attempts if attempt.requester == requester]


class Requester(threading.Thread):
    """Plays a plan: kinds of jobs, each with how many are posted."""

    def __init__(self, network, board, name, plan):
        super().__init__(daemon=True, name=name)
        self.network, self.board, self.plan = network, board, plan
        self.address = network.addresses[name]
        self.environment = {**os.environ, **(network.requesters[name] or {})}
        self.process, self.lock, self.kind = None, threading.Lock(), "requester"
        self.log = network.logs / f"{name}.log"

    def run(self):
        for kind, jobs in self.plan:
            if self.board.closing.is_set():
                return
            attempt = Attempt(self.name, kind, jobs)
            self.board.begin(attempt)
            self.play(attempt)
            attempt.ended = time.monotonic()

    def play(self, attempt):
        if attempt.posts == 1 and attempt.kind != "open":
            attempt.row = len(self.board.of(self.name)) % ROWS
            code = self.command(attempt, ["run", *self.terms(attempt.kind, attempt.row)])
        else:
            for number in range(attempt.posts):
                if self.board.closing.is_set():
                    attempt.posts = number
                    break
                policy = POLICY if number % ONE_MATCHES == 0 else NOBODYS_POLICY
                self.command(attempt, ["post", *self.terms(attempt.kind, attempt.row, policy)])
            if attempt.kind == "open":
                # They stay open until the end, when `finish` goes on with them.
                return
            code = None
        if code not in (0, 1):
            self.finish(attempt)
        attempt.is_over = not self.board.giving_up.is_set()

    def finish(self, attempt):
        """Goes on until the program says that everything has ended."""
        while not self.board.giving_up.is_set():
            time.sleep(PAUSE_SECONDS)
            if self.command(attempt, ["resume", "--all"]) in (0, 1):
                attempt.is_over = True
                return

    def terms(self, kind, row, policy=POLICY):
        place = self.network.place
        windows = dict(place.windows)
        price = PRICE
        if kind == "nobody":
            policy, windows["assign"] = NOBODYS_POLICY, place.short_window
        if kind == "open":
            price, windows["assign"] = LOW_PRICE, place.long_window
        elif kind == "crowd":
            policy = POLICY
        words = ["--policy", policy, "--price", price, "--workers", str(WORKERS), "--row", str(row)]
        return words + [word for name, seconds in windows.items() for word in (f"--{name}-seconds", str(seconds))]

    def command(self, attempt, words):
        """Runs a command of jobs; its exit code, below 0 if it was killed."""
        verb, *rest = words
        if verb == "run":
            rest += ["--claims-seconds", "30", "--add-escrow", "60"]
        until = [] if verb == "post" else ["--stop-with-stdin"]
        command = [*self.network.bithive.start, "job", verb, *self.network.party_arguments(self.name, "requester"), *rest, *until]
        with open(self.log, "a") as log:
            log.write(f"$ job {' '.join(words)}\n")
            log.flush()
            with self.lock:
                if self.board.giving_up.is_set():
                    return -1
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                                env=self.environment, start_new_session=True)
            process, told = self.process, []
            for line in process.stdout:
                told.append(line)
                log.write(line)
                if verb != "post":
                    self.read(attempt, line)
            code = process.wait()
            process.stdin.close()
            log.write(f"exit code {code}\n")
        with self.lock:
            self.process = None
        if verb == "post" and code == 0:
            attempt.job_ids.add(json.loads("".join(told))["job_id"])
        if code < 0:
            attempt.killed += 1
        elif code not in (0, 1):
            attempt.errors.append("".join(told[-1:]).strip())
        return code

    def read(self, attempt, line):
        try:
            attempt.read(json.loads(line))
        except ValueError:
            # A line that was cut off by a kill.
            pass

    def signal(self, number):
        """Sends a signal to the command that runs now; whether there is one."""
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                return False
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return False
            return True

    def give_up(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
