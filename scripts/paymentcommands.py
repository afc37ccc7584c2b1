"""The commands of payments on a chain that runs, as their users type them: streams and vouchers, invoices, agreements, feeds, listings, and
public randomness.

What waits for hours is left to the contracts' own tests.
"""

import json

from endtoend import expect, until

UNIT = 1_000_000
# The chain's own coin.
COIN = "native:ubee"


def used(economy, alice):
    """Uses each contract of payments. `alice` has BTT."""
    bob = economy.new("bob")
    asked = economy.run("randomness request --bounty 2.5", by="alice")
    stream(economy, bob)
    vouchers(economy, bob)
    price = feed(economy)
    invoice(economy, bob, price)
    agreement(economy, bob)
    listing(economy)
    randomness(economy, asked)
    claimed(economy)


def file(economy, name, text=None):
    """Path of a file; of one that is not there yet if it has no text."""
    path = economy.folder / name
    if text is not None:
        path.write_text(text)
    return str(path)


def stream(economy, bob):
    opened = economy.run(f"stream open --to {bob} --amount 90 --rate 3 --every 86400 --advance 1", by="alice")
    stated = economy.run(f"stream show {opened['id']}")
    expect("a step of a stream is due at once", (stated["due"], stated["deposit"]), (str(3 * UNIT), str(90 * UNIT)))
    expect("anybody settles it", economy.run(f"stream settle {opened['id']}", by="alice")["amount"], 3 * UNIT)
    closed = economy.run(f"stream close {opened['id']}", by="alice")
    expect("its payer ends it and has the rest", closed["amount"], 87 * UNIT)
    expect("which is withdrawn", economy.run("stream withdraw", by="alice")["amount"], 87 * UNIT)


def vouchers(economy, bob):
    """Two vouchers in the chain's own coin, and one that was changed."""
    opened = economy.run(f"stream open --to {bob} --asset {COIN} --amount 5000 --vouchers --days 2 --notice 1", by="alice")["id"]
    files = []
    for amount in (700, 1200):
        files.append(file(economy, f"voucher-{amount}.json"))
        economy.run(f"voucher sign {opened} --amount {amount} --out {files[-1]}", by="alice")
    shown = economy.run(f"voucher show {' '.join(files)}")
    expect("each voucher says all that is owed", [one["pays"] for one in shown], [700, 1200])
    # The exit code tells that one was skipped.
    redeemed = economy.run(f"voucher redeem {files[1]} {files[0]}", by="bob", code=1)
    expect("the newest pays, and the older one adds nothing",
           ([one["amount"] for one in redeemed["paid"]], len(redeemed["skipped"])), (["1200"], 1))
    forged = json.loads((economy.folder / "voucher-1200.json").read_text())
    changed = file(economy, "forged.json", json.dumps({**forged, "cumulative": "4000"}))
    refused = economy.run(f"voucher redeem {changed}", by="bob", code=2)["error"]
    expect("the chain refuses a voucher with another amount", "signature" in refused, True)
    elsewhere = file(economy, "elsewhere.json", json.dumps({**forged, "chain_id": "elsewhere-1"}))
    refused = economy.run(f"voucher redeem {elsewhere}", by="bob", code=2)["error"]
    expect("and the command one of another chain", "elsewhere-1" in refused, True)
    closing = economy.run(f"stream close {opened}", by="alice")
    expect("its payer waits for the notice", closing["ends"] > 0, True)


def feed(economy):
    """Three reporters say what a BTT costs; returns the feed and its price."""
    keys = [file(economy, f"reporter-{number}.key") for number in range(3)]
    reporters = [economy.run(f"feed key --out {key}")["reporter"] for key in keys]
    named = " ".join(f"--reporter {reporter}" for reporter in reporters)
    terms = "--description BTT --currency EUR --decimals 6 --interval 3600 --max-age 7200 --dev-bps 1000 --cooldown 300"
    number = economy.run(f"feed create {terms} --quorum 3 {named}")["feed"]
    reports = []
    for key, value in zip(keys, (199, 200, 207)):
        reports.append(f"{key}.report")
        economy.run(f"feed report {number} --value {value} --key {key} --out {reports[-1]}")
    refused = economy.run(f"feed submit {' '.join(reports[:2])}", by="alice", code=2)["error"]
    expect("two of three reports are too few", "3" in refused, True)
    economy.run(f"feed submit {' '.join(reports)}", by="alice")
    expect("the median is the price", economy.run(f"feed price {number}")["value"], "200")
    return number


