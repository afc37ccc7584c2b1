"""The commands of the tokens' economy on a chain that runs, as their users type them: a step for each contract, and what it did.

What waits for days is left to the contracts' own tests; on a chain of its first day what owners set takes effect at once. Data sets are on
chains of their own (scripts/end-to-end-ibc); here is what their owners consent to.
"""

import json
import os
import signal

import paymentcommands
from endtoend import expect, until

# Base units of a token.
UNIT = 1_000_000
# What an account is given, in BTT: a model's bond, a requester's or node's, and something to send.
GRANT = 1_500
# Most time until the emission begins.
START_SECONDS = 900
NODES = ["economy-node-1", "economy-node-2"]
# A BOINC project that exports what two hosts of a user have earned, in cobblestones; a credit is worth 100.
PROJECT = "https://boinc.example/"
EARNED = {42: 400_000, 43: 30_000}


class Economy:
    """A deployment on a chain, and accounts whose keystores are files, as on any chain."""

    def __init__(self, bithive, folder, rpc):
        self.bithive, self.folder, self.on = bithive, folder, ("--chain", rpc)
        self.password = folder / "economy.password"
        self.password.touch(mode=0o600)
        self.password.write_text("the password of the economy's accounts\n")
        self.keystores = {}

    def secret(self):
        return ("--password-file", str(self.password))

    def new(self, name):
        """Address of a new account with BTT, and coins for fees."""
        keystore = self.folder / f"{name}.json"
        made = self.bithive.run("keys", "new", "--out", str(keystore), "--words-out", str(self.folder / f"{name}.words"),
                                "--kdf-memory", "8", *self.secret())
        self.keystores[name] = str(keystore)
        self.run(f"wallet fund {keystore} --amount {GRANT}")
        return next(entry["public"] for entry in made["entries"] if entry["name"] == "account")

    def run(self, text, *more, by=None, code=0):
        """What a command on the chain prints. `by` signs it: the name of an account of `new`, or one that the home folder has."""
        signer = () if by is None else ("--from", self.keystores.get(by, by))
        password = self.secret() if by in self.keystores else ()
        return self.bithive.run(*text.split(), *more, *signer, *password, *self.on, code=code)

    def holds(self, who):
        """BTT, BTK and SKY in base units, and the address."""
        shown = self.run(f"wallet show {who}")
        return {"address": shown["address"], **{token: int(shown[key]) for token, key in TOKENS.items()}}


TOKENS = {"btt": "balance", "btk": "btk", "sky": "sky"}


def used(bithive, folder, rpc):
    """Uses each contract of the economy by its commands."""
    economy = Economy(bithive, folder, rpc)
    alice = economy.new("alice")
    rewards(economy, alice)
    timebank(economy, alice)
    model(economy, alice)
    registry(economy, alice)
    oracle(economy, alice)
    owner(economy)
    ownership(economy, alice)
    profile(economy, alice)
    in_a_file(economy, alice)
    paymentcommands.used(economy, alice)
    # A new deployment's emission and schedules begin some minutes after it.
    until("the emission has begun", lambda: begun(economy), START_SECONDS)
    btk = claimed(economy, alice)
    vesting(economy, alice)
    stake(economy, alice, btk)
    treasury(economy, alice)


def tokens(amount):
    """Base units as commands take them."""
    return f"{amount // UNIT}.{amount % UNIT:06}"


def begun(economy):
    """Whether the operator can claim SKY, and BTK enough to share them."""
    entries = economy.run("wallet claimable operator")[0]["entries"]
    due = {token: sum(int(one["amount"]) for one in entries if one["token"] == token) for token in ("BTK", "SKY")}
    return due["SKY"] > 0 and due["BTK"] >= UNIT


def claimed(economy, alice):
    """The operator takes what the application and its SKY have come to. Returns a part of its BTK, which alice has, too."""
    economy.run("wallet claim operator")
    held = economy.holds("operator")
    expect("the emission and the SKY that are due are claimed", (held["btk"] > 0, held["sky"] >= 4 * 10**9 * UNIT), (True, True))
    part = held["btk"] // 8
    economy.run(f"wallet send --to {alice} --amount {tokens(part)} --token btk", by="operator")
    expect("BTK are sent", economy.holds(alice)["btk"], part)
    return part


