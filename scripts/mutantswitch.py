"""Changes behind switches: what scripts/mutants-together makes of the changes that cargo-mutants lists.

Each becomes an alternative of the expression that it changes, chosen by the environment variable BITHIVE_MUTANT. Comments around it
say which change it is, so that an error of the compiler can be laid to it.
"""

import hashlib
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SWITCH = """
/// Which change is on: for mutation testing only.
pub(crate) mod mutant__ {
    pub(crate) fn which() -> u32 {
        static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
        *ON.get_or_init(|| std::env::var("BITHIVE_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0))
    }
    pub(crate) fn is(id: u32) -> bool {
        which() == id
    }
}
"""
# Where the compiler computes, so that nothing can be switched at run time.
CONSTANT = {"const_item", "static_item", "const_block", "enum_variant", "array_type", "type_arguments", "attribute_item"}


def tools():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(cache) / "bithive" / "tools"
    return folder if folder.exists() else ROOT / "target" / "tools"


sys.path[:0] = [str(path) for path in (tools() / "tree-sitter").glob("lib/python3*/site-packages")]
try:
    import tree_sitter_rust
    from tree_sitter import Language, Parser
except ImportError:
    sys.exit("scripts/mutants-together: tree-sitter is missing; run scripts/mutants --tools")

RUST = Parser(Language(tree_sitter_rust.language()))


class Mutant:
    def __init__(self, raw, number):
        self.name, self.genre, self.text = raw["name"], raw["genre"], raw["replacement"]
        self.file, self.crate, self.id = raw["file"], raw["package"], number
        self.returns = (raw.get("function") or {}).get("return_type", "")
        span = raw["span"]
        self.start, self.end = [(span[at]["line"], span[at]["column"]) for at in ("start", "end")]
        # The same place in another version of the file is another change.
        self.key = f"{self.name}#{hashlib.sha256((ROOT / self.file).read_bytes()).hexdigest()[:16]}"
        self.fails = False


class Source:
    """A file, its tree, and the changes in it that are on offer."""

    def __init__(self, file):
        self.file = file
        self.bytes = (ROOT / file).read_bytes()
        self.root = RUST.parse(self.bytes).root_node
        self.lines = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.placed = {}

    def offset(self, at):
        line, column = at
        text = self.bytes[self.lines[line - 1] : self.lines[line]].decode()
        return self.lines[line - 1] + len(text[: column - 1].encode())

    def place(self, mutant):
        """Finds the part of the tree that a change belongs to; the answer is why it can't be switched, or nothing."""
        start, end = self.offset(mutant.start), self.offset(mutant.end)
        node = self.root.descendant_for_byte_range(start, max(start, end - 1))
        kinds = {
            "BinaryOperator": {"binary_expression", "compound_assignment_expr", "let_chain"},
            "UnaryOperator": {"unary_expression"},
            "MatchArm": {"match_arm"},
            "MatchArmGuard": {"match_pattern"},
            "FnValue": {"function_item"},
        }.get(mutant.genre)
        if kinds is None:
            return "struct field"
        while node is not None and node.type not in kinds:
            node = node.parent
        if node is None:
            return "not found"
        if node.type == "let_chain":
            return "does not compile"
        above = node
        while above is not None:
            head = self.bytes[above.start_byte : above.start_byte + 200].split(b"{")[0]
            if above.type in CONSTANT or (above.type == "function_item" and re.search(rb"\bconst\b.*\bfn\b", head)):
                return "constant"
            above = above.parent
        if mutant.genre == "FnValue" and re.search(r"\bimpl\b", mutant.returns):
            return "unnamed type"
        self.placed[mutant.id] = (mutant, node, start, end)
        return None

    def mutated(self):
        """The text with every change behind its switch."""
        parts, inserted = {}, {}
        for mutant, node, start, end in sorted(self.placed.values(), key=lambda each: each[0].id):
            if mutant.genre == "FnValue":
                code = f"if crate::mutant__::is({mutant.id}) {{ {mark(mutant, f'return {mutant.text};')} }} "
                inserted[start] = inserted.get(start, "") + code
            elif mutant.genre == "MatchArm":
                at = node.child_by_field_name("pattern").end_byte
                inserted[at] = inserted.get(at, "") + f" if !crate::mutant__::is({mutant.id})"
            elif mutant.genre == "MatchArmGuard":
                parts.setdefault((start, end), []).append((mutant, (start, end)))
            else:
                parts.setdefault((node.start_byte, node.end_byte), []).append((mutant, (start, end)))
        return self.render(0, len(self.bytes), parts, inserted, None).encode() + (
            SWITCH.encode() if self.file.endswith("src/lib.rs") else b""
        )

    def raw(self, start, end):
        return self.bytes[start:end].decode()

    def render(self, start, end, parts, inserted, inside):
        out, at = [], start
        places = [span for span in parts if start <= span[0] and span[1] <= end and span != inside]
        outer = [span for span in places if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in places)]
        points = [point for point in inserted if start <= point < end]
        points = [p for p in points if not any(span[0] <= p < span[1] for span in outer)]
        edits = [(0, (point, point)) for point in points] + [(1, span) for span in outer]
        for kind, place in sorted(edits, key=lambda each: (each[1][0], each[0])):
            out.append(self.raw(at, place[0]))
            if kind == 0:
                out.append(inserted[place[0]])
            else:
                out.append(self.switched(place, parts, inserted))
            at = place[1]
        out.append(self.raw(at, end))
        return "".join(out)

    def switched(self, span, parts, inserted):
        arms = []
        for mutant, (start, end) in parts[span]:
            whole = mutant.genre == "MatchArmGuard"
            text = mutant.text if whole else self.raw(span[0], start) + mutant.text + self.raw(end, span[1])
            arms.append(f"{mutant.id} => {mark(mutant, f'({text})')}")
        arms.append(f"_ => ({self.render(span[0], span[1], parts, inserted, span)})")
        text = f"(match crate::mutant__::which() {{ {', '.join(arms)} }})"
        for mutant, _ in parts[span]:
            text = f"/*<w{mutant.id}>*/{text}/*</w{mutant.id}>*/"
        return text


def mark(mutant, code):
    return f"/*<m{mutant.id}>*/{code}/*</m{mutant.id}>*/"
