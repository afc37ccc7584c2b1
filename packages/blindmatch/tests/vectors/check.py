"""Computes blindmatch.json from its inputs, by README.md and nothing of the crate: ristretto255, HPKE and GF(2^8) are
plain Python. Run it with Python 3; it needs nothing else, prints what holds, and names the first difference."""

import hashlib
import hmac
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "testing" / "recompute"))

import hpke
import ristretto
from answers import check, given
from chacha import exclusive_or
from hashing import hkdf
from policy import Reader, Schema, hashed, sized, tag, thermometer, tree, u16, u64, vector_bytes, word
from published import expect
from ristretto import BASE, ORDER, decode, scalar, scalar_bytes

SHARE = 20
CLAIM_ADDRESS = 92
POINT_TAG = b"BITHIVE-V1/blindmatch/ristretto255_XMD:SHA-512_R255MAP_RO_"


def wide(purpose, *parts):
    """W of the page."""
    return hashlib.sha512(tag(purpose) + b"".join(parts)).digest()


def ratio(pairs):
    """The product of numerators over denominators, modulo the order."""
    out = 1
    for numerator, denominator in pairs:
        out = out * numerator * pow(denominator, -1, ORDER) % ORDER
    return out


def encoded(points):
    return [point.encode().hex() for point in points]


def scalars(numbers):
    return [scalar_bytes(number).hex() for number in numbers]


def combined(numbers, points):
    out = ristretto.IDENTITY
    for number, point in zip(numbers, points, strict=True):
        out = out + number * point
    return out


class Committee:
    def __init__(self, row):
        self.row = row
        self.n, self.t, self.epoch = row["members"], row["threshold"], row["epoch"]
        self.sets = [a for a in range(1 << self.n) if a.bit_count() == self.n - self.t + 1]
        random = {(one["holders"], one["from"]): bytes.fromhex(one["random"]) for one in row["contributions"]}
        self.seeds = {}
        for a in self.sets:
            contributed = b"".join(random[a, i] for i in self.members(a))
            self.seeds[a] = hashed("seed", bytes([self.n, self.t, a]), contributed)
        self.points = {}

    def members(self, a):
        return [i for i in range(1, self.n + 1) if a >> i - 1 & 1]

    def sets_of(self, member):
        return [a for a in self.sets if a >> member - 1 & 1]

    def rho(self, a, epoch, slot):
        info = u64(epoch) + u16(slot) + bytes([a])
        return scalar(hkdf(tag("slot-key"), self.seeds[a], info, 64, "sha512"))

    def point(self, a, epoch, slot):
        """R of the page, encoded."""
        if (a, epoch, slot) not in self.points:
            self.points[a, epoch, slot] = (self.rho(a, epoch, slot) * BASE).encode()
        return self.points[a, epoch, slot]

    def weight(self, a, member):
        outside = [j for j in range(1, self.n + 1) if j not in self.members(a)]
        return ratio([(j - member, j) for j in outside])

    def share(self, member, slot):
        return sum(self.weight(a, member) * self.rho(a, self.epoch, slot) for a in self.sets_of(member)) % ORDER

    def share_key(self, member, slot):
        """From the table alone."""
        sets = self.sets_of(member)
        weights = [self.weight(a, member) for a in sets]
        return combined(weights, [decode(self.point(a, self.epoch, slot)) for a in sets])

    def table(self, sets):
        slots = self.row["slots"]
        rows = b"".join(self.point(a, self.epoch, slot) for slot in range(slots) for a in sets)
        return u64(self.epoch) + u16(slots) + rows

    def commitment(self, a, epoch):
        points = b"".join(self.point(a, epoch, slot) for slot in range(self.row["slots"]))
        head = bytes([self.n, self.t, a]) + u64(epoch) + u16(self.row["slots"])
        return hashed("share-key-commitment", head, points)

    def commitments(self, sets):
        first, count = self.row["first_epoch"], self.row["epochs"]
        term = u64(first) + u16(count) + u16(self.row["slots"])
        return term + b"".join(self.commitment(a, e) for a in sets for e in range(first, first + count))

    def slot_key(self, slot):
        numbers = [self.rho(a, self.epoch, slot) for a in self.sets]
        shares = [self.share(i, slot) for i in range(1, self.n + 1)]
        share_keys = [share * BASE for share in shares]
        for i, key in enumerate(share_keys, 1):
            expect(f"share key of member {i}, slot {slot}, from the table", self.share_key(i, slot).encode(), key.encode())
        return {
            "slot": slot,
            "scalars": scalars(numbers),
            "shares": scalars(shares),
            "share_keys": encoded(share_keys),
            "key": scalar_bytes(sum(numbers)).hex(),
        }

    def recomputed(self):
        head = bytes([1, self.n, self.t])
        table = head + self.table(self.sets)
        everybody = range(1, self.n + 1)
        return {
            **given(self.row, "members", "threshold", "epoch", "first_epoch", "epochs", "slots"),
            "contributions": [
                {
                    **given(one, "from", "holders", "random"),
                    "encoding": (bytes([1, one["from"], one["holders"]]) + bytes.fromhex(one["random"])).hex(),
                }
                for one in self.row["contributions"]
            ],
            "seeds": [{"holders": a, "seed": self.seeds[a].hex()} for a in self.sets],
            "member_seeds": [
                (head + bytes([i]) + b"".join(self.seeds[a] for a in self.sets_of(i))).hex() for i in everybody
            ],
            "weights": [
                {"member": i, "holders": a, "weight": scalar_bytes(self.weight(a, i)).hex()}
                for i in everybody
                for a in self.sets_of(i)
            ],
            "slot_keys": [self.slot_key(slot) for slot in range(self.row["slots"])],
            "table": table.hex(),
            "table_digest": hashed("share-key-table", sized(table)).hex(),
            "partial_table_of_member_2": (head + b"\x02" + self.table(self.sets_of(2))).hex(),
            "statement_of_member_2": (head + b"\x02" + self.commitments(self.sets_of(2))).hex(),
            "commitments": (head + self.commitments(self.sets)).hex(),
        }