def vesting(economy, alice):
    # A start that is past: all of it is due.
    made = economy.run(f"vesting create --to {alice} --amount 8 --token btt --schedule foundation --start 1000", by="operator")
    before = economy.holds(alice)["btt"]
    position = economy.run(f"vesting list {alice}")[0]["positions"][0]
    expect("a position vests", (position["named"], position["due"]), ("foundation", str(8 * UNIT)))
    economy.run(f"vesting claim {made['id']}", by="alice")
    expect("what has vested is claimed", economy.holds(alice)["btt"] - before, 8 * UNIT)
    economy.run(f"vesting create --to {alice} --amount 1000 --token sky --schedule ecology", by="operator")
    due = economy.run(f"wallet claimable {alice}")[0]["entries"]
    expect("half of another is due at once", [(one["source"], one["amount"]) for one in due], [("vesting", 500 * UNIT)])
    economy.run(f"wallet claim {economy.keystores['alice']}", *economy.secret())
    expect("and claimed with everything else", economy.holds(alice)["sky"], 500 * UNIT)


def stake(economy, alice, btk):
    bond, reward = tokens(btk // 2), tokens(btk // 4)
    made = economy.run(f"stake bond --amount {bond} --tera 4 --commission-bps 1000", by="alice")
    expect("a stake is bonded", made["amount"], btk // 2)
    economy.run(f"stake delegate --node {alice} --amount {bond}", by="operator")
    economy.run(f"stake reward --node {alice} --amount {reward}", by="operator")
    before = economy.holds(alice)["btk"]
    # The commission is due at once, the rest over seven days.
    taken = int(economy.run("stake claim", by="alice")["amount"])
    expect("a commission is claimed", (taken >= btk // 4 // 10, economy.holds(alice)["btk"] - before), (True, taken))
    unbonding = economy.run(f"stake unbond --node {alice} --amount {tokens(btk // 8)}", by="operator")
    expect("a delegation unbonds", unbonding["amount"], btk // 8)
    expect("and can't be had before its time", "or later" in economy.run(
        f"stake withdraw {unbonding['id']}", by="operator", code=2)["error"], True)
    pool = economy.run(f"stake pool {alice}")
    expect("the pool says so", (pool["tera"], pool["commission_bps"]), (4, 1000))


def rewards(economy, alice):
    clinic, insurer = economy.new("clinic"), economy.new("insurer")
    economy.run("rewards fund --amount 500", by="operator")
    economy.run(f"rewards party {clinic} --role clinician")
    economy.run(f"rewards party {insurer} --role insurer")
    report = economy.folder / "report"
    report.write_text("blood pressure: fine")
    proposal = economy.run(f"rewards grant --patient {alice} --activity check-up --value 300 --evidence {report}", by="clinic")
    before = economy.holds(alice)["btt"]
    economy.run(f"rewards approve {proposal['id']}", by="insurer")
    expect("a patient is paid once two roles have signed", economy.holds(alice)["btt"] - before, int(proposal["amount"]))
    error = economy.run(f"rewards expire {proposal['id']}", by="alice", code=2)["error"]
    expect("what was paid does not expire", f"proposal {proposal['id']}" in error, True)
    # No job of this market has settled yet (offchain/cli/tests/it/founding.rs has one).
    error = economy.run("rewards collect", by="alice", code=2)["error"]
    expect("there is no share of settlements to collect", "owed nothing" in error, True)


def timebank(economy, alice):
    meter = economy.run("owner show meter")["contracts"][0]["address"]
    economy.run("timebank fund --amount 100", by="operator")
    economy.run(f"timebank set-meter {meter} --per-day 1000")
    members = [economy.holds(name)["address"] for name in ("operator", "treasury", "incentive-pool")]
    economy.run("timebank idle set-members", *[part for member in members for part in ("--member", member)])
    economy.run("timebank idle claim --seconds 7200", by="alice")
    for member in ("operator", "treasury"):
        if member != "operator":
            economy.run(f"wallet fund {member} --amount 1")
        economy.run(f"timebank idle vouch {alice}", by=member)
    economy.run(f"timebank idle collect {alice}", by="operator")
    expect("idle time becomes credits", economy.run(f"timebank accounts {alice}")[0]["credits"], 20)


def oracle(economy, alice):
    """What a project exports becomes credits: an oracle signs it, anybody imports what it has signed, and it does so itself once it has coins."""
    file, folder = economy.folder / "economy.network", economy.folder / "oracle"
    economy.bithive.run("setup", "oracle", "--network", str(file), "--dir", str(folder), "--words-out", f"{folder}.words",
                        *economy.secret(), "--yes")
    config = folder / "oracle.toml"
    text = config.read_text()
    for old, new in [('"https://boinc.example/stats/user.gz"', '"user.xml"'), ('"https://boinc.example/stats/host.gz"', '"host.xml"'),
                     ('every = "1h"', 'every = "1s"')]:
        expect(f"the configuration has {old}", old in text, True)
        text = text.replace(old, new)
    config.write_text(text)
    (folder / "user.xml").write_text(f"<users><user><id>1</id><total_credit>9</total_credit><url>bithive:{alice}</url></user></users>")
    exported(folder, 42)
    named = economy.folder / "oracle.named"
    run = ("--config", str(config), *economy.secret())
    economy.bithive.run("boinc", "oracle", "keys", *run, "--out", str(named))
    economy.run(f"timebank set-oracles --oracle {named}")
    expect("one oracle is named", economy.run("timebank show")["oracles"]["threshold"], 1)
    before = economy.run(f"timebank accounts {alice}")[0]["credits"]

    signed = folder / "signed.json"
    process = economy.bithive.begin("boinc", "oracle", "run", *run)
    try:
        until("the oracle has signed what a host has earned", lambda: signed.exists() and json.loads(signed.read_text())["statements"])
        (one,) = json.loads(signed.read_text())["statements"]
        statement = economy.folder / "host-42.json"
        statement.write_text(json.dumps({**one, "signers": 1}))
        economy.run(f"timebank import {statement}", by="alice")
        expect("what it has signed becomes credits", economy.run(f"timebank accounts {alice}")[0]["credits"] - before, EARNED[42] // 100)
        again = economy.run(f"timebank import {statement}", by="alice", code=2)["error"]
        expect("once", "was counted up to" in again, True)
        economy.run(f"wallet fund {folder / 'oracle.json'} --amount 1")
        exported(folder, 42, 43)
        until("with coins, the oracle imports what another host has earned", lambda: economy.run(
            f"timebank host {PROJECT} 43")["imported"] is not None)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    expect("of that the same", economy.run(f"timebank accounts {alice}")[0]["credits"] - before, sum(EARNED.values()) // 100)


def exported(folder, *hosts):
    """Writes what the project exports of these hosts, whole at once: an oracle may be reading."""
    rows = "".join(f"<host><id>{host}</id><userid>1</userid><total_credit>{EARNED[host]}</total_credit></host>" for host in hosts)
    (folder / "new").write_text(f"<hosts>{rows}</hosts>")
    (folder / "new").rename(folder / "host.xml")


def treasury(economy, alice):
    economy.run("treasury deposit --amount 20000", by="operator")
    economy.run("treasury set-offer --token btk --low 0.1 --high 0.4 --hours 168 --budget 1000")
    before = economy.holds("operator")["btt"]
    paid = int(economy.run("treasury sell --amount 0.5 --token btk", by="operator")["paid"])
    expect("an offer pays what it bids", (paid >= UNIT // 20, economy.holds("operator")["btt"] - before), (True, paid))
    burnt = int(economy.run("treasury burn", by="alice")["amount"])
    expect("what is above the reserve is burnt", 0 < burnt < 10_000 * UNIT, True)
    before = economy.holds(alice)["btt"]
    economy.run("treasury deposit --amount 50", by="operator")
    spent = economy.run(f"treasury spend --to {alice} --amount 50 --purpose audit")
    expect("its owner spends", (spent["waits"], economy.holds(alice)["btt"] - before), ([], 50 * UNIT))
    economy.run("treasury withdraw-offer --token btk")
    expect("an offer is withdrawn", economy.run("treasury show")["offers"], [])


def model(economy, alice):
    bond = economy.run("model register", "--text", "CC BY 4.0", by="alice")["bond"]
    (shown,) = economy.run("model show --all")
    expect("a model is registered with a bond", (bond, shown["text"], shown["earns"]), (100 * UNIT, "CC BY 4.0", False))
    until = economy.run(f"dataset consent --requester {economy.holds('operator')['address']}", by="alice")["until"]
    expect("the owner of data consents", until > 0, True)


def registry(economy, alice):
    """Two nodes join, stand for the committee, are elected where it is the time for it, and stand no longer."""
    file = economy.folder / "economy.network"
    economy.run(f"deployment export --out {file} --relay https://relay.example:3340")
    joined = [joined_node(economy, name, file) for name in NODES]
    economy.run("registry set-election --seats 2 --max-terms 4")
    refused = economy.run(f"registry report-absent {joined[0]}", by="alice", code=2)["error"]
    expect("who has no duty misses none", "has missed no duty" in refused, True)
    economy.run("registry add-bond --amount 20", by=NODES[0])
    for number, name in enumerate(NODES):
        economy.run(f"registry stand --endpoint {endpoint(number)}", by=name)
    candidates = economy.run("registry show")["candidates"]["candidates"]
    bonds = [int(one["bond"]) for one in candidates]
    expect("two nodes stand for the committee, the larger bond first", bonds[0] - bonds[1], 20 * UNIT)
    account = economy.run(f"registry account {joined[0]}")
    expect("as what they said", account["candidate"]["endpoint"], endpoint(0))
    economy.run("registry declare --vram-gb 24 --models-per-day 100 --gflops 40000 --watts 300", by=NODES[0])
    elected = economy.run("registry elect", by="alice", code=None)
    if "error" in elected:
        # In the first half of an epoch only.
        expect("it is no time for an election", "could be elected until" in elected["error"], True)
    else:
        expect("both are elected", len(economy.run("registry show")["duties"]), 2)
        economy.run("registry take-seat", by=NODES[0])
        expect("and one takes its seat", len(economy.run("registry show")["duties"]), 1)
        refused = economy.run(f"registry report-absent {joined[1]}", by="alice", code=2)["error"]
        expect("the other has time left for it", "report it after that" in refused, True)
    for name in NODES:
        economy.run("registry retire", by=name)
    expect("they stand no longer", economy.run("registry show")["candidates"]["candidates"], [])
    economy.run("registry set-election --none")


def endpoint(number):
    return f"{number + 1:02x}" * 32


def joined_node(economy, name, network):
    """Address of a new node."""
    folder = economy.folder / name
    economy.bithive.run("setup", "node", "--network", str(network), "--dir", str(folder), "--words-out", f"{folder}.words",
                        *economy.secret(), "--yes")
    economy.keystores[name] = str(folder / "node.json")
    economy.run(f"wallet fund {economy.keystores[name]} --amount {GRANT}")
    attributes = [part for value in ("vram=24", "region=eu", "certifications=gdpr") for part in ("--set", value)]
    return economy.bithive.run("node", "join", "--config", str(folder / "node.toml"), *economy.secret(), "--ask", "11",
                               *attributes)["address"]


def owner(economy):
    shown = economy.run("owner show")
    jobs = next(row["address"] for row in shown["contracts"] if row["contract"] == "jobs")
    message = json.dumps({"set_slasher": {"slasher": jobs, "allowed": True}})
    done = economy.run("owner set staking", message)
    expect("an owner's setting takes effect", (done["message"], done["waits"]), ("set_slasher", []))
    economy.run("owner pause treasury")
    expect("a contract is paused", economy.run("owner show treasury")["contracts"][0]["paused"], True)
    economy.run("owner resume treasury")


def ownership(economy, alice):
    """A contract is handed to another account, which is its owner once it has accepted, and back."""
    operator = economy.holds("operator")["address"]

    def owner_of_models():
        return economy.run("owner show models")["contracts"][0]["owner"]

    economy.run(f"owner transfer models {alice}")
    expect("who is proposed owns nothing yet", owner_of_models(), operator)
    economy.run("owner accept models", by="alice")
    expect("who accepts does", owner_of_models(), alice)
    refused = economy.run("owner pause models", by="operator", code=2)
    expect("who was the owner is none any more", "owner" in refused["error"], True)
    economy.run(f"owner transfer models {operator}", by="alice")
    economy.run("owner accept models", by="operator")
    expect("and it goes back", owner_of_models(), operator)
    expect("on its first day nothing waits to be applied", economy.run("owner apply --all", by="alice")["applied"], [])
    refused = economy.run("owner cancel staking:7", code=2)
    expect("or cancelled", "no setting 7 waits" in refused["error"], True)


def profile(economy, alice):
    """Options that are kept under a name, which is not that of the machine's user."""
    kept = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = str(economy.folder / "config")
    try:
        file = economy.folder / "economy.network"
        economy.bithive.run("profile", "add", "hive", "--network", str(file), "--account", economy.keystores["alice"])
        shown = economy.bithive.run("wallet", "show", "@", "--profile", "hive")
        expect("a profile stands for network and account", (shown["address"], int(shown["balance"])),
               (alice, economy.holds(alice)["btt"]))
        economy.bithive.run("wallet", "send", "--from", "@", "--to", alice, "--amount", "1", "--profile", "hive", *economy.secret())
    finally:
        os.environ.pop("XDG_CONFIG_HOME")
        if kept is not None:
            os.environ["XDG_CONFIG_HOME"] = kept


def in_a_file(economy, alice):
    """A key that is on a machine without the chain."""
    file, operator = economy.folder / "send.tx.json", economy.holds("operator")["address"]
    before = economy.holds(alice)["btt"]
    economy.run(f"wallet send --to {operator} --amount 1 --unsigned {file}", by=alice)
    shown = economy.bithive.run("tx", "show", str(file))
    expect("a transaction is made by its sender's address", (shown["signature"], economy.holds(alice)["btt"]), ("missing", before))
    signed = economy.bithive.run("tx", "sign", str(file), "--keystore", economy.keystores["alice"], *economy.secret())["signed"]
    for sent_before in (False, True):
        expect("it is sent", economy.run(f"tx send {signed}")["sent_before"], sent_before)
    expect("and takes effect once", before - economy.holds(alice)["btt"], UNIT)
