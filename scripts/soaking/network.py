"""A whole network on loopback, made by the program's own commands: chain, relay, relayer, committee, nodes, requesters."""

import concurrent.futures
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from endtoend import fail, kill, runs
from soaking.chain import Chain, ChainSilent, Follower, Refused
from soaking.parties import Party, Watch
from soaking.proxy import Proxy

COMMITTEE = 3
# What a node has at stake covers a slash in each of a hundred rounds at once.
NODE_BOND = 30_000
ATTRIBUTES = ["vram=24", "region=eu", "certifications=gdpr,hipaa"]
READY_SECONDS = 180
# Of a party's folder that is a small disk of its own, unless it needs a larger one.
DISK_BYTES = 64 << 20
FAKETIME = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/*/faketime/libfaketime.so.1")


def free_ports(count, kind):
    """Ports that nobody listens at now."""
    sockets = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def faketime():
    """The library that gives a process a clock of its own, if it is installed."""
    found = [path for pattern in FAKETIME for path in Path("/").glob(pattern[1:])]
    return found[0] if found else None


class Home:
    """The embedded chain of a home folder, served."""

    name = "home"
    # Every transaction moves this chain's clock by a second, too: many jobs at once are an hour within minutes.
    windows = {"assign": 7_200, "commit": 3_600, "reveal": 3_600, "finalize": 3_600}
    # So long do jobs stay open that nobody takes, and those that are to be there all the time.
    short_window, long_window = 60, 60_000

    def __init__(self, bithive, folder, _artifacts):
        self.bithive = bithive
        (port,) = free_ports(1, socket.SOCK_STREAM)
        self.url = f"http://127.0.0.1:{port}"
        # Where commands of the operator and the network's file find the chain.
        self.operator, self.export = ["--chain", self.url], []
        self.party = Party("chain", "chain", self.command(1), bithive.home, folder / "logs")

    def begin(self, made):
        """`made` is called when the folder is there, and nobody works in it yet."""
        self.bithive.run("chain", "init", "--slots", "16")
        made()
        self.party.start()

    def command(self, seconds):
        listen = self.url.removeprefix("http://")
        return [*self.bithive.start, "chain", "serve", "--listen", listen, "--every-ms", "500", "--seconds", str(seconds)]

    def leap(self, seconds):
        """From now on each empty block is so many seconds after the one before."""
        with self.party.lock:
            self.party.stop()
            self.party.command = self.command(seconds)
            self.party.start()

    def close(self):
        self.party.kill()


class DevnetChain:
    """The process of a devnet's node, which the program starts."""

    name = kind = "chain"

    def __init__(self, bithive):
        self.bithive, self.pid, self.lock = bithive, None, threading.Lock()
        self.folder = bithive.home / "devnet"

    def start(self):
        (chain,) = self.bithive.run("devnet", "up")["chains"]
        self.pid = chain["pid"]

    def kill(self):
        if self.pid and runs(self.pid):
            kill(self.pid)
        self.pid = None

    def signal(self, number):
        if self.pid and runs(self.pid):
            os.kill(self.pid, number)

    def ended(self):
        return -1 if self.pid and not runs(self.pid) else None

    def last_words(self):
        done = subprocess.run([*self.bithive.start[:-1], "devnet", "logs", "-n", "6"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        return done.stdout + done.stderr


class Devnet:
    """A real chain (wasmd) with the contracts' wasm."""

    name = "devnet"
    windows = {"assign": 240, "commit": 120, "reveal": 120, "finalize": 120}
    short_window, long_window = 40, 3_600

    def __init__(self, bithive, _folder, artifacts):
        self.bithive, self.artifacts, self.url = bithive, artifacts, None
        self.operator = self.export = ["--chain", "token"]
        self.party = DevnetChain(bithive)

    def begin(self, _made):
        # The first time it builds wasmd.
        up = self.bithive.run("devnet", "up", "--chains", "1", "--block-time", "500ms", seconds=1_800)
        (chain,) = up["chains"]
        self.party.pid, self.url = chain["pid"], chain["rpc"]
        self.bithive.run("deploy", "--chain", "token", "--artifacts", str(self.artifacts), seconds=600)

    def close(self):
        self.party.signal(signal.SIGCONT)
        subprocess.run([*self.bithive.start, "devnet", "reset"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)


PLACES = {"home": Home, "devnet": Devnet}


class Network:
    """The parties around a chain."""

    def __init__(self, bithive, folder, place, sizes, seed, artifacts, say):
        self.bithive, self.folder, self.say = bithive, folder, say
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.file = folder / "hive.network"
        self.disks, self.clocks, self.parties, self.requesters = [], {}, [], {}
        # Whatever was started until something fails is ended by `close`.
        self.place = self.proxy = self.follower = self.watch = None
        self.how = (place, sizes, seed, artifacts)

    def start(self):
        place, sizes, seed, artifacts = self.how
        self.place = PLACES[place](self.bithive, self.folder, artifacts)
        for name, seconds in sizes["windows"].items():
            setattr(self.place, name, seconds)
        self.parties.append(self.place.party)
        self.place.begin(self.chain_on_disk if "chain" in sizes["disks"] else lambda: None)
        self.wait_for_chain()
        self.proxy = Proxy(self.place.url, seed)
        (relay_port,) = free_ports(1, socket.SOCK_STREAM)
        known = self.bithive.run("deployment", "export", "--out", str(self.file), "--rpc", self.proxy.url, "--relay",
                                 f"http://127.0.0.1:{relay_port}", *self.place.export)
        self.chain = Chain(self.place.url, known["deployment"]["contracts"])
        self.build(sizes, relay_port)
        self.follower = Follower(self.chain, self.chain.height() + 1)
        self.follower.start()
        self.watch = Watch(self.parties)
        self.watch.start()

    def wait_for_chain(self):
        chain, end = Chain(self.place.url, {}), time.monotonic() + READY_SECONDS
        while True:
            try:
                return chain.height()
            except (ChainSilent, Refused) as error:
                if time.monotonic() > end or self.place.party.ended() is not None:
                    fail(f"the chain does not answer: {error}\n{self.place.party.last_words()}")
                time.sleep(0.2)

    def build(self, sizes, relay_port):
        """Prepares all parties beside each other, registers them, and starts them."""
        names = [("relay", "relay"), ("relayer", "relayer")]
        names += [(f"member-{number}", "committee") for number in range(1, COMMITTEE + 1)]
        names += [(f"node-{number}", "node") for number in range(1, sizes["node"] + 1)]
        for group in ("requester", "crowd", "poster"):
            names += [(f"{group}-{number}", "requester") for number in range(1, sizes[group] + 1)]
        udp, tcp = free_ports(len(names), socket.SOCK_DGRAM), free_ports(len(names), socket.SOCK_STREAM)
        ports = {name: pair for (name, _), *pair in zip(names, udp, tcp)}
        ports["relay"][0] = relay_port
        self.small_disks([name for name in sizes["disks"] if name != "chain"])
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            answers = dict(pool.map(lambda one: (one[0], self.prepare(*one, ports[one[0]])), names))
            for name, kind in names:
                self.configure(name, kind, ports[name][1], answers["relayer"]["endpoint"], ports["relayer"][0])
            for name, kind in names:
                amount = {"node": NODE_BOND + 10, "requester": 200_000, "relayer": 10}.get(kind)
                if amount is not None:
                    self.bithive.run("wallet", "fund", answers[name]["address"], "--amount", str(amount), *self.place.operator)
            self.addresses = {name: answer.get("address") for name, answer in answers.items()}
            list(pool.map(lambda one: self.join(*one), names))
        clocked = self.clocked(names) if sizes["clocks"] else {}
        for name, kind in names:
            if kind != "requester":
                command = [*self.bithive.start[:-1], kind, "run", *self.party_arguments(name, kind), "--stop-with-stdin"]
                party = Party(name, kind, command, self.folder / name, self.logs, clocked.get(name), ports[name][1])
                self.parties.append(party)
                party.start()
            else:
                self.requesters[name] = clocked.get(name)
        self.wait_until_ready()

    def prepare(self, name, kind, ports):
        founder = ["--founder", name.rpartition("-")[2]] if kind == "committee" else []
        words = ["--words-out", str(self.folder / f"{name}.words")] if kind not in ("relay", "committee") else []
        password = ["--password-file", self.password(name)] if kind != "relay" else []
        return self.bithive.run("setup", kind, "--network", str(self.file), "--dir", str(self.folder / name), "--listen",
                                f"127.0.0.1:{ports[0]}", *founder, *words, *password, "--yes")

    def password(self, name):
        return str(self.folder / f"{name}.password")

    def party_arguments(self, name, kind):
        password = ["--password-file", self.password(name)] if kind != "relay" else []
        return ["--config", str(self.folder / name / f"{kind}.toml"), *password]

    def configure(self, name, kind, metrics, endpoint, port):
        """What no option of `setup` says: a port for the status that nobody else gets, and the relayer of nodes."""
        file = self.folder / name / f"{kind}.toml"
        text = file.read_text()
        text = re.sub(r'(\[metrics\][^\[]*?\nlisten = )"[^"]*"', rf'\g<1>"127.0.0.1:{metrics}"', text)
        if kind == "relayer":
            text = re.sub(r'spread = "[^"]*"', 'spread = "5s"', text)
        if kind == "node":
            text = text.replace("\nrelayers = []", f'\nrelayers = ["{endpoint}"]')
            text += f'\n[[network.peers]]\nendpoint = "{endpoint}"\naddresses = ["127.0.0.1:{port}"]\n'
        file.write_text(text)

    def join(self, name, kind):
        number = name.rpartition("-")[2]
        if kind == "node":
            attributes = [word for attribute in ATTRIBUTES for word in ("--set", attribute)]
            self.bithive.run("node", "join", *self.party_arguments(name, kind), "--ask", f"1{number}", "--slot", number,
                             "--bond", str(NODE_BOND), *attributes)
        elif kind == "requester":
            self.bithive.run("requester", "join", *self.party_arguments(name, kind))

    def small_disks(self, names):
        """Small disks of their own for some parties, where this user may mount any."""
        for name in names:
            folder, size = self.disk(name), self.how[1]["disk_bytes"].get(name, DISK_BYTES)
            folder.mkdir()
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "soak", str(folder)],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                self.say(f"left out: disk (no small disk can be mounted: {done.stderr.strip()})")
                return
            self.disks.append(name)

    def chain_on_disk(self):
        """Moves the chain's folder to a disk of its own: it can't be made on one, because it gets its name when it is whole."""
        home = self.bithive.home
        made = home.rename(home.with_name("made"))
        self.small_disks(["chain"])
        shutil.copytree(made, home, dirs_exist_ok=True)
        shutil.rmtree(made)

    def disk(self, name):
        """The folder of a party."""
        return self.bithive.home if name == "chain" else self.folder / name

    def clocked(self, names):
        """Environments in which some parties have a clock of their own."""
        library = faketime()
        if library is None:
            self.say("left out: clock (libfaketime is not installed)")
            return {}
        first = {kind: name for name, kind in reversed(names)}
        found = {}
        for kind in ("node", "committee", "relayer", "requester"):
            name = first[kind]
            self.clocks[name] = self.folder / f"{name}.clock"
            self.clocks[name].write_text("+0")
            # Only the time of day: what measures durations goes on as on a machine whose clock is set.
            found[name] = {
                "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.clocks[name]),
                "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
        return found

    def wait_until_ready(self):
        end = time.monotonic() + READY_SECONDS
        for party in self.parties[1:]:
            while not party.is_ready():
                if party.ended() is not None or time.monotonic() > end:
                    fail(f"{party.name} does not get ready:\n{party.last_words()}")
                time.sleep(0.1)

    def of(self, kind):
        return [party for party in self.parties if party.kind == kind]

    def close(self):
        """Ends everything, in any state."""
        for thread in (self.watch, self.follower):
            if thread:
                thread.stopping = True
                thread.join(10)
        for party in reversed(self.parties[1:]):
            party.kill()
        if self.place:
            self.place.close()
        if self.proxy:
            self.proxy.close()
        for name in self.disks:
            subprocess.run(["umount", "--lazy", str(self.disk(name))], capture_output=True)