def answer_point(schema, slot, value):
    return ristretto.hash_to_group(schema.digest + u16(slot) + value.encode(), POINT_TAG)


COMMITMENT_BASE = ristretto.hash_to_group(b"answer-commitment-base", POINT_TAG)


class Answers:
    """A contributor's answers and the commitments to them."""

    def __init__(self, schema, row):
        self.schema, self.row, self.inputs = schema, row, schema.inputs(row["stated"])
        nonce = bytes.fromhex(row["nonce"])
        every = hashed("answer-inputs", *(u16(one["slot"]) + sized(one["value"]) for one in self.inputs))
        self.blinds = [scalar(wide("answer-blind", schema.digest, nonce, every, u16(one["slot"]))) for one in self.inputs]
        self.points = [
            answer_point(schema, one["slot"], one["value"]) + blind * COMMITMENT_BASE
            for one, blind in zip(self.inputs, self.blinds)
        ]
        self.bytes = b"".join(point.encode() for point in self.points)
        self.digest = hashed("answer-commitments", schema.digest, u64(len(self.points)), self.bytes)

    def recomputed(self):
        return {
            **given(self.row, "schema", "stated", "nonce"),
            "inputs": self.inputs,
            "commitments": encoded(self.points),
            "commitment": self.digest.hex(),
        }


