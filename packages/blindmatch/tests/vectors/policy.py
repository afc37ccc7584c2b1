"""Schemas, stated attributes, vectors of bits, and policies as text, data and trees, by README.md of this folder."""

import hashlib
import itertools
import re

SAMPLES, PLACES, SAMPLES_NEEDED, SHOWN_CATEGORIES = 64, 20, 2, 4
VECTOR_BITS = 256


def u16(number):
    return number.to_bytes(2, "big")


def u64(number):
    return number.to_bytes(8, "big")


def sized(data):
    data = data.encode() if isinstance(data, str) else data
    return u64(len(data)) + data


def word(text):
    return bytes([len(text.encode())]) + text.encode()


def tag(purpose):
    return f"BITHIVE-V1/blindmatch/{purpose}/".encode()


def hashed(purpose, *parts):
    """H of the page."""
    return hashlib.sha256(tag(purpose) + b"".join(parts)).digest()


def words(items):
    return u64(len(items)) + b"".join(map(sized, items))


KINDS = {
    "ordered": (0, lambda a: u64(len(a["thresholds"])) + b"".join(map(u64, a["thresholds"]))),
    "categorical": (1, lambda a: words(a["values"])),
    "set": (2, lambda a: words(a["members"])),
    "vector": (3, lambda a: b""),
}
LABELS = {
    "ordered": lambda a: [f"{a['name']}>={threshold}" for threshold in a["thresholds"]],
    "categorical": lambda a: [a["name"]],
    "set": lambda a: [f"{a['name']}:{member}" for member in a["members"]],
    "vector": lambda a: [f"{a['name']}#{i}" for i in range(SAMPLES)],
}


def vector_bytes(text):
    """`0x` and 64 digits."""
    data = bytes.fromhex(text.removeprefix("0x"))
    if not text.startswith("0x") or len(data) != VECTOR_BITS // 8:
        raise ValueError(f"no vector: {text}")
    return data


class Schema:
    def __init__(self, document):
        self.attributes = document["attributes"]
        encoded = bytes([document["version"]]) + u64(len(self.attributes))
        self.labels, self.first = [], {}
        for attribute in self.attributes:
            kind, detail = KINDS[attribute["kind"]]
            encoded += bytes([kind]) + sized(attribute["name"]) + detail(attribute)
            self.first[attribute["name"]] = len(self.labels)
            self.labels += LABELS[attribute["kind"]](attribute)
        self.digest = hashed("schema", encoded)

    def attribute(self, name, kind):
        for attribute in self.attributes:
            if attribute["name"] == name and attribute["kind"] == kind:
                return attribute
        raise ValueError(f"no attribute {name} of kind {kind}")

    def set_with(self, member):
        """The name of the one set that has the member."""
        names = [a["name"] for a in self.attributes if member in a.get("members", ())]
        if len(names) != 1:
            raise ValueError(f"{member} is a member of {len(names)} sets")
        return names[0]

    def places(self, slot):
        """Bits of the vector that the slot samples."""
        found = []
        for counter in itertools.count():
            for byte in hashed("sample", self.digest, u16(slot), counter.to_bytes(4, "big")):
                if byte not in found:
                    found.append(byte)
                if len(found) == PLACES:
                    return found

    def sample(self, slot, vector):
        number = int.from_bytes(vector, "big")
        bits = "".join(str(number >> VECTOR_BITS - 1 - place & 1) for place in self.places(slot))
        return f"{int(bits, 2):05x}"

    def inputs(self, stated):
        """The value of each slot."""
        out = []
        for attribute in self.attributes:
            value = stated[attribute["name"]]
            first = self.first[attribute["name"]]
            out += {
                "ordered": lambda: ["yes" if value >= threshold else "no" for threshold in attribute["thresholds"]],
                "categorical": lambda: [value],
                "set": lambda: ["yes" if member in value else "no" for member in attribute["members"]],
                "vector": lambda: [self.sample(first + i, vector_bytes(value)) for i in range(SAMPLES)],
            }[attribute["kind"]]()
        return [{"slot": slot, "value": value} for slot, value in enumerate(out)]


