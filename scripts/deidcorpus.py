"""What scripts/deid-bench measures on and by: the files that PyPI's pydicom and pydicom-data ship, what a tool left in one, and which are refused.

pydicom reads them, so what is counted is not counted by the program that is measured.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "packages/deid/data/attributes.tsv"
REFUSED = Path(__file__).resolve().parent / "deid-refused.tsv"
TEXT = {"AE", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "UC", "UI", "UR", "UT"}
# Why a file is refused, by the words of the program; the first that fits counts.
CLASSES = {
    "not a DICOM file": "no-dicom",
    "file meta information:": "meta",
    "bytes are left": "cut-off",
    "the data set can't be decoded": "damaged",
    "the pixel data has": "pixel-length",
    "compressed frame is not of the size": "frame-size",
    "can't be decoded from transfer syntax": "codec",
    "text in such pictures may name the patient": "text-possible",
    "an encapsulated document": "document",
    "expected an image": "no-picture",
    "(0028,0004) is missing or has no usable value": "colours",
    "is missing or has no usable value": "attribute",
    "don't fit a tensor": "tensor",
}


def everything():
    """All files that are DICOM or are called so, each by its name in its package."""
    import pydicom

    packages = Path(pydicom.__file__).resolve().parent
    found = {}
    for folder in (packages / "data/test_files", packages.parent / "data_store/data"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (path.suffix == ".dcm" or path.read_bytes()[128:132] == b"DICM"):
                found[str(path.relative_to(packages.parent))] = path
    return found


def readable(path):
    """The data set of a file, read to its end; none where pydicom can't."""
    import pydicom

    try:
        dataset = pydicom.dcmread(path)
        elements(dataset)
        list(dataset.file_meta)
    except Exception:  # pydicom raises what its decoders raise
        return None
    return dataset


def distinct(files):
    """Files that are data sets with a kind of object, each object once: what a run over all of them takes."""
    found = {}
    for path in sorted(files.values()):
        dataset = readable(path) if path.suffix == ".dcm" else None
        if dataset is not None and "SOPClassUID" in dataset and "SOPInstanceUID" in dataset:
            found.setdefault((str(dataset.SOPClassUID), str(dataset.SOPInstanceUID)), path)
    return list(found.values())


def boxes(files):
    """Every kind of picture in the files, as one that a person has looked at."""
    kinds = {}
    for path in files.values():
        dataset = readable(path)
        if dataset is None:
            continue
        kind = (str(dataset.get("Modality") or ""), dataset.get("Rows"), dataset.get("Columns"))
        if all(kind):
            kinds[kind] = {"modality": kind[0], "rows": int(kind[1]), "columns": int(kind[2]), "boxes": []}
    return list(kinds.values())


def elements(dataset):
    return list(dataset.iterall())


def texts(element):
    """The texts of an element, each by itself."""
    values = element.value if isinstance(element.value, (list, tuple)) or element.VM > 1 else [element.value]
    for value in values:
        text = str(value).strip(" \0")
        yield text
        if element.VR == "PN":
            yield from (part for part in text.replace("=", "^").split("^"))


def listed():
    """Tags of the standard's table. What we remove beyond it is asked of nobody."""
    lines = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    return {int(tag, 16) for tag, _, _, source in lines if "x" not in tag and source == "E.1-1"}


def identifying(dataset, table):
    """Values that name the patient, and what other attributes of the file say, too."""
    named, other = set(), set()
    for element in elements(dataset):
        if element.VR not in TEXT | {"CS", "UN"} or element.VR == "UN" and int(element.tag) not in table:
            continue
        value = element
        if element.VR == "UN":
            named.update([element.value.decode("latin-1").strip(" \0")] if isinstance(element.value, bytes) else [])
            continue
        target = named if int(element.tag) in table and element.VR in TEXT else other
        target.update(texts(value))
    named = {value for value in named - other if len(value) >= 4 and not value.startswith("1.2.840.10008.")}
    return named


def left(before, after, table):
    """Identifying values, private elements and overlays that are left in a data set."""
    named = identifying(before, table)
    values, private, overlays = [], 0, 0
    for element in [*elements(after), *elements(after.file_meta)]:
        private += element.tag.group % 2
        overlays += element.tag.group >> 8 == 0x60
        if element.VR in TEXT | {"CS", "UN"}:
            raw = [element.value.decode("latin-1").strip(" \0")] if isinstance(element.value, bytes) else list(texts(element))
            values += [f"{element.tag} {element.keyword}" for text in raw if text in named]
    return values, private, overlays


def reason_class(reason):
    """The class of a reason; one that no class has stays as it is, and is in no list."""
    return next((name for words, name in CLASSES.items() if words in reason), reason)


def expected_refusals():
    """Of each file that is refused at a step, the class of the reason."""
    lines = [line.split("\t") for line in REFUSED.read_text().splitlines() if not line.startswith("#")]
    return {(file, step): name for file, step, name in lines}


def surprises(found):
    """Where refusals and the list differ, in words."""
    expected = expected_refusals()
    for file, step in sorted(found.keys() | expected.keys()):
        name, listed_name = found.get((file, step)), expected.get((file, step))
        if listed_name is None:
            yield f"{file}: {step} refuses it ({name}), which is not listed"
        elif name is None:
            yield f"{file}: {step} is listed to refuse it ({listed_name}), and did not"
        elif name != listed_name:
            yield f"{file}: {step} refuses it as {name}, listed is {listed_name}"
