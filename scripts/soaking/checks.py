"""What has to hold at the end: nothing is lost, stuck or doubled, and all money is where it has to be."""

import dataclasses
import time

from soaking.chain import ChainSilent

BASE_UNITS = 1_000_000
REQUESTER_BOND = 100 * BASE_UNITS
FUNDED = 200_000 * BASE_UNITS
# Same row, same model, same program: the answers are the same.
PRECISION = 1e-3
SETTLE_SECONDS = 60


@dataclasses.dataclass
class Problem:
    """Something that must not be. `kind` is lost, stuck, doubled, slashed, money, ended or wrong."""

    kind: str
    what: str
    job_id: int = None


def everything(network, board, bonds):
    """All problems. Nothing is going on any more but what the relayer still has to do."""
    found = []
    caught_up(network)
    for name in network.requesters:
        found += of_requester(network, board.of(name), network.follower.of(network.addresses[name]), name)
    found += of_chain(network.follower)
    found += answers(board)
    found += money(network)
    found += of_nodes(network, bonds)
    found += outbox(network)
    found += reported(network)
    found += [
        Problem("ended", f"{death.name} ended by itself with exit code {death.code}: {death.words}")
        for death in network.watch.deaths if not death.excused
    ]
    return found


def caught_up(network):
    """Waits until every block is read."""
    head = network.chain.height()
    end = time.monotonic() + SETTLE_SECONDS
    while network.follower.next_height <= head:
        if time.monotonic() > end:
            raise ChainSilent(f"block {network.follower.next_height} of {head} can't be read")
        time.sleep(0.1)


def of_requester(network, attempts, on_chain, name):
    """The jobs of a requester on chain are those that it was told to post, each once, and it knows the end of each."""
    jobs, known = network.follower.all_jobs(), set()
    for attempt in attempts:
        known |= attempt.job_ids
        if len(attempt.job_ids) > attempt.posts:
            extra = sorted(attempt.job_ids)[attempt.posts :]
            yield from (Problem("doubled", f"{name} was told to post {attempt.posts} jobs", job) for job in extra)
        if not attempt.is_over:
            yield from (Problem("stuck", f"{name} does not end", job) for job in attempt.job_ids - set(attempt.outcomes))
            if not attempt.job_ids:
                yield Problem("stuck", f"{name} does not end, and has posted nothing")
            continue
        for job_id in attempt.job_ids & on_chain:
            outcome, ends = attempt.outcomes.get(job_id), jobs[job_id].ends
            if outcome == "no_output":
                yield Problem("lost", f"nobody gives {name} the output", job_id)
            elif ends and outcome not in ends:
                yield Problem("lost", f"{name} says {outcome}, the chain {ends[0]}", job_id)
    yield from (Problem("lost", f"{name} was told that it is posted, and it is not on chain", job) for job in known - on_chain)
    posts = sum(attempt.posts for attempt in attempts)
    # Its process was killed before it could tell the number, and forgot it: or it was posted once more than told.
    kind = "doubled" if len(on_chain) > posts else "lost"
    yield from (Problem(kind, f"{name} does not know of it", job) for job in on_chain - known)


def of_chain(follower):
    """Every job ended once; no worker said something twice."""
    for job_id, job in follower.all_jobs().items():
        if not job.ends:
            yield Problem("stuck", "its deadlines have passed, and it has not ended", job_id)
        elif len(job.ends) > 1:
            yield Problem("doubled", f"it ended as {', '.join(job.ends)}", job_id)
    for (what, job_id, number, worker), times in follower.said.items():
        if times > 1:
            yield Problem("doubled", f"{what} of {worker} in round {number}: {times} times", job_id)


def answers(board):
    """Every output is the right one: that which the same row has in other jobs."""
    right = {}
    for attempt in board.attempts:
        for job_id, values in attempt.values.items():
            expected = right.setdefault(attempt.row, values)
            if len(values) != len(expected) or any(abs(a - b) > PRECISION for a, b in zip(values, expected)):
                yield Problem("wrong", f"row {attempt.row} is {values}, and was {expected} in another job", job_id)


def market(network):
    """The market holds what it owes, now: both of the same block, if blocks leave the time for it."""
    chain = network.chain
    for _ in range(5):
        height, totals = chain.query_at("jobs", {"totals": {}})
        after, balance = chain.query_at("token", {"balance": {"address": chain.contracts["jobs"]}})
        if after != height:
            continue
        held, owed = int(balance["balance"]), int(totals["escrowed"]) + int(totals["claimable"])
        return [] if held == owed else [Problem("money", f"at block {height} the market holds {held} base units, and owes {owed}")]
    return []


def money(network):
    """No money came from nowhere or went nowhere, none is held for a job that has ended, nobody paid for more than was done."""
    chain, contracts = network.chain, network.chain.contracts
    supply, totals = chain.query("token", {"supply": {}}), chain.query("jobs", {"totals": {}})
    held, expected = chain.held(), int(supply["minted"]) - int(supply["burnt"])
    if held != expected:
        yield Problem("money", f"all accounts hold {held} base units; minted and not burnt are {expected}")
    escrowed = int(totals["escrowed"])
    open_escrow = sum(int(job["escrow"]) for job in chain.jobs() if job["phase"] not in ("settled", "refunded"))
    if escrowed != open_escrow:
        yield Problem("money", f"{escrowed} base units are in escrow, and {open_escrow} belong to jobs")
    yield from market(network)
    registry, bonded = chain.balance(contracts["registry"]), int(chain.query("registry", {"config": {}})["bonded"])
    if registry != bonded:
        yield Problem("money", f"the registry holds {registry} base units, and {bonded} are bonded")
    jobs = network.follower.all_jobs()
    for name in network.requesters:
        address = network.addresses[name]
        own = [job for job in jobs.values() if job.requester == address]
        expected = FUNDED - REQUESTER_BOND - sum(job.escrow - job.refunded for job in own)
        has = chain.balance(address) + chain.claimable(address)
        if has != expected:
            yield Problem("money", f"{name} has {has} base units; after what its jobs cost it should have {expected}")


def of_nodes(network, bonds):
    """Everybody here is honest: no bond is less than it was."""
    for node in network.chain.nodes():
        address, bond = node["address"], node["bond"]
        if int(node["slashed"]) or bond != bonds[address]:
            yield Problem("slashed", f"{address} has a bond of {bond} base units, and had {bonds[address]}")
    yield from (Problem("slashed", str(slash)) for slash in network.follower.slashed)


def outbox(network):
    """The relayer has nothing left to do."""
    (relayer,) = network.of("relayer")
    end, status = time.monotonic() + SETTLE_SECONDS, None
    while time.monotonic() < end:
        status = relayer.status()
        if status and status.get("jobs") == 0 and not status["set_aside"] and status["in_flight"] is None:
            return []
        time.sleep(0.5)
    return [Problem("stuck", f"the relayer has still to do: {status}")]


def reported(network):
    """The work of every settled job is told of."""
    left = {job_id for job_id, job in network.follower.all_jobs().items() if "settled" in job.ends}
    end = time.monotonic() + SETTLE_SECONDS
    while left and time.monotonic() < end:
        left = {job for job in left if not network.chain.query("jobs", {"reporting": {"job_id": job}})["reported"]}
        time.sleep(0.2)
    return [Problem("lost", "nobody reports its work", job_id) for job_id in sorted(left)]