class Evaluation:
    """One party's inputs, from blinding to tags."""

    def __init__(self, committee, schemas, attributes, row):
        self.committee, self.row = committee, row
        self.schema, epoch = schemas[row["schema"]], committee.epoch
        self.slots = [one["slot"] for one in row["inputs"]]
        self.points = [
            answer_point(self.schema, one["slot"], one["value"])
            for one in row["inputs"]
        ]
        self.blinds = [scalar(bytes.fromhex(one["random"])) for one in row["inputs"]]
        self.blinded = [blind * point for blind, point in zip(self.blinds, self.points)]
        self.request = b"\x02" + u64(epoch) + u16(len(self.slots))
        for slot, point in zip(self.slots, self.blinded):
            self.request += u16(slot) + point.encode()
        self.request_digest = hashed("evaluate-request", sized(self.request))
        self.proof = None
        if "proof" in row:
            self.proof = self.prove(attributes[row["proof"]["attributes"]])
            self.request += b"\x01" + bytes.fromhex(self.proof["encoding"])
        else:
            self.request += b"\x00"
        members = [answer["member"] for answer in row["answers"]]
        self.factors = [ratio([(j, j - i) for j in members if j != i]) for i in members]
        answers = [self.answer(answer) for answer in row["answers"]]
        self.answers = [answer for answer, _ in answers]
        self.tags = {}
        for place, one in enumerate(row["inputs"]):
            total = combined(self.factors, [evaluated[place] for _, evaluated in answers])
            point = pow(self.blinds[place], -1, ORDER) * total
            key = sum(committee.rho(a, epoch, one["slot"]) for a in committee.sets)
            expect(f"tag of slot {one['slot']}, from the key", (key * self.points[place]).encode(), point.encode())
            f = hashed("tag", u16(one["slot"]), u64(epoch), point.encode())
            self.tags[one["slot"], one["value"]] = point.encode(), f

    def prove(self, own):
        """That each point is of the committed answer to its slot."""
        row = self.row["proof"]
        random = bytes.fromhex(row["random"])
        statement = wide("answers-statement", own.digest, sized(row["account"]), self.request_digest)
        openings = [own.blinds[slot] for slot in self.slots]
        nonces = [
            [
                scalar(wide("answers-nonce", statement, random, u64(j), bytes([part]), scalar_bytes(secret)))
                for part, secret in enumerate(secrets)
            ]
            for j, secrets in enumerate(zip(self.blinds, openings))
        ]
        first = [
            a * own.points[slot] + -(b * COMMITMENT_BASE) for slot, (a, b) in zip(self.slots, nonces)
        ]
        challenge = scalar(wide("answers-challenge", statement, b"".join(point.encode() for point in first)))
        responses = [
            [(a + challenge * r) % ORDER, (b + challenge * r * s) % ORDER]
            for (a, b), r, s in zip(nonces, self.blinds, openings)
        ]
        # What a verifier computes.
        for slot, (z, w), blinded, expected in zip(self.slots, responses, self.blinded, first):
            seen = z * own.points[slot] + -(w * COMMITMENT_BASE) + -(challenge * blinded)
            expect(f"first message of slot {slot} as a verifier has it", seen.encode(), expected.encode())
        encoding = u16(len(own.points)) + own.bytes + scalar_bytes(challenge)
        encoding += b"".join(scalar_bytes(one) for pair in responses for one in pair)
        return {
            **given(row, "attributes", "account", "random"),
            "statement": statement.hex(),
            "nonces": [scalars(pair) for pair in nonces],
            "commitments": encoded(first),
            "challenge": scalar_bytes(challenge).hex(),
            "responses": [scalars(pair) for pair in responses],
            "encoding": encoding.hex(),
        }

    def answer(self, row):
        member, committee = row["member"], self.committee
        evaluated = [committee.share(member, slot) * point for slot, point in zip(self.slots, self.blinded)]
        slots = sorted(set(self.slots))
        pairs = {slot: [i for i, one in enumerate(self.slots) if one == slot] for slot in slots}
        shares = {slot: committee.share(member, slot) for slot in slots}
        share_keys = {slot: shares[slot] * BASE for slot in slots}
        head = u64(committee.epoch) + bytes([member]) + u64(len(slots))
        for slot in slots:
            head += u16(slot) + share_keys[slot].encode() + u64(len(pairs[slot]))
            head += b"".join(self.blinded[i].encode() + evaluated[i].encode() for i in pairs[slot])
        statement = wide("dleq-statement", head)
        weights = [wide("dleq-weight", statement, u64(i))[:16] for i in range(len(self.slots))]
        order = [i for slot in slots for i in pairs[slot]]
        weight = {i: int.from_bytes(data, "little") for i, data in zip(order, weights)}
        inputs = {
            slot: combined([weight[i] for i in pairs[slot]], [self.blinded[i] for i in pairs[slot]]) for slot in slots
        }
        random = bytes.fromhex(row["random"])
        nonces = {
            slot: scalar(wide("dleq-nonce", statement, random, u64(place), scalar_bytes(shares[slot])))
            for place, slot in enumerate(slots)
        }
        commitments = {slot: nonces[slot] * BASE for slot in slots}
        total = combined([nonces[slot] for slot in slots], [inputs[slot] for slot in slots])
        hashed_points = b"".join(commitments[slot].encode() for slot in slots) + total.encode()
        challenge = scalar(wide("dleq-challenge", statement, hashed_points))
        responses = {slot: (nonces[slot] + challenge * shares[slot]) % ORDER for slot in slots}
        # What a verifier computes.
        sums = combined([weight[i] for i in order], [evaluated[i] for i in order])
        seen = combined([responses[slot] for slot in slots], [inputs[slot] for slot in slots]) + -(challenge * sums)
        expect(f"B as a verifier of member {member} has it", seen.encode(), total.encode())
        for slot in slots:
            seen = responses[slot] * BASE + -(challenge * share_keys[slot])
            expect(f"A of slot {slot} as a verifier has it", seen.encode(), commitments[slot].encode())
        response = bytes([1, member]) + u16(len(evaluated)) + b"".join(point.encode() for point in evaluated)
        response += scalar_bytes(challenge) + u16(len(slots))
        response += b"".join(scalar_bytes(responses[slot]) for slot in slots)
        return {
            **given(row, "member", "random"),
            "evaluated": encoded(evaluated),
            "statement": statement.hex(),
            "weights": [data.hex() for data in weights],
            "combined_inputs": encoded(inputs.values()),
            "nonces": scalars(nonces.values()),
            "commitments": encoded(commitments.values()),
            "combined_commitment": total.encode().hex(),
            "challenge": scalar_bytes(challenge).hex(),
            "responses": scalars(responses.values()),
            "response": response.hex(),
        }, evaluated

    def recomputed(self):
        tags = sorted(self.tags)
        encoding = b"\x02" + self.schema.digest + u64(self.committee.epoch) + u16(len(tags))
        for slot, value in tags:
            encoding += u16(slot) + word(value) + self.tags[slot, value][1]
        return {
            **({} if self.proof is None else {"proof": self.proof}),
            **given(self.row, "schema"),
            "inputs": [
                {
                    **given(one, "slot", "value", "random"),
                    "point": point.encode().hex(),
                    "blind": scalar_bytes(blind).hex(),
                    "blinded": blinded.encode().hex(),
                }
                for one, point, blind, blinded in zip(self.row["inputs"], self.points, self.blinds, self.blinded)
            ],
            "request": self.request.hex(),
            "request_digest": self.request_digest.hex(),
            "answers": self.answers,
            "factors": scalars(self.factors),
            "tags": [
                {
                    "slot": slot,
                    "value": value,
                    "point": self.tags[slot, value][0].hex(),
                    "tag": self.tags[slot, value][1].hex(),
                }
                for slot, value in tags
            ],
            "tags_encoding": encoding.hex(),
        }


