"""Computes the known answers of this folder from their inputs, by README.md and nothing of the crate: curve, pairing,
BLAKE3 and AEAD are the plain Python of testing/recompute. Run it with Python 3; it needs nothing else, prints a line
for each file, and names the first difference."""

import hashlib
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "testing" / "recompute"))

import bls12381 as bls
import chacha
from answers import check, given
from bls12381 import G1, G2, R
from blake3 import blake3, slice_of
from hashing import hkdf
from published import expect

CHUNK = 65536


def tagged(purpose, *parts):
    hasher = hashlib.sha256(b"BITHIVE-V1/" + purpose + b"/")
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.digest()


def u16(number):
    return number.to_bytes(2, "big")


def scalar(text):
    number = int(text, 16)
    if number >= R or len(text) != 64:
        raise ValueError("a scalar is 32 bytes below the order")
    return number


def scalar_bytes(number):
    return (number % R).to_bytes(32, "big")


class ReferenceString:
    """The powers of a number that is known here: A_i and B_i."""

    def __init__(self, slots, a):
        self.slots, self.a = slots, a
        self.bytes = b"BHCRS\x01" + u16(slots)
        self.bytes += b"".join(G1.encode(self.in_g1(i)) for i in range(2 * slots + 1))
        self.bytes += b"".join(G2.encode(self.in_g2(i)) for i in range(1, 2 * slots + 1) if i != slots + 1)
        self.digest = blake3(self.bytes)

    def in_g1(self, i, factor=1):
        return G1.generate(factor * pow(self.a, i, R))

    def in_g2(self, i, factor=1):
        return G2.generate(factor * pow(self.a, i, R))

    def omega(self):
        return bls.pairing_product([(self.in_g1(1), self.in_g2(self.slots))])

    def public_key(self, slot, t):
        """Bytes of the key file."""
        elements = (self.in_g2(i, t) for i in range(1, self.slots + 1) if i != self.slots + 1 - slot)
        head = b"BHKEY\x01" + u16(self.slots) + u16(slot) + self.digest
        return head + G1.encode(G1.generate(t)) + b"".join(map(G2.encode, elements))

    def secret_key(self, slot, t, rejection_secret):
        head = b"BHSEC\x01" + u16(self.slots) + u16(slot) + self.digest
        return head + G2.encode(self.in_g2(self.slots + 1 - slot, t)) + rejection_secret


def target_bytes(value):
    return b"".join(bls.Fp.encode(part) for pair in bls.to_pairs(value) for part in pair)


