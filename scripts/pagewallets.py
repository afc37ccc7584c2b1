"""Networks for the page with wallets: one in a home folder, and one of processes on a chain that runs."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import cosmjsclient
from endtoend import fail

ROOT = Path(__file__).resolve().parent.parent
BROWSER = ROOT / "offchain" / "page" / "web" / "browser"
# Attributes of nodes, which the job of the requester asks for in part.
ATTRIBUTES = [part for value in ("vram=24", "region=eu", "certifications=gdpr,hipaa") for part in ("--set", value)]
# One more than a job has workers, if nobody says otherwise: so there is a choice.
NODES = 4
# What accounts are given, in BTT: a requester's bond and escrow, and something to send.
GRANTS = {"requester": "1000", "holder": "100", "other": "10", "patient": "10"}
# Who votes on rewards of patients: one proposes, the other decides in the page.
ROLES = {"other": "clinician", "holder": "insurer"}
# The job that used a patient's data, and who posted it: a requester by the program's commands.
POSTER = "poster"
JOB = ["--policy", "vram >= 16", "--price", "20", "--row", "0"]
# What the operator shares out, in base units: enough for the holder's stake, in each of four parts.
LEAST_BTK = 8 * 10**6
EMISSION_SECONDS = 600
# Time for a party to be ready, for that job, and for all flows, on a machine that is busy with others.
READY_SECONDS = 180
JOB_SECONDS = 600
FLOWS_SECONDS = 1500


class Party:
    """A program that runs beside the test, and has said that it is ready, in JSON."""

    def __init__(self, bithive, folder, name, *arguments):
        self.name = name
        said, self.log = folder / f"{name}.said", folder / f"{name}.log"
        with said.open("wb") as out, self.log.open("wb") as errors:
            self.process = subprocess.Popen([*bithive.start, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        try:
            self.ready = self._ready(said)
        except BaseException:
            self.end()
            raise

    def _ready(self, said):
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                ready, _ = json.JSONDecoder().raw_decode(said.read_text())
                return ready
            except ValueError:
                time.sleep(0.1)
        fail(f"{self.name} is not ready:\n{said.read_text()}{self.log.read_text()[-4000:]}")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            fail(f"{self.name} does not end within 60 s of a request to")


class Network:
    """Parties that run until they are ended, and the accounts of those who use the page."""

    def __init__(self, bithive, folder, *on):
        self.bithive, self.folder, self.on = bithive, folder, on
        self.parties = []
        self.password = folder / "page.password"
        self.password.touch(mode=0o600)
        self.password.write_text(secrets.token_hex(16) + "\n")
        self.accounts = {name: self._account(name) for name in GRANTS}

    def begin(self, name, *arguments):
        self.parties.append(Party(self.bithive, self.folder, name, *arguments))
        return self.parties[-1].ready

    def end(self):
        # The page before those whom it asks.
        for party in reversed(self.parties):
            party.end()

    def _account(self, name):
        """A new key, as a wallet in a browser has it, and its address."""
        key, keystore = self.folder / f"{name}.key", self.folder / f"{name}.json"
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
        made = self.bithive.run("keys", "import", "--out", str(keystore), "--account-file", str(key), "--password-file",
                                str(self.password), "--kdf-memory", "8")
        return {"address": address(made), "key": key.read_text()}

    def known(self, name, keystore, password):
        """An account whose keystore is there."""
        key = self.folder / f"{name}.key"
        self.bithive.run("keys", "export", str(keystore), "--name", "account", "--out", str(key), "--password-file", str(password))
        self.accounts[name] = {"address": address(self.bithive.run("keys", "list", str(keystore))),
                               "key": key.read_text().strip()}

    def keystore(self, name):
        """Options of commands that sign with an account of those that use the page."""
        return [str(self.folder / f"{name}.json"), "--password-file", str(self.password)]

    def roles(self):
        """Who votes on rewards. In a contract that is older than a day this would wait."""
        for name, role in ROLES.items():
            self.bithive.run("rewards", "party", self.accounts[name]["address"], "--role", role, *self.on)

    def reward(self):
        """A reward that waits for one vote, of somebody else than who has proposed it; gives its number."""
        evidence = self.folder / "evidence"
        evidence.write_text("a report\n")
        self.bithive.run("rewards", "fund", "--from", "operator", "--amount", "1000", *self.on)
        granted = self.bithive.run("rewards", "grant", "--from", *self.keystore("other"), "--patient", self.accounts["patient"]["address"],
                                   "--activity", "check-up", "--value", "300", "--evidence", str(evidence), *self.on)
        return granted["id"]

    def consent(self, requester):
        """The patient lets a requester name it as the owner of a job's data."""
        self.bithive.run("dataset", "consent", "--from", *self.keystore("patient"), "--requester", requester, *self.on)

    def grants(self, requester, *stated):
        """The patient records a consent for a requester, which has stated an emergency before: `stated` are the options of its account."""
        made, signed, why = (str(self.folder / name) for name in ("consent.made", "consent.json", "why.txt"))
        Path(why).write_text("unconscious on arrival\n")
        patient = self.accounts["patient"]["address"]
        self.bithive.run("consent", "break-glass", patient, "--reason", "ETREAT", "--data-digest", "ab" * 32, "--text", why,
                         "--out", str(self.folder / "statement.json"), *stated)
        self.bithive.run("consent", "make", "--issuer", patient, "--reader", requester, "--purpose", "TREAT", "--data-digest", "ab" * 32,
                         "--days", "30", "--out", made)
        signer = ("--from", *self.keystore("patient"))
        self.bithive.run("consent", "sign", made, *signer, "--out", signed)
        self.bithive.run("consent", "record", signed, *signer, *self.on)

    def tokens(self, pledge):
        """Gives the accounts BTT and the holder BTK and locked BTT, and has the node take stakes; `pledge` names its account and password."""
        node, *password = pledge
        for name, amount in GRANTS.items():
            self.bithive.run("wallet", "fund", self.accounts[name]["address"], "--amount", amount, *self.on)
        quarter = self._emitted() // 4
        part = f"{quarter // 10**6}.{quarter % 10**6:06}"
        for to in ("holder", "node"):
            self.bithive.run("wallet", "send", "--from", "operator", "--to", self.accounts[to]["address"], "--amount", part,
                             "--token", "btk", *self.on)
        # A fifth of it is due at once.
        self.bithive.run("vesting", "create", "--from", "operator", "--to", self.accounts["holder"]["address"], "--amount", "100",
                         "--token", "btt", "--schedule", "contributor", *self.on)
        self.bithive.run("stake", "bond", "--from", node, "--amount", part, "--tera", "4", "--commission-bps", "1000", *password,
                         *self.on)
        self.bithive.run("stake", "reward", "--from", "operator", "--amount", part, "--node", self.accounts["node"]["address"],
                         *self.on)

    def _emitted(self):
        """The operator's BTK: it receives the application's part of the emission, which begins some minutes after it was deployed."""
        end = time.monotonic() + EMISSION_SECONDS
        while time.monotonic() < end:
            self.bithive.run("wallet", "claim", "operator", *self.on)
            held = int(self.bithive.run("wallet", "show", "operator", *self.on)["btk"])
            if held >= LEAST_BTK:
                return held
            time.sleep(2)
        fail(f"the operator has no {LEAST_BTK} of BTK within {EMISSION_SECONDS} s")

    def use(self, dist, requester, job, reward):
        """Runs the flows in Chromium, against the page that was begun last. The `requester` has posted the `job` with the patient's data, for
        whom the `reward` waits."""
        page = self.parties[-1].ready
        settings = self.folder / "page-wallets.json"
        settings.touch(mode=0o600)
        token = page["sessions"][0]["url"].partition("#token=")[2]
        found = {"url": page["url"], "token": token, "accounts": self.accounts, "nodes": NODES,
                 "use": {"requester": requester, "job": job}, "reward": reward}
        settings.write_text(json.dumps(found | ({"dist": str(dist)} if dist else {})))
        browse("wallets.mjs", settings, self.parties)