def thermometer(reference, row):
    """Levels of each number, and the vector of a row."""
    features, levels = len(row), []
    for i in range(features):
        count = VECTOR_BITS // features + (i < VECTOR_BITS % features)
        numbers = sorted(line[i] for line in reference)
        levels.append([numbers[j * len(numbers) // (count + 1)] for j in range(1, count + 1)])
    bits = "".join("1" if value > level else "0" for value, of in zip(row, levels) for level in of)
    return levels, f"0x{int(bits, 2):064x}"


class Reader:
    """A policy's text."""

    def __init__(self, schema, text):
        self.schema = schema
        self.tokens = re.findall(r"[\w-]+|>=|\S", text)
        policy = self.chain()
        if self.tokens:
            raise ValueError(f"rest of the policy: {self.tokens}")
        self.policy = policy

    def peek(self):
        return self.tokens[0] if self.tokens else None

    def take(self, *expected):
        token = self.tokens.pop(0)
        if expected and token not in expected:
            raise ValueError(f"policy: {token} instead of {expected}")
        return token

    def chain(self, joints=(("or", "any"), ("and", "all"))):
        """Parts with one joint between them; `and` binds before `or`."""
        if not joints:
            return self.part()
        (joint, group), *tighter = joints
        parts = [self.chain(tighter)]
        while self.peek() == joint:
            self.take()
            parts.append(self.chain(tighter))
        return parts[0] if len(parts) == 1 else {group: parts}

    def part(self):
        if self.peek() == "(":
            self.take()
            inner = self.chain()
            self.take(")")
            return inner
        name = self.take()
        if name == "any" and self.peek().isdigit():
            needed = int(self.take())
            self.take("of")
            return {"at_least": {"needed": needed, "of": self.listed(self.chain)}}
        return {"is": self.condition(name)}

    def listed(self, item):
        self.take("(")
        items = [item()]
        while self.take(",", ")") == ",":
            items.append(item())
        return items

    def condition(self, name):
        follows = self.peek()
        if follows in (">=", "=", "in", "has", "within"):
            self.take()
        if follows == ">=":
            return {"reaches": {"attribute": name, "threshold": int(self.take())}}
        if follows == "=":
            return {"one_of": {"attribute": name, "values": [self.take()]}}
        if follows == "in":
            return {"one_of": {"attribute": name, "values": self.listed(self.take)}}
        if follows == "has":
            return {"has": {"attribute": name, "member": self.take()}}
        if follows == "within":
            distance = int(self.take())
            self.take("of")
            return {"within": {"attribute": name, "distance": distance, "of": self.take()}}
        return {"has": {"attribute": self.schema.set_with(name), "member": name}}


def leaf(slot, value=None):
    return {"slot": slot} if value is None else {"slot": slot, "value": value}


def gate(needed, parts):
    return parts[0] if len(parts) == 1 else {"needed": needed, "of": parts}


def members_gate(schema, needed, name, members):
    """Over all members of a set, those that are not asked for as decoys."""
    of = schema.attribute(name, "set")["members"]
    first = schema.first[name]
    if not set(members) <= set(of):
        raise ValueError(f"{members} are not all members of {name}")
    return gate(needed, [leaf(first + i, "yes" if m in members else None) for i, m in enumerate(of)])


def tree(schema, policy):
    (kind, content), = policy.items()
    if kind == "is":
        return condition_tree(schema, content)
    parts, needed = content, None
    if kind == "at_least":
        parts, needed = content["of"], content["needed"]
    needed = {"all": len(parts), "any": 1}.get(kind, needed)
    asked = [part.get("is", {}).get("has") for part in parts]
    if all(asked):
        names, members = {one["attribute"] for one in asked}, {one["member"] for one in asked}
        if len(names) == 1 and len(members) == len(asked):
            return members_gate(schema, needed, *names, members)
    return gate(needed, [tree(schema, part) for part in parts])


def condition_tree(schema, condition):
    (kind, content), = condition.items()
    name = content["attribute"]
    first = schema.first[name]
    if kind == "reaches":
        thresholds = schema.attribute(name, "ordered")["thresholds"]
        asked = thresholds.index(content["threshold"])
        return gate(1, [leaf(first + i, "yes" if i == asked else None) for i in range(len(thresholds))])
    if kind == "one_of":
        categories, values = schema.attribute(name, "categorical")["values"], content["values"]
        if not set(values) <= set(categories):
            raise ValueError(f"{values} are not all categories of {name}")
        decoys = max(0, min(SHOWN_CATEGORIES, len(categories)) - len(values))
        return gate(1, [leaf(first, value) for value in values] + [leaf(first) for _ in range(decoys)])
    if kind == "within":
        schema.attribute(name, "vector")
        vector = vector_bytes(content["of"])
        return gate(SAMPLES_NEEDED, [leaf(first + i, schema.sample(first + i, vector)) for i in range(SAMPLES)])
    return members_gate(schema, 1, name, [content["member"]])
