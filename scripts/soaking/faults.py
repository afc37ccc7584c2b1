"""What can go wrong around a network, each as one function: it begins, lasts for a while, and is over when it returns."""

import collections
import dataclasses
import errno
import signal
import subprocess
import time

from soaking.jobs import Requester
from soaking.proxy import FAULTS as RPC_FAULTS

# By how many seconds a clock is wrong.
CLOCK_JUMPS = (-1_800, -300, -90, 90, 300, 1_800)
# How long each fault lasts, in seconds: a process that was killed is down, one that was stopped stands still, and so on.
SPANS = {"down": (0.1, 4), "stop": (2, 10), "rpc": (3, 8), "full": (3, 8), "clock": (4, 15)}
SHORT_SPANS = {"down": (0.1, 1), "stop": (2, 2), "rpc": (1.5, 1.5), "full": (4, 4), "clock": (2, 2)}

# So long after its disk was full, a process may end for that.
NOTICE_SECONDS = 30


@dataclasses.dataclass
class Try:
    """One time that something went wrong."""

    fault: str
    what: str
    began: float
    ended: float = None


class World:
    """What faults act on, and what they leave: a list of tries."""

    def __init__(self, network, board, rng, sizes, spans, say):
        self.network, self.board, self.rng, self.sizes, self.spans, self.say = network, board, rng, sizes, spans, say
        self.threads, self.tries, self.crowds = [], [], []
        # How often each disk was full.
        self.filled = collections.Counter()
        # The last node and the last member are never killed: their memory is that of one process over the whole run.
        self.spared = {network.of(kind)[-1].name for kind in ("node", "committee")}

    def seconds(self, fault):
        return self.rng.uniform(*self.spans[fault])

    def hit(self, fault):
        """Lets it happen once; nothing is written down where there is nothing that it could hit now."""
        began = time.monotonic()
        what = FAULTS[fault](self)
        if what is not None:
            self.tries.append(Try(fault, what, began, time.monotonic()))
            self.say(f"{fault}: {what}")
        return what is not None

    def possible(self, fault):
        """Whether this machine can make it at all."""
        return bool({"disk": self.network.disks, "clock": self.network.clocks}.get(fault, True))

    def started(self, names, plan):
        """Requesters that play a plan from now on."""
        found = []
        for name in names:
            requester = Requester(self.network, self.board, name, plan())
            found.append(requester)
            self.threads.append(requester)
            requester.start()
        return found

    def victims(self):
        return [party for party in self.network.parties if party.name not in self.spared]


def killed(world, party):
    with party.lock:
        party.kill()
        down = world.seconds("down")
        time.sleep(down)
        party.start()
    return f"{party.name}, back after {down:.1f} s"


def kill(kind):
    def fault(world):
        choice = [party for party in world.victims() if party.kind == kind]
        return killed(world, world.rng.choice(choice)) if choice else None

    return fault


def kill_requester(world):
    """In the middle of a job: `job resume` goes on with it."""
    threads = list(world.threads)
    world.rng.shuffle(threads)
    for requester in threads:
        if requester.signal(signal.SIGKILL):
            return requester.name
    return None


def stop(world):
    """A process that stands still, as one that swaps or a machine that sleeps."""
    seconds = world.seconds("stop")
    party = world.rng.choice([*world.victims(), *(thread for thread in world.threads if thread.process)])
    if isinstance(party, Requester):
        if not party.signal(signal.SIGSTOP):
            return None
        time.sleep(seconds)
        party.signal(signal.SIGCONT)
    else:
        with party.lock:
            party.signal(signal.SIGSTOP)
            time.sleep(seconds)
            party.signal(signal.SIGCONT)
    return f"{party.name} for {seconds:.1f} s"