def browse(flows, settings, parties):
    """Runs flows in Chromium, which read the file `settings`; when they fail, what the `parties` have logged is shown."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        fail("Chromium is missing; install Debian's package chromium, or name it in CHROMIUM")
    done = subprocess.run(["node", str(BROWSER / flows), str(settings)], stdin=subprocess.DEVNULL,
                          env={**os.environ, "CHROMIUM": chromium}, timeout=FLOWS_SECONDS)
    if done.returncode != 0:
        logs = "".join(f"-- {party.name}\n{party.log.read_text()[-2000:]}" for party in parties)
        fail(f"{flows}: exit code {done.returncode}\n{logs}")


def address(described):
    (found,) = [entry["public"] for entry in described["entries"] if entry["public"].startswith("bithive1")]
    return found


def install_page():
    """The packages of the page."""
    subprocess.run([str(ROOT / "scripts" / "page-app"), "--install"], check=True, stdin=subprocess.DEVNULL)


def install():
    """The packages of the page, and those of the wallet's extension beside them."""
    install_page()
    packages = cosmjsclient.packages(BROWSER / "extension", "page-wallet") / "node_modules"
    link = BROWSER / "extension" / "node_modules"
    if link.is_dir() and not link.is_symlink():
        fail(f"{link} is a folder of its own; remove it, and it will be a link to packages of the lock file")
    link.unlink(missing_ok=True)
    link.symlink_to(packages)


