"""Computes attest.json from its inputs, by README.md and nothing of the crate: ChaCha20 and BLS12-381 are the plain
Python of testing/recompute. Verifies the published vectors of bls_pop.json with the same. Run it with Python 3; it
needs nothing else, prints a line for each file, and names the first difference."""

import hashlib
import itertools
import math
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "testing" / "recompute"))

import bls12381 as bls
import chacha
from answers import check, given
from bls12381 import G1, G2
from published import expect

PUBLISHED_AS_IT_IS = 256
WORDS = 16
# The published vectors stay as they are: a case that has to be refused would still be refused with another byte changed.
PUBLISHED_DIGEST = "bbf44c067da0d974af05fe7ef0145647a73fd3c0ee234550fa59ab9364f39411"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tag(purpose):
    return f"BITHIVE-V1/{purpose}/".encode()


def sized(data):
    data = data.encode() if isinstance(data, str) else data
    return len(data).to_bytes(4, "big") + data


def number(value):
    return int(value).to_bytes(16, "big")


def fixed_point(value):
    """Of a 32-bit float, which Python's own floats hold exactly."""
    if not math.isfinite(value):
        return None
    scaled = int(math.floor(abs(value) * 65536 + 0.5))  # a power of two, and 40 bits at most: no rounding before floor
    scaled = -scaled if value < 0 else scaled
    return scaled if -(2**31) <= scaled < 2**31 else None


def for_people(bits):
    """The shortest digits that are this 32-bit float, in scientific notation."""
    value, = struct.unpack(">f", bits)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    for digits in range(9):
        text = f"{value:.{digits}e}"
        if struct.pack(">f", float(text)) == bits:
            mantissa, exponent = text.split("e")
            return f"{mantissa}e{int(exponent)}"
    raise ValueError("a float has more than nine digits")