def fill(file):
    """Writes until there is no room for a single byte more."""
    with open(file, "wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    out.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def full_disk(world):
    network = world.network
    if not network.disks:
        return None
    name = min(network.disks, key=lambda name: world.filled[name])
    world.filled[name] += 1
    (party,) = [party for party in network.parties if party.name == name]
    file, watch, seconds = network.disk(name) / "fill", network.watch, world.seconds("full")
    watch.excused.add(name)
    ends = len(watch.deaths)
    try:
        fill(file)
        time.sleep(seconds)
    finally:
        file.unlink()
        with party.lock:
            # It may notice later what it could not write; the next one has no excuse.
            watch.last_excused[name] = (party.pid, time.monotonic() + NOTICE_SECONDS)
        watch.excused.discard(name)
    ends = sum(death.name == name for death in watch.deaths[ends:])
    return f"{name} for {seconds:.1f} s, it ended {ends} times meanwhile"


def clock(world):
    if not world.network.clocks:
        return None
    name = world.rng.choice(sorted(world.network.clocks))
    jump, seconds = world.rng.choice(CLOCK_JUMPS), world.seconds("clock")
    file = world.network.clocks[name]
    file.write_text(f"{jump:+}")
    time.sleep(seconds)
    file.write_text("+0")
    return f"{name} by {jump:+} s for {seconds:.1f} s"


def rpc(world):
    """Answers of the chain's RPC are garbage, late, old or lost: some of them or all."""
    fault, share = world.rng.choice(RPC_FAULTS), world.rng.choice([0.3, 1.0])
    seconds, proxy = world.seconds("rpc"), world.network.proxy
    proxy.set(fault, share)
    time.sleep(seconds)
    hit = proxy.hit
    proxy.set(None)
    return f"{fault} for {seconds:.1f} s, {hit} requests"


def sequence(world):
    """Another program uses the relayer's account, so that what it has signed can't be sent any more."""
    network = world.network
    words = ["wallet", "send", "--network", str(network.file), "--from", str(network.folder / "relayer" / "relayer.json"),
             "--password-file", network.password("relayer"), "--to", network.addresses["node-1"], "--amount", "0.000001"]
    done = subprocess.run([*network.bithive.start, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    return "relayer" if done.returncode == 0 else f"the relayer was faster: {done.stdout.strip()[:200]}"


def crowd(world):
    """Many jobs at once."""
    if any(thread.is_alive() for thread in world.crowds):
        return None
    names = sorted(name for name in world.network.requesters if name.startswith("crowd-"))
    if not names:
        return None
    each, more = divmod(world.sizes["crowd_jobs"], len(names))
    world.crowds = []
    for index, name in enumerate(names):
        jobs = each + (index < more)
        if jobs:
            world.crowds += world.started([name], lambda jobs=jobs: iter([("crowd", jobs)]))
    return f"{world.sizes['crowd_jobs']} jobs by {len(world.crowds)} requesters"


def open_jobs(world):
    """Jobs that nobody takes are there all the time."""
    names = sorted(name for name in world.network.requesters if name.startswith("poster-"))
    if not names or any(thread.name in names for thread in world.threads):
        return None
    each, more = divmod(world.sizes["open_jobs"], len(names))
    for index, name in enumerate(names):
        jobs = each + (index < more)
        if jobs:
            world.started([name], lambda jobs=jobs: iter([("open", jobs)]))
    return f"{world.sizes['open_jobs']} jobs by {len(names)} requesters"


FAULTS = {
    "kill node": kill("node"),
    "kill committee": kill("committee"),
    "kill relay": kill("relay"),
    "kill relayer": kill("relayer"),
    "kill chain": kill("chain"),
    "kill requester": kill_requester,
    "stop": stop,
    "disk": full_disk,
    "clock": clock,
    "rpc": rpc,
    "sequence": sequence,
    "crowd": crowd,
    "open": open_jobs,
}
# What `--faults` takes beside the names themselves.
GROUPS = {"kill": [name for name in FAULTS if name.startswith("kill ")]}