def in_home(bithive, folder, dist=None):
    """A network in a home folder, with its page; nodes and committee are in the page's process."""
    bithive.run("chain", "init")
    for number in range(1, NODES + 1):
        bithive.run("node", "add", f"node-{number}", "--ask", f"1{number}", *ATTRIBUTES)
    network = Network(bithive, folder)
    network.roles()
    # A day of emission.
    bithive.run("chain", "advance", "--seconds", "86400")
    try:
        network.known("node", bithive.home / "nodes" / "node-1.json", bithive.home / "password")
        network.tokens(["node:node-1"])
        reward = network.reward()
        poster = bithive.run("wallet", "new", POSTER)["address"]
        bithive.run("wallet", "fund", POSTER, "--amount", "200")
        bithive.run("requester", "register", POSTER)
        network.consent(POSTER)
        network.grants(poster, "--from", POSTER)
        job = bithive.run("job", "post", "--from", POSTER, *JOB, "--data-owner", network.accounts["patient"]["address"])["job_id"]
        bithive.run("node", "once")
        bithive.run("job", "assign", str(job), "--from", POSTER)
        bithive.run("node", "once")
        network.begin("page", "page", "--listen", "127.0.0.1:0")
        network.use(dist, poster, job, reward)
    finally:
        network.end()


def on_chain(bithive, folder, rpc, dist=None):
    """A network of processes on a chain on which the home folder has deployed the contracts; its page before that chain."""
    network = Network(bithive, folder, "--chain", rpc)
    try:
        relay = f"http://127.0.0.1:{free_port()}"
        file = folder / "hive.network"
        bithive.run("deployment", "export", "--out", str(file), "--chain", rpc, "--relay", relay)
        setup(network, "relay", file, "--listen", relay.removeprefix("http://"))
        network.begin("relay", "relay", "run", "--config", str(folder / "relay" / "relay.toml"))
        for number in (1, 2, 3):
            setup(network, "committee", file, "--founder", str(number), number=number)
            run(network, "committee", number)
        for number in range(1, NODES + 1):
            setup(network, "node", file, "--words-out", str(folder / f"node-{number}.words"), number=number)
            keystore = folder / f"node-{number}" / "node.json"
            bithive.run("wallet", "fund", str(keystore), "--amount", "1010", "--chain", rpc)
            bithive.run("node", "join", "--config", str(folder / f"node-{number}" / "node.toml"), "--password-file",
                        str(network.password), "--ask", f"1{number}", *ATTRIBUTES)
            run(network, "node", number)
        keystore = folder / "node-1" / "node.json"
        network.known("node", keystore, network.password)
        network.roles()
        network.tokens([str(keystore), "--password-file", str(network.password)])
        reward = network.reward()
        poster, job = posted(network, rpc, file)
        network.begin("page", "page", "--chain", rpc, "--relay", relay, "--listen", "127.0.0.1:0", "--state", str(folder / "page"))
        network.use(dist, poster, job, reward)
    finally:
        network.end()


def posted(network, rpc, file):
    """A requester of its own, whose job has used the patient's data; its address, and the job's number."""
    setup(network, "requester", file, "--words-out", str(network.folder / "requester.words"))
    folder = network.folder / "requester"
    keystore = folder / "requester.json"
    network.bithive.run("wallet", "fund", str(keystore), "--amount", "200", "--chain", rpc)
    party = ["--config", str(folder / "requester.toml"), "--password-file", str(network.password)]
    network.bithive.run("requester", "join", *party)
    poster = address(network.bithive.run("keys", "list", str(keystore)))
    network.consent(poster)
    network.grants(poster, *party)
    # A line of JSON for each step.
    done = subprocess.run([*network.bithive.start, "job", "run", *party, *JOB, "--data-owner", network.accounts["patient"]["address"]],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=JOB_SECONDS)
    if done.returncode != 0:
        fail(f"job run: exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return poster, json.loads(done.stdout.splitlines()[-1])["job_id"]


def setup(network, role, file, *arguments, number=None):
    folder = network.folder / (role if number is None else f"{role}-{number}")
    password = () if role == "relay" else ("--password-file", str(network.password))
    network.bithive.run("setup", role, "--network", str(file), "--dir", str(folder), *password, *arguments, "--yes")


def run(network, role, number):
    config = network.folder / f"{role}-{number}" / f"{role}.toml"
    network.begin(f"{role}-{number}", role, "run", "--config", str(config), "--password-file", str(network.password))


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