def times(a, b):
    """Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1."""
    out = 0
    while b:
        out ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return out


def inverse(a):
    return next(b for b in range(256) if times(a, b) == 1)


class Draw:
    """Random bytes in the order in which they are drawn; none may be left."""

    def __init__(self, name, text):
        self.name, self.data = name, bytes.fromhex(text)

    def take(self, length):
        if len(self.data) < length:
            raise ValueError(f"{self.name}: not enough bytes")
        out, self.data = self.data[:length], self.data[length:]
        return out

    def end(self):
        expect(f"bytes left of {self.name}", self.data, b"")


def leaves(node):
    return [node] if "of" not in node else [leaf for child in node["of"] for leaf in leaves(child)]


def shuffled(node, draw):
    """Leaves of one gate that are all of one slot, by the keys that are drawn."""
    if "of" not in node:
        return node
    children = node["of"]
    if all("of" not in child for child in children) and len({child["slot"] for child in children}) == 1:
        keys = [int.from_bytes(draw.take(8), "little") for _ in children]
        return {**node, "of": [children[i] for i in sorted(range(len(children)), key=lambda i: keys[i])]}
    return {**node, "of": [shuffled(child, draw) for child in children]}


def shared(node, share, draw):
    """Shares of the leaves below a node, in their order."""
    if "of" not in node:
        return [share]
    needed, children = node["needed"], node["of"]
    if needed == 1:
        parts = [share] * len(children)
    elif needed == len(children):
        parts = [draw.take(SHARE) for _ in children[1:]]
        last = share
        for part in parts:
            last = exclusive_or(last, part)
        parts.append(last)
    else:
        coefficients = [share] + [draw.take(SHARE) for _ in range(needed - 1)]
        parts = [polynomial(coefficients, x) for x in range(1, len(children) + 1)]
    return [leaf for child, part in zip(children, parts) for leaf in shared(child, part, draw)]


def polynomial(coefficients, x):
    out = bytes(SHARE)
    for coefficient in reversed(coefficients):
        out = bytes(times(o, x) ^ c for o, c in zip(out, coefficient))
    return out