def invoice(economy, bob, price):
    made = economy.run(f"invoice create --to {bob} --amount 12.5", by="operator")["id"]
    key = "ab" * 16
    before = economy.holds(economy.keystores["bob"])["btt"]
    paid = economy.run(f"pay offer {made} --key {key} --max 20", by="bob")
    expect("an invoice is paid at its price", (paid["amount"], before - economy.holds(economy.keystores["bob"])["btt"]), (12_500_000, 12_500_000))
    again = economy.run(f"pay offer {made} --key {key} --max 20", by="bob", code=2)["error"]
    expect("once for each key", f"receipt {paid['receipt']} has it" in again, True)
    quoted = economy.run(f"invoice create --fiat 300 --feed {price} --standing --referral-bps 1000", by="bob")["id"]
    paid = economy.run(f"pay offer {quoted} --max 2", by="alice")
    expect("three euros at two each are a BTT and a half", paid["amount"], 1_500_000)


def agreement(economy, bob):
    opened = economy.run(f"escrow open --to {bob} --milestone 30 --milestone 20", by="alice")["id"]
    evidence = file(economy, "evidence.txt", "all is done")
    economy.run(f"escrow submit {opened} --evidence {evidence}", by="bob")
    refused = economy.run(f"escrow approve {opened}", by="bob", code=2)
    expect("a payee approves nothing of its own", "error" in refused, True)
    expect("the payer releases a milestone", economy.run(f"escrow approve {opened}", by="alice")["amount"], 30 * UNIT)
    code = file(economy, "code.txt")
    opened = economy.run(f"escrow open --to {bob} --asset {COIN} --milestone 400 --code {code}", by="alice")["id"]
    secret = (economy.folder / "code.txt").read_text().strip()
    expect("a code releases to the payee, whoever presents it",
           economy.run(f"escrow reveal {opened} --code {secret}", by="operator")["amount"], 400)


def listing(economy):
    economy.run("listing category set arbiters --bond 10 --unbond-days 14 --ruling-hours 48 --ruler operator")
    terms = file(economy, "terms.txt", "An answer within a day.")
    added = economy.run("listing add --category arbiters", "--name", "An arbiter", "--file", terms, by="alice")["id"]
    challenged = economy.run(f"listing challenge {added} --file {file(economy, 'silent.txt', 'No answer for a month.')}", by="bob")
    ruled = economy.run(f"listing rule {added} --uphold", by="operator")
    expect("who is proven wrong loses the bond", "error" in ruled, False)


def randomness(economy, asked):
    """Bob brings the round that alice waits for, which is signed half a minute after she has asked."""
    request, round = asked["id"], asked["round"]
    follow = ("randomness follow --once --stand-in", str(economy.folder / "stand-in.key"))
    brought = []

    def comes():
        brought.extend(economy.run(" ".join(follow), by="bob"))
        return brought

    until("the round comes", comes)
    expect("who brings it has the bounty", [(one["round"], one["bounty"]) for one in brought], [(round, 5 * UNIT // 2)])
    expect("everybody reads it", economy.run(f"randomness round {round}")["randomness"], brought[0]["randomness"])
    expect("nobody brings it again", economy.run(" ".join(follow), by="bob"), [])
    delivered = economy.run(f"randomness deliver {request}", by="operator")
    expect("who asked has it", [(one["id"], one["failed"]) for one in delivered], [(request, None)])


def claimed(economy):
    """Everything that payments owe bob is in one transaction."""
    before = economy.holds(economy.keystores["bob"])["btt"]
    (claims,) = economy.run(f"wallet claim {economy.keystores['bob']}", *economy.secret())
    taken = {(one["source"], one["token"]): int(one["amount"]) for one in claims["taken"]}
    expect("streams, payments, agreements and a bounty pay", {key: amount for key, amount in taken.items() if key[0] != "listings"}, {
        ("flows", "BTT"): 3 * UNIT, ("flows", COIN): 1200, ("checkout", "BTT"): 1_500_000,
        ("escrow", "BTT"): 30 * UNIT, ("escrow", COIN): 400, ("randomness", "BTT"): 5 * UNIT // 2,
    })
    expect("so does a challenge that was right, both bonds less the treasury's part", taken[("listings", "BTT")], 15 * UNIT)
    expect("in one transaction", (len(claims["transactions"]), claims["refused"]), (1, []))
    expect("and bob has it", economy.holds(economy.keystores["bob"])["btt"] - before, sum(amount for (_, token), amount in taken.items() if token == "BTT"))
