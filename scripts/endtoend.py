"""What the end-to-end runs on real chains share: running `bithive`, checking, and leaving nothing behind."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

# The first devnet on a machine builds wasmd.
BUILD_SECONDS = 1800


def fail(message):
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


class Bithive:
    """The program with a home of its own; answers are read as JSON."""

    def __init__(self, program, home):
        self.home = home
        # Lines of the last command on standard error.
        self.said = []
        self.start = [program, "--home", str(home), "--json"]

    def run(self, *arguments, code=0, seconds=300):
        """What a command prints; fails when it exits with another code than `code`, if that is not None."""
        done = subprocess.run(
            [*self.start, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds
        )
        self.said = done.stderr.splitlines()
        if code is not None and done.returncode != code:
            fail(f"{' '.join(arguments)}: exit code {done.returncode}, expected {code}:\n{done.stdout}{done.stderr}")
        try:
            return json.loads(done.stdout)
        except ValueError:
            fail(f"{' '.join(arguments)}: no JSON on standard output:\n{done.stdout}\n{done.stderr}")

    def begin(self, *arguments):
        return subprocess.Popen([*self.start, *arguments], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def expect(what, got, wanted):
    if got != wanted:
        fail(f"{what}: {got!r}, expected {wanted!r}")
    print(f"ok  {what}: {got}", flush=True)


def until(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            fail(f"{what}: not within {seconds} s")
        time.sleep(0.1)
    print(f"ok  {what}", flush=True)


def runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def kill(pid):
    """Kills a process that the devnet started, as a power cut would, and waits until it has let go of its files."""
    process = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
        if not select.select([process], [], [], 60)[0]:
            fail(f"process {pid} is not gone within 60 s")
    finally:
        os.close(process)
    print(f"ok  process {pid} is gone", flush=True)


def timed(what, began):
    print(f"    {what}: {time.monotonic() - began:.1f} s", flush=True)


@contextmanager
def devnet(bithive, artifacts):
    """A devnet with the contracts on its one chain: the chain as `devnet up` tells of it, and the deployment. It is removed at the end."""
    try:
        (chain,) = bithive.run("devnet", "up", "--block-time", "500ms", seconds=BUILD_SECONDS)["chains"]
        deployment = bithive.run("deploy", "--chain", "token", "--artifacts", str(artifacts))["deployment"]
        yield chain, deployment
    finally:
        reset(bithive)


def reset(bithive):
    """Ends the chains of a devnet, and removes them."""
    subprocess.run([*bithive.start, "devnet", "reset"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=120)


def main(scenario):
    """Runs `scenario(bithive, folder, artifacts)` in a folder of its own, which is removed with all processes."""
    if len(sys.argv) not in (2, 3):
        fail("expected the bithive program, and the folder of the contracts' wasm where it is not artifacts/")
    artifacts = Path(sys.argv[2] if len(sys.argv) == 3 else "artifacts").resolve()
    # Ends through `finally`, as an interrupt from the keyboard does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="bithive-devnet-"))
    bithive = Bithive(sys.argv[1], folder / "home")
    try:
        scenario(bithive, folder, artifacts)
    finally:
        reset(bithive)
        shutil.rmtree(folder, ignore_errors=True)