def joined(node, shares):
    """The share of a node from those of the leaves below it, None where it is unknown; consumes `shares`."""
    if "of" not in node:
        return shares.pop(0)
    parts = [(x, joined(child, shares)) for x, child in enumerate(node["of"], 1)]
    known = [(x, part) for x, part in parts if part is not None]
    needed = node["needed"]
    if len(known) < needed:
        return None
    if needed == 1:
        return known[0][1]
    factors = [1] * needed
    if needed < len(parts):
        known = known[:needed]
        for i, (x, _) in enumerate(known):
            for other, _ in known:
                if other != x:
                    factors[i] = times(factors[i], times(other, inverse(other ^ x)))
    out = bytes(SHARE)
    for factor, (_, part) in zip(factors, known):
        out = bytes(o ^ times(factor, p) for o, p in zip(out, part))
    return out


def depth_first(node):
    if "of" not in node:
        return bytes([0, node["slot"]])
    return bytes([node["needed"], len(node["of"])]) + b"".join(map(depth_first, node["of"]))


def leaf_mask(head, f, number):
    return hashlib.sha256(tag("vault-mask").ljust(64, b"\x00") + head + bytes(32) + f + u16(number)).digest()[:SHARE]


class Vault:
    def __init__(self, row, policies, evaluations, requester_key):
        self.row, random = row, row["random"]
        compiled, schema = policies[row["policy"]]
        evaluation = evaluations[row["tags"]]
        shuffle, sharing, decoys = (Draw(name, random[name]) for name in ("shuffle", "sharing", "decoys"))
        self.tree = shuffled(compiled, shuffle)
        below = leaves(self.tree)
        self.nonce = bytes.fromhex(random["nonce"])
        self.secret = bytes(8) + bytes.fromhex(random["secret"])[8:]
        expect("bytes of nonce, secret, endpoint", [len(self.nonce), len(self.secret), len(row["endpoint"])], [16, 20, 64])
        self.shares = shared(self.tree, self.secret, sharing)
        poster = row["poster"]
        self.poster = hashed("vault-poster", *(sized(poster[name]) for name in ("chain_id", "jobs_contract", "address")))
        terms = b"\x04" + u64(evaluation.committee.epoch) + schema.digest + self.nonce + requester_key
        terms += bytes.fromhex(row["endpoint"]) + u16(len(below)) + depth_first(self.tree)
        self.commitment = hashed("vault-commitment", self.secret, self.poster, sized(terms))
        self.head = hashed("vault-head", self.poster, self.commitment, sized(terms))
        self.masks, self.masked = [], []
        for number, (leaf, share) in enumerate(zip(below, self.shares)):
            if "value" in leaf:
                mask = leaf_mask(self.head, evaluation.tags[leaf["slot"], leaf["value"]][1], number)
                self.masks.append(mask.hex())
                self.masked.append(exclusive_or(share, mask))
            else:
                self.masks.append(None)
                self.masked.append(decoys.take(SHARE))
        for draw in (shuffle, sharing, decoys):
            draw.end()
        self.mac = hashed("vault-mac", self.secret, self.head, sized(b"".join(self.masked)))[:16]
        self.bytes = terms + self.commitment + self.mac + b"".join(self.masked)
        self.digest = hashed("vault", sized(self.bytes))
        self.match_key = hkdf(self.nonce, self.secret, tag("match-key") + self.poster + self.digest, 32)
        expect("the secret, opened by the contributor", self.opened(evaluations["contributor"]), self.secret)

    def opened(self, own):
        """With one tag for each slot."""
        tags = {slot: (value, f) for (slot, value), (_, f) in own.tags.items()}
        shares = []
        for number, (leaf, masked) in enumerate(zip(leaves(self.tree), self.masked)):
            value, f = tags[leaf["slot"]]
            agrees = leaf.get("value") == value
            shares.append(exclusive_or(masked, leaf_mask(self.head, f, number)) if agrees else None)
        return joined(self.tree, shares)

    def recomputed(self):
        return {
            **given(self.row, "policy", "tags", "endpoint", "poster", "random"),
            "tree": self.tree,
            "secret": self.secret.hex(),
            "shares": [share.hex() for share in self.shares],
            "commitment": self.commitment.hex(),
            "head": self.head.hex(),
            "masks": self.masks,
            "masked": [part.hex() for part in self.masked],
            "mac": self.mac.hex(),
            "vault": self.bytes.hex(),
            "digest": self.digest.hex(),
            "match_key": self.match_key.hex(),
        }