class Job:
    """The key of `job_key`, and what derives from it."""

    def __init__(self, domain, row):
        self.domain, self.row = domain, row
        self.key = sha256(
            self.bound("job-key"), bytes.fromhex(row["shared"]), number(row["job_id"]), number(row["round"])
        )

    def bound(self, purpose):
        return tag(purpose) + sized(self.domain["chain_id"]) + sized(self.domain["contract"])

    def subkey(self, purpose, text):
        return sha256(tag(purpose), self.key, sized(text))

    def stream(self, purpose, length):
        return chacha.stream(self.subkey(purpose, b""), bytes(12), length)

    def project(self, values):
        signs = self.stream("projection", 2 * len(values))
        sums = [0] * WORDS
        for i, value in enumerate(values):
            for word in range(WORDS):
                sums[word] += value if signs[2 * i + word // 8] >> word % 8 & 1 else -value
        return [total // math.isqrt(len(values)) for total in sums]

    def result(self, row):
        """A section `direct` or `projected`."""
        floats = struct.unpack(f">{len(row['values']) // 8}f", bytes.fromhex(row["values"]))
        fixed = [fixed_point(value) for value in floats]
        words = fixed if len(fixed) <= PUBLISHED_AS_IT_IS else self.project(fixed)
        masks = struct.unpack(f"<{len(words)}I", self.stream("mask", 4 * len(words)))
        masked = [(word + mask) % 2**32 for word, mask in zip(words, masks)]
        return {
            **given(row, "values"),
            "fixed": fixed,
            "words": words,
            "masked": struct.pack(f"<{len(words)}I", *masked).hex(),
        }

    def statement(self, row):
        fixed = [bytes.fromhex(row[name]) for name in ("model", "input_commitment", "output")]
        return b"".join([
            self.bound("statement"),
            number(row["job_id"]),
            number(row["round"]),
            *fixed,
            sized(bytes.fromhex(row["masked"])),
            sized(bytes.fromhex("".join(row["workers"]))),
            number(row["quorum"]),
        ])


class Keys:
    """The parties: secrets by their public keys."""

    def __init__(self, job, rows):
        salt = sha256(b"BLS-SIG-KEYGEN-SALT-")
        self.rows, self.secrets, self.points = [], {}, {}
        for row in rows:
            secret = bls.key_gen(bytes.fromhex(row["seed"]), salt, b"BITHIVE-V1/bls-key/")
            point = G1.generate(secret)
            public = G1.encode(point)
            possession = job.bound("possession") + sized(row["account"]) + public
            self.secrets[public.hex()], self.points[public.hex()] = secret, point
            self.rows.append({
                **given(row, "seed", "account"),
                "secret": secret.to_bytes(32, "big").hex(),
                "public": public.hex(),
                "possession_bytes": possession.hex(),
                "possession": G2.encode(bls.sign(secret, possession, bls.POSSESSION_TAG)).hex(),
            })

    def sum(self, publics):
        return G1.sum(self.points[public] for public in publics)

    def without(self, workers, signers):
        """The sum of all workers' keys minus those who did not sign."""
        absent = self.sum(worker for i, worker in enumerate(workers) if i not in signers)
        return G1.add(self.sum(workers), G1.negate(absent))


def encoded(curve, point):
    return curve.encode(point).hex()


def consents(job, keys, section):
    rows, signatures = [], []
    for row, key in zip(section["rows"], keys.rows):
        numbers = number(row["job_id"]), number(row["round"])
        signed = job.bound("consent") + b"".join(numbers) + sized(row["account"])
        signed += number(row["slot"]) + number(row["ask"])
        signatures.append(bls.sign(keys.secrets[key["public"]], signed))
        rows.append({
            **given(row, "job_id", "round", "account", "slot", "ask"),
            "sign_bytes": signed.hex(),
            "signature": encoded(G2, signatures[-1]),
        })
    return {"rows": rows, "aggregate": encoded(G2, G2.sum(signatures))}


def statement(job, keys, row):
    workers, signed = row["workers"], job.statement(row)
    signers = [i for i in range(len(workers)) if row["quorum"] >> i & 1]
    signatures = [bls.sign(keys.secrets[workers[i]], signed) for i in signers]
    aggregate, signers_key = G2.sum(signatures), keys.without(workers, signers)
    expect("statement.aggregate verifies", bls.verify([(signers_key, signed)], aggregate), True)
    return {
        **given(row, "job_id", "round", "model", "input_commitment", "output", "masked", "workers", "quorum"),
        "sign_bytes": signed.hex(),
        "signatures": [encoded(G2, signature) for signature in signatures],
        "aggregate": encoded(G2, aggregate),
        "full_key": encoded(G1, keys.sum(workers)),
        "absent": [i for i in range(len(workers)) if i not in signers],
        "signers_key": encoded(G1, signers_key),
    }


def batch(job, keys, first, section):
    rows, signatures, equation = [], [], []
    for row in section["rows"]:
        workers = row["workers"]
        signed = job.statement({**first, **given(row, "job_id", "workers"), "quorum": 7})
        signatures += [bls.sign(keys.secrets[workers[i]], signed) for i in row["signers"]]
        equation.append((keys.without(workers, row["signers"]), signed))
        rows.append({
            **given(row, "job_id", "workers", "signers"),
            "full_key": encoded(G1, keys.sum(workers)),
            "sign_bytes": signed.hex(),
        })
    aggregate = G2.sum(signatures)
    expect("batch.aggregate verifies", bls.verify(equation, aggregate), True)
    return {"rows": rows, "aggregate": encoded(G2, aggregate)}


def distance(one, other):
    """Infinite for results of different lengths."""
    if len(one) != len(other):
        return math.inf
    pairs = zip(struct.unpack(f"<{len(one) // 4}I", one), struct.unpack(f"<{len(other) // 4}I", other))
    differences = [(a - b) % 2**32 for a, b in pairs]
    return max((min(d, 2**32 - d) for d in differences), default=0)


def quorum(row):
    """Every set of results is tried."""
    results = [None if text is None else bytes.fromhex(text) for text in row["results"]]
    present = [i for i, result in enumerate(results) if result is not None]
    apart = {(i, j): distance(results[i], results[j]) for i in present for j in present}
    best = None
    for size in range(len(present), 0, -1):
        for members in itertools.combinations(present, size):
            distances = [apart[pair] for pair in itertools.combinations(members, 2)]
            diameter = max(distances, default=0)
            if diameter > row["tolerance"]:
                continue
            rank = diameter, sum(distances), sorted(results[i] for i in members)
            if best is None or rank < best[0]:
                best = rank, members
        if best is not None:
            break
    members = best[1] if best else ()
    nearest = min(members, key=lambda i: (max(apart[i, j] for j in members), results[i], i), default=None)
    return {
        **given(row, "about", "tolerance", "results"),
        "members": sum(1 << i for i in members) or None,
        "representative": nearest,
    }


def attest(stored):
    job = Job(stored["domain"], stored["job_key"])
    keys = Keys(job, stored["keys"])
    row, reveal = stored["job_key"], stored["reveal"]
    commitment = sha256(
        job.bound("commitment"),
        number(reveal["job_id"]),
        number(reveal["round"]),
        sized(reveal["account"]),
        sized(bytes.fromhex(reveal["masked"])),
        bytes.fromhex(reveal["output"]),
        bytes.fromhex(reveal["nonce"]),
    )
    input_commitment = sha256(job.bound("input"), number(row["job_id"]), bytes.fromhex(row["input"]))
    return {
        **given(stored, "about", "domain"),
        "keys": keys.rows,
        "consents": consents(job, keys, stored["consents"]),
        "job_key": {
            **given(row, "shared", "job_id", "round", "input", "account"),
            "input_commitment": input_commitment.hex(),
            "output_key": job.subkey("output", row["account"]).hex(),
        },
        "fixed_point": [
            {
                **given(one, "value"),
                "about": for_people(bytes.fromhex(one["value"])),
                "fixed": fixed_point(*struct.unpack(">f", bytes.fromhex(one["value"]))),
            }
            for one in stored["fixed_point"]
        ],
        "direct": job.result(stored["direct"]),
        "projected": job.result(stored["projected"]),
        "reveal": {
            **given(reveal, "job_id", "round", "account", "masked", "output", "nonce"),
            "commitment": commitment.hex(),
        },
        "statement": statement(job, keys, stored["statement"]),
        "batch": batch(job, keys, stored["statement"], stored["batch"]),
        "quorum": [quorum(one) for one in stored["quorum"]],
    }


DECODED = {}


def decoded(curve, text):
    """The point, or None. The same ones come in many cases."""
    if text not in DECODED:
        try:
            DECODED[text] = curve.decode(bytes.fromhex(text))
        except ValueError:
            DECODED[text] = None
    return DECODED[text]


def holds(keys, messages, signature):
    """Whether the signature verifies for key and message at the same place."""
    keys, signature = [decoded(G1, key) for key in keys], decoded(G2, signature)
    if None in keys or signature is None or len(keys) != len(messages):
        return False
    return bls.verify(list(zip(keys, map(bytes.fromhex, messages))), signature)


def holds_for_one(case):
    """One message: it verifies for the sum of the keys, each of which has to be one."""
    keys = [decoded(G1, key) for key in case["pubkeys"]]
    if None in keys or not keys or any(map(G1.is_identity, keys)):
        return False
    return holds([encoded(G1, G1.sum(keys))], [case["message"]], case["signature"])


def summed(signatures):
    return encoded(G2, G2.sum(decoded(G2, text) for text in signatures)) if signatures else None


def published(stored):
    file = pathlib.Path(__file__).with_name("bls_pop.json").read_bytes()
    expect("SHA-256 of the published vectors", sha256(file).hex(), PUBLISHED_DIGEST)
    answers = {
        "verify": lambda case: holds([case["pubkey"]], [case["message"]], case["signature"]),
        "fast_aggregate_verify": holds_for_one,
        "aggregate_verify": lambda case: holds(case["pubkeys"], case["messages"], case["signature"]),
        "aggregate": summed,
        "deserialization_G1": lambda case: decoded(G1, case["pubkey"]) is not None,
        "deserialization_G2": lambda case: decoded(G2, case["signature"]) is not None,
    }
    signed = 0
    for secret in stored["secret_keys"]:
        public = encoded(G1, G1.generate(int(secret, 16)))
        for case in stored["verify"]:
            if case["output"] and case["input"]["pubkey"] == public:
                signature = bls.sign(int(secret, 16), bytes.fromhex(case["input"]["message"]))
                expect(case["name"], case["input"]["signature"], encoded(G2, signature))
                signed += 1
    expect("signatures by secret_keys", signed, 9)
    return {
        **given(stored, "about", "source", "secret_keys"),
        **{
            section: [{**given(case, "name", "input"), "output": answer(case["input"])} for case in stored[section]]
            for section, answer in answers.items()
        },
    }


FILES = {"attest.json": attest, "bls_pop.json": published}

if __name__ == "__main__":
    check(__file__, lambda name, stored: FILES[name](stored), *FILES)
