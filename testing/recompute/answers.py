"""Known answers: a script computes the whole document from its inputs, and every value has to be the stored one."""

import json
import pathlib
import sys
import time

from published import Differs, shown


def given(row, *names):
    """The inputs of a row, under their names. What is neither given nor computed is a difference."""
    return {name: row[name] for name in names if name in row}


def difference(stored, computed, path):
    """The first difference as a text, or None. Numbers and truth values are never the same, nor are 1 and 1.0."""
    if type(stored) is not type(computed):
        return f"{path}: stored {shown(stored)}, computed {shown(computed)}"
    if isinstance(stored, dict):
        for name in stored:
            if name not in computed:
                return f"{path}.{name}: stored, but neither an input nor computed"
        for name in computed:
            if name not in stored:
                return f"{path}.{name}: computed, but not stored"
            if found := difference(stored[name], computed[name], f"{path}.{name}"):
                return found
        return None
    if isinstance(stored, list):
        for index, (one, other) in enumerate(zip(stored, computed)):
            if found := difference(one, other, f"{path}[{index}]"):
                return found
        if len(stored) != len(computed):
            return f"{path}: {len(stored)} stored, {len(computed)} computed"
        return None
    return None if stored == computed else f"{path}: stored {shown(stored)}, computed {shown(computed)}"


def values(document):
    """How many values a document has."""
    if isinstance(document, dict):
        return sum(values(part) for part in document.values())
    if isinstance(document, list):
        return sum(values(part) for part in document)
    return 1


def unique(pairs):
    """An object whose names are all different."""
    row = dict(pairs)
    if len(row) != len(pairs):
        raise Differs(f"an object names a field twice: {shown([name for name, _ in pairs])}")
    return row


def check(script, recompute, *names):
    """For each file beside the script: `recompute(name, stored)` has to give what is stored. Ends with exit code 1 and
    the first difference if it doesn't."""
    for name in names:
        began = time.monotonic()
        text = pathlib.Path(script).with_name(name).read_text()
        try:
            stored = json.loads(text, object_pairs_hook=unique)
            found = difference(stored, recompute(name, stored), name)
        except Differs as error:
            found = f"{name}: {error}"
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # A changed input that cannot be computed with: told like every other difference.
            found = f"{name}: does not compute: {type(error).__name__}: {error}"
        if found:
            sys.exit(found)
        print(f"{name}: {values(stored)} values hold, {time.monotonic() - began:.1f} s", flush=True)