def claim(row, vault, secret, public):
    info = tag("claim") + word(row["chain_id"]) + word(row["jobs_contract"]) + u64(row["job_id"])
    address = b"\x01" + word(row["address"])
    body = address.ljust(CLAIM_ADDRESS, b"\x00") + u16(row["slot"]) + int(row["ask"]).to_bytes(16, "big")
    body += bytes.fromhex(row["consent"])
    mac = hmac.digest(vault.match_key, sized(info) + body, "sha256")
    encapsulated, message = hpke.seal(public, info, b"\x01", body + mac, bytes.fromhex(row["random"]))
    expect("claim, opened", hpke.open_sealed(secret, encapsulated, info, b"\x01", message), body + mac)
    return {
        **given(
            row, "vault", "chain_id", "jobs_contract", "job_id", "address", "slot", "ask", "consent", "random"
        ),
        "info": info.hex(),
        "body": body.hex(),
        "mac": mac.hex(),
        "encapsulated": encapsulated.hex(),
        "sealed": (b"\x01" + encapsulated + message).hex(),
    }


def quota(row):
    counts = {}
    for charge in row["charges"]:
        if charge["epoch"] >= row["oldest_epoch"]:
            slots = counts.setdefault((charge["epoch"], charge["identity"]), {})
            slots[charge["slot"]] = slots.get(charge["slot"], 0) + 1
    encoding = b"\x01" + u64(row["oldest_epoch"])
    for (epoch, identity), slots in sorted(counts.items()):
        encoding += u64(epoch) + word(identity) + u16(len(slots))
        encoding += b"".join(u16(slot) + u16(slots[slot]) for slot in sorted(slots))
    return {**given(row, "charges", "oldest_epoch"), "encoding": encoding.hex()}


def recompute(_name, stored):
    schemas = {name: Schema(row["document"]) for name, row in stored["schemas"].items()}
    attributes = [Answers(schemas[row["schema"]], row) for row in stored["attributes"]]
    samples = stored["samples"]
    sampled = schemas[samples["schema"]]
    levels, vector = thermometer(stored["thermometer"]["reference"], stored["thermometer"]["row"])
    policies, compiled = [], []
    for row in stored["policies"]:
        schema = schemas[row["schema"]]
        policy = Reader(schema, row["text"]).policy
        compiled.append((tree(schema, policy), schema))
        policies.append({**given(row, "schema", "text"), "json": policy, "tree": compiled[-1][0]})
    committee = Committee(stored["committee"])
    evaluations = {name: Evaluation(committee, schemas, attributes, row) for name, row in stored["evaluations"].items()}
    secret, public = hpke.derive_key_pair(bytes.fromhex(stored["requester"]["random"]))
    secret = hpke.serialized(secret)
    vaults = [Vault(row, compiled, evaluations, public) for row in stored["vaults"]]
    return {
        **given(stored, "about"),
        "schemas": {
            name: {**given(row, "document"), "digest": schemas[name].digest.hex(), "slots": schemas[name].labels}
            for name, row in stored["schemas"].items()
        },
        "attributes": [answers.recomputed() for answers in attributes],
        "samples": {
            **given(samples, "schema", "vector"),
            "slots": [
                {
                    **given(row, "slot"),
                    "places": sampled.places(row["slot"]),
                    "value": sampled.sample(row["slot"], vector_bytes(samples["vector"])),
                }
                for row in samples["slots"]
            ],
        },
        "thermometer": {**given(stored["thermometer"], "reference", "row"), "levels": levels, "vector": vector},
        "policies": policies,
        "committee": committee.recomputed(),
        "evaluations": {name: evaluation.recomputed() for name, evaluation in evaluations.items()},
        "vaults": [vault.recomputed() for vault in vaults],
        "requester": {
            **given(stored["requester"], "random"),
            "secret": secret.hex(),
            "key": public.hex(),
            "encoding": (b"\x01" + secret).hex(),
        },
        "claim": claim(stored["claim"], vaults[stored["claim"]["vault"]], secret, public),
        "quota": quota(stored["quota"]),
    }


if __name__ == "__main__":
    check(__file__, recompute, "blindmatch.json")
