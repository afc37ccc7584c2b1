#!/usr/bin/env python3
"""Makes the extracts of published test vectors in this folder anew, from git checkouts of where they were published.

    testing/vectors/extract.py --wycheproof DIR --hash-to-curve DIR --hpke DIR --blake3 DIR --argon2 DIR --speccheck DIR

Each DIR is a clone (or its git directory) that has the commit below. Of Wycheproof's cases, the first 12 of each
combination of flags and result stay (of HKDF and HMAC, of each size of keys and tags), all of some. An output of more
than 256 bytes is replaced by its SHA-256. `ristretto255.json` was written by hand from the RFCs, `ripemd160.json` from the page of its authors: they have no files."""

import argparse
import collections
import hashlib
import json
import pathlib
import re
import subprocess

COMMITS = {
    "wycheproof": "dac1dd4729fd1f8dd9e1e9f3dce51d783da6c166",
    "hash_to_curve": "664b13592116cecc9e52fb192dcde0ade36f904e",
    "hpke": "b1f7cb0cdeab6906c61b3d6574e8bdfdbe1cd3fb",
    "blake3": "77b257eee7da5cd608eaf6be8343d3a4c9776af2",
    "argon2": "f57e61e19229e23c4445b85494dbf7c07de721cb",
    "speccheck": "65519336fda78a3d016e947df6d82848aca0c9da",
}
KEPT = 12
LONGEST = 256

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name in COMMITS:
    parser.add_argument(f"--{name.replace('_', '-')}", required=True, metavar="DIR")
FOLDERS = vars(parser.parse_args())


def published(source, path):
    command = ["git", "-C", FOLDERS[source], "show", f"{COMMITS[source]}:{path}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    pathlib.Path(__file__).with_name(f"{name}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{name}.json: {len(cases)} cases")


def wycheproof(path, of_group=lambda group: {}, every=False, fields=(), by=()):
    """Cases with what is said of their group, without those of a combination (also of what `by` names of their group)
    that has enough."""
    kept, cases = collections.Counter(), []
    for group in json.loads(published("wycheproof", f"testvectors_v1/{path}_test.json"))["testGroups"]:
        for case in group["tests"]:
            kind = case["result"], *(group[name] for name in by), *sorted(case["flags"])
            kept[kind] += 1
            if every or kept[kind] <= KEPT:
                chosen = {name: case[name] for name in ("tcId", "comment", "flags", *fields, "result")}
                cases.append({**of_group(group), **chosen})
    return cases


def shortened(case, name):
    data = bytes.fromhex(case[name])
    if len(data) > LONGEST:
        case = {**case, f"{name}_sha256": hashlib.sha256(data).hexdigest()}
        del case[name]
    return case


write("x25519", wycheproof("x25519", fields=("public", "private", "shared")))
write("ed25519", wycheproof(
    "ed25519", lambda group: {"key": group["publicKey"]["pk"]}, every=True, fields=("msg", "sig")
))
for digest in ("sha256", "sha512"):
    cases = wycheproof(f"hkdf_{digest}", fields=("ikm", "salt", "info", "size", "okm"), by=("keySize",))
    write(f"hkdf_{digest}", [shortened(case, "okm") for case in cases])
write("hmac_sha256", wycheproof(
    "hmac_sha256", lambda group: {"tag_bits": group["tagSize"]}, fields=("key", "msg", "tag"), by=("keySize", "tagSize")
))
for cipher in ("chacha20_poly1305", "xchacha20_poly1305"):
    write(cipher, wycheproof(cipher, fields=("key", "iv", "aad", "msg", "ct", "tag")))
write("ecdsa_secp256k1_sha256", wycheproof(
    "ecdsa_secp256k1_sha256_p1363", lambda group: {"key": group["publicKey"]["uncompressed"]}, fields=("msg", "sig")
))
write("bls_signatures", [
    case
    for path in ("bls_sig_g2_pop_verify", "bls_sig_g2_basic_verify")
    for case in wycheproof(
        path,
        lambda group: {"suite": group["ciphersuite"], "key": group["publicKey"]["pk"]},
        every=True,
        fields=("msg", "sig"),
    )
])
write("hash_to_g2", wycheproof(
    "bls_hash_to_g2", lambda group: {"dst": group["dst"]}, every=True, fields=("msg", "expected")
))

suite = json.loads(published("hash_to_curve", "poc/vectors/BLS12381G1_XMD:SHA-256_SSWU_RO_.json"))
write("hash_to_g1", [{"dst": suite["dst"], "msg": case["msg"], **case["P"]} for case in suite["vectors"]])
cases = []
for digest in ("SHA256", "SHA512"):
    file = json.loads(published("hash_to_curve", f"poc/vectors/expand_message_xmd_{digest}_38.json"))
    cases += [
        {"hash": digest, "dst": file["DST"], "msg": case["msg"], "uniform_bytes": case["uniform_bytes"]}
        for case in file["tests"]
    ]
write("expand_message_xmd", cases)

# RFC 9180, appendix A.2.1: from its heading to the next mode.
draft = published("hpke", "draft-irtf-cfrg-hpke.md")
part = draft.split("## DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305\n")[1].split("### PSK Setup")[0]
setup, messages = part.split("#### Encryptions")
messages = messages.split("#### Exported")[0]


def fields(text):
    """`name: hex`, where the hex may go on in the next lines."""
    return {name: re.sub(r"\s", "", value) for name, value in re.findall(r"^([\w ]+):((?:\s*[0-9a-f]+$)+)", text, re.M)}


first = fields(messages.split("\n\n")[0])
names = ("info", "ikmE", "ikmR", "skRm", "pkRm", "enc", "shared_secret")
write("hpke", [{**{name: fields(setup)[name] for name in names}, **{name: first[name] for name in ("pt", "aad", "ct")}}])

file = json.loads(published("blake3", "test_vectors/test_vectors.json"))
write("blake3", [{"input_len": case["input_len"], "hash": case["hash"][:64]} for case in file["cases"]])

tests = published("argon2", "src/test.c").split("Test Argon2id version number")[1]
cases = re.findall(r'hashtest\(version, (\d+), (\d+), (\d+), "(\w+)", "(\w+)",\s+"([0-9a-f]{64})"', tests)
names = ("iterations", "memory_log2_kib", "parallelism", "password", "salt", "hash")
write("argon2id", [{n: int(v) if i < 3 else v for i, (n, v) in enumerate(zip(names, case))} for case in cases])

write("ed25519_speccheck", json.loads(published("speccheck", "cases.json")))
