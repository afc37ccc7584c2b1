"""What the RPC of a chain tells: answers of contracts, and everything that happened, block by block."""

import base64
import collections
import json
import threading
import time
import urllib.error
import urllib.request

SMART = "/cosmwasm.wasm.v1.Query/SmartContractState"
# What a worker says once in each round.
SAID_ONCE = ("commitment_received", "reveal_received", "signature_received")


class ChainSilent(Exception):
    """The chain does not answer, or not what was asked."""


class Refused(Exception):
    """The chain answers, and the answer is an error."""


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number, content):
    """A field of bytes in protobuf."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def first_field(message):
    """The content of the only field of bytes, which has number 1."""
    if not message:
        return b""
    length, at, shift = 0, 1, 0
    while True:
        length |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not message[at - 1] & 0x80:
            return message[at : at + length]


class Chain:
    """The RPC of a chain, asked directly: nothing that the soak does to the parties' way to it is in between."""

    def __init__(self, url, contracts):
        self.url, self.contracts = url, contracts

    def call(self, method, seconds=10, **params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        try:
            try:
                with urllib.request.urlopen(request, timeout=seconds) as response:
                    answer = json.load(response)
            except urllib.error.HTTPError as error:
                # A served chain gives its errors that status.
                answer = json.load(error)
        except (OSError, ValueError) as error:
            raise ChainSilent(f"{method}: {error}") from error
        if answer.get("error"):
            raise Refused(f"{method}: {answer['error'].get('data') or answer['error'].get('message')}")
        return answer["result"]

    def height(self):
        return int(self.call("status")["sync_info"]["latest_block_height"])

    def query(self, contract, message):
        """The answer of a contract, which is named as in the deployment."""
        return self.query_at(contract, message)[1]

    def query_at(self, contract, message):
        """The block after which a contract answers, and its answer. `status` can name a block that contracts have not seen yet."""
        address, question = self.contracts[contract].encode(), json.dumps(message).encode()
        data = (field(1, address) + field(2, question)).hex()
        response = self.call("abci_query", path=SMART, data=data)["response"]
        if response.get("code"):
            raise Refused(f"{contract} {message}: {response.get('log')}")
        return int(response.get("height") or 0), json.loads(first_field(base64.b64decode(response.get("value") or "")))

    def pages(self, contract, name, after, limit, rows=lambda page: page, **more):
        """All rows of a query that gives pages; `after` gets the last row of a page."""
        start, found = None, []
        while True:
            page = rows(self.query(contract, {name: {"start_after": start, "limit": limit, **more}}))
            found += page
            if len(page) < limit:
                return found
            start = after(page[-1])

    def jobs(self):
        return self.pages("jobs", "jobs", lambda job: job["job_id"], 10)

    def nodes(self):
        return self.pages("registry", "nodes", lambda node: node["registration"]["slot"], 100)

    def balance(self, address):
        return int(self.query("token", {"balance": {"address": address}})["balance"])

    def held(self):
        """What all accounts hold together."""
        accounts = self.pages("token", "all_accounts", lambda account: account, 30, lambda page: page["accounts"])
        return sum(self.balance(account) for account in accounts)

    def claimable(self, address):
        return int(self.query("jobs", {"claimable": {"address": address}}))


class JobRecord:
    """A job as its events tell of it; amounts in base units."""

    def __init__(self, requester, escrow):
        self.requester, self.escrow = requester, escrow
        self.ends = []
        self.refunded = 0
        self.posted_at = time.monotonic()
        self.ended_at = None


class Follower(threading.Thread):
    """Reads every block, and keeps what was said of jobs."""

    def __init__(self, chain, first_height):
        super().__init__(daemon=True, name="follower")
        self.chain, self.next_height = chain, first_height
        self.jobs = {}
        self.said = collections.Counter()
        self.slashed = []
        self.lock = threading.Lock()
        self.stopping = False

    def run(self):
        while not self.stopping:
            try:
                moved = self.catch_up()
            except ChainSilent:
                moved = False
            except Refused:
                # A real chain tells results a moment after the block.
                moved = False
            if not moved:
                time.sleep(0.2)

    def catch_up(self):
        """Reads the blocks that there are; whether there was one."""
        head, first = self.chain.height(), self.next_height
        while self.next_height <= head and not self.stopping:
            results = self.chain.call("block_results", height=str(self.next_height))
            for result in results.get("txs_results") or []:
                if not result.get("code"):
                    for event in result.get("events") or []:
                        self.note(event)
            self.next_height += 1
        return self.next_height > first

    def note(self, event):
        attributes = {pair["key"]: pair.get("value") or "" for pair in event.get("attributes") or []}
        address, name = attributes.get("_contract_address"), event["type"].removeprefix("wasm-")
        if address == self.chain.contracts["registry"] and name == "slashed":
            with self.lock:
                self.slashed.append(attributes)
        if address != self.chain.contracts["jobs"] or "job_id" not in attributes:
            return
        job_id = int(attributes["job_id"])
        with self.lock:
            if name == "job_posted":
                escrow = int(attributes["price"]) * int(attributes["workers"])
                self.jobs[job_id] = JobRecord(attributes["requester"], escrow)
            elif name in ("job_settled", "job_refunded"):
                job = self.jobs[job_id]
                job.ends.append(name.removeprefix("job_"))
                job.refunded += int(attributes["refunded"])
                job.ended_at = time.monotonic()
            elif name == "job_escrow_added":
                self.jobs[job_id].escrow += int(attributes["amount"])
            elif name in SAID_ONCE:
                self.said[name, job_id, attributes.get("round"), attributes["worker"]] += 1

    def all_jobs(self):
        with self.lock:
            return dict(self.jobs)

    def open(self):
        """Numbers of the jobs that have not ended."""
        with self.lock:
            return {job_id for job_id, job in self.jobs.items() if not job.ends}

    def of(self, requester):
        """Numbers of a requester's jobs."""
        with self.lock:
            return {job_id for job_id, job in self.jobs.items() if job.requester == requester}