def varint(number):
    out = []
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def set_body(slots, members):
    """Form and body of an encoded set: the shorter of list and bitmap."""
    numbers = sorted(members)
    listed = varint(len(numbers)) + b"".join(varint(b - a) for a, b in zip([0, *numbers], numbers))
    bits = sum(1 << slot - 1 for slot in numbers).to_bytes((slots + 7) // 8, "little")
    return b"\x00" + listed if len(listed) <= len(bits) else b"\x01" + bits


def set_encoding(slots, members):
    return b"\x01" + set_body(slots, members)


def set_digest(slots, members):
    return tagged(b"dgkbe-slot-set", u16(slots), set_encoding(slots, members))


class Encapsulation:
    """One header: m for the members of a group, given by the numbers t of all its users."""

    def __init__(self, string, numbers, members, message, context):
        key_sum = G1.sum(G1.add(G1.generate(numbers[j]), string.in_g1(j)) for j in members)
        digest = set_digest(string.slots, members)
        self.statement = tagged(b"dgkbe-statement", string.digest, digest, G1.encode(key_sum), context)
        s = bls.hash_to_scalar(message + self.statement, b"BITHIVE-V1/dgkbe-encapsulation-scalar/")
        c1, c2 = G1.generate(s), G1.mul(s, key_sum)
        z = bls.power(string.omega(), s)
        for receiver in members:
            expect(f"Z of slot {receiver}", opened(string, numbers, members, receiver, c1, c2), z)
        points = G1.encode(c1), G1.encode(c2)
        mask = tagged(b"dgkbe-mask", target_bytes(z), *points)
        self.parts = (*points, chacha.exclusive_or(message, mask))
        self.header = b"".join(self.parts)


def opened(string, numbers, members, slot, c1, c2):
    """Z as a member computes it: e(C2, B_e) e(-C1, sk + the others' H_(j,e) + B_(e+j))."""
    e = string.slots + 1 - slot
    own = string.in_g2(e, numbers[slot])
    others = [G2.add(string.in_g2(e, numbers[j]), string.in_g2(e + j)) for j in members if j != slot]
    return bls.pairing_product([(c2, string.in_g2(e)), (G1.negate(c1), G2.sum([own, *others]))])


def sealed(key, header, digest, context, plaintext):
    """Commitment, and the chunks with their tags."""
    data = tagged(b"dgkbe-payload-data", header, digest, context)
    derived = hkdf(data, key, b"BITHIVE-V1/dgkbe-payload/", 71)
    chunks = [plaintext[at:at + CHUNK] for at in range(0, max(len(plaintext), 1), CHUNK)]
    return derived[32:64], [
        chacha.seal(derived[:32], derived[64:] + n.to_bytes(4, "big") + bytes([n == len(chunks) - 1]), chunk, data)
        for n, chunk in enumerate(chunks)
    ]


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def run(_name, stored):
    data = {name: bytes.fromhex(value) for name, value in stored.items() if isinstance(value, str)}
    slots, members = stored["slots"], stored["set"]
    string = ReferenceString(slots, scalar(stored["secret_exponent"]))
    users, numbers, secrets = [], {}, {}
    for slot, row in enumerate(stored["users"], 1):
        numbers[slot] = scalar(row["t"])
        public_key = string.public_key(slot, numbers[slot])
        secrets[slot] = bytes.fromhex(row["secret_key"])[-32:]
        users.append({
            **given(row, "t"),
            "slot": slot,
            "public_key": public_key.hex(),
            "public_key_digest": blake3(public_key).hex(),
            "secret_key": string.secret_key(slot, numbers[slot], secrets[slot]).hex(),
        })
    digest = set_digest(slots, members)
    one = Encapsulation(string, numbers, members, data["message"], data["context"])
    key = tagged(b"dgkbe-key", data["message"], *one.parts, one.statement)
    commitment, chunks = sealed(key, one.header, digest, data["context"], data["plaintext"])
    length = stored["long_payload"]["plaintext_length"]
    _, long_chunks = sealed(key, one.header, digest, data["context"], bytes(i % 251 for i in range(length)))
    long_payload = b"\x01" + commitment + b"".join(long_chunks)
    slot = stored["rejected"]["slot"]
    false_parts = (*one.parts[:2], flipped(one.parts[2]))
    return {
        **given(stored, "slots", "secret_exponent", "set", "context", "message", "plaintext"),
        "crs": string.bytes.hex(),
        "crs_digest": string.digest.hex(),
        "omega": target_bytes(string.omega()).hex(),
        "users": users,
        "set_encoding": set_encoding(slots, members).hex(),
        "set_digest": digest.hex(),
        "header": one.header.hex(),
        "shared_key": key.hex(),
        "payload": (b"\x01" + commitment + b"".join(chunks)).hex(),
        "long_payload": {
            "plaintext_length": length,
            "length": len(long_payload),
            "sha256": hashlib.sha256(long_payload).hexdigest(),
            "commitment": commitment.hex(),
            "tags": [chunk[-16:].hex() for chunk in long_chunks],
        },
        "rejected": {
            "slot": slot,
            "header": flipped(one.header).hex(),
            "shared_key": tagged(b"dgkbe-rejected-key", secrets[slot], *false_parts, one.statement).hex(),
        },
    }


def groups_run(_name, stored):
    data = {name: bytes.fromhex(value) for name, value in stored.items() if isinstance(value, str)}
    groups, slots, context, message = stored["groups"], stored["slots"], data["context"], data["message"]
    string = ReferenceString(slots, scalar(beside("dgkbe.json")["secret_exponent"]))
    numbers = [scalar(t) for t in stored["t"]]
    expect("group 0 and the users of dgkbe.json", stored["t"][:slots], [u["t"] for u in beside("dgkbe.json")["users"]])
    expect("numbers t", len(numbers), groups * slots)

    members = [sorted((s - 1) % slots + 1 for s in stored["set"] if (s - 1) // slots == g) for g in range(groups)]
    touched = [g for g in range(groups) if members[g]]
    encoding = b"\x01\x02" + varint(len(touched))
    for before, g in zip([0, *touched], touched):
        encoding += varint(g - before) + set_body(slots, members[g])
    digest = tagged(b"dgkbe-grouped-set", u16(groups), u16(slots), encoding)
    headers = b""
    for g in touched:
        own = {place: numbers[g * slots + place - 1] for place in range(1, slots + 1)}
        group_context = tagged(b"dgkbe-group-context", digest, u16(g), context)
        headers += Encapsulation(string, own, members[g], message, group_context).header
    key = tagged(b"dgkbe-groups-key", message, headers, string.digest, digest, context)
    commitment, chunks = sealed(key, headers, digest, context, data["plaintext"])
    rejection_secret = data["secret_key_6"][-32:]
    return {
        **given(stored, "groups", "slots", "t", "set", "context", "message", "plaintext"),
        "secret_key_6": string.secret_key(6 - slots, numbers[5], rejection_secret).hex(),
        "set_encoding": encoding.hex(),
        "set_digest": digest.hex(),
        "headers": headers.hex(),
        "shared_key": key.hex(),
        "payload": (b"\x01" + commitment + b"".join(chunks)).hex(),
        "rejected": {
            "slot": 6,
            "headers": flipped(headers).hex(),
            "shared_key": tagged(
                b"dgkbe-groups-rejected-key", rejection_secret, flipped(headers), string.digest, digest, context
            ).hex(),
        },
    }


def ceremony(_name, stored):
    slots = stored["slots"]
    start = before = tagged(b"dgkbe-ceremony-start", u16(slots))
    product, steps, transcript = 1, [], b"BHTRN\x01" + u16(len(stored["contributions"]))
    for row in stored["contributions"]:
        secret, nonce = scalar(row["secret"]), scalar(row["nonce"])
        previous, commitment = G1.generate(product), G1.generate(product * nonce)
        product = product * secret % R
        element = G1.generate(product)
        points = G1.encode(previous), G1.encode(element), G1.encode(commitment)
        challenge = bls.hash_to_scalar(before + b"".join(points), b"BITHIVE-V1/dgkbe-contribution/")
        response = (nonce + challenge * secret) % R
        holds = G1.equal(G1.mul(response, previous), G1.add(commitment, G1.mul(challenge, element)))
        expect("z P_(n-1) = R + c P_n", holds, True)
        before = tagged(b"dgkbe-ceremony-step", before, points[1], points[2], scalar_bytes(response))
        transcript += points[1] + points[2] + scalar_bytes(response)
        steps.append({
            **given(row, "secret", "nonce"),
            "element": points[1].hex(),
            "commitment": points[2].hex(),
            "challenge": scalar_bytes(challenge).hex(),
            "response": scalar_bytes(response).hex(),
            "hash": before.hex(),
        })
    string = ReferenceString(slots, product)
    return {
        "slots": slots,
        "start_hash": start.hex(),
        "contributions": steps,
        "transcript": (transcript + string.bytes).hex(),
        "crs_digest": string.digest.hex(),
    }


def openings(_name, stored):
    slots, slot = stored["slots"], stored["slot"]
    string = ReferenceString(slots, scalar(stored["secret_exponent"]))
    file = string.public_key(slot, scalar(stored["t"]))

    def opening(data, start, length):
        return {
            "digest": blake3(data).hex(),
            "start": start,
            "end": start + length,
            "opened": data[start:start + length].hex(),
            "slice": slice_of(data, start, length).hex(),
        }

    def place(index, missing):
        return index - 1 - (index > missing)

    return {
        **given(stored, "slots", "secret_exponent", "slot", "t", "element_index", "power_index"),
        "crs_digest": string.digest.hex(),
        "element": opening(file, 90 + 96 * place(stored["element_index"], slots + 1 - slot), 96),
        "end": opening(file, len(file), 1),
        "power": opening(
            string.bytes, 8 + 48 * (2 * slots + 1) + 96 * place(stored["power_index"], slots + 1), 96
        ),
    }


FILES = {
    "dgkbe.json": run,
    "dgkbe_groups.json": groups_run,
    "dgkbe_ceremony.json": ceremony,
    "dgkbe_openings.json": openings,
}


def beside(name):
    return json.loads(pathlib.Path(__file__).with_name(name).read_text())


if __name__ == "__main__":
    check(__file__, lambda name, stored: FILES[name](name, stored), *FILES)
