"""The WDBC table as this repository stores it: where it lies, how its columns are named, how it is read."""

import csv
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "wdbc"
TABLE = DATA / "wdbc.csv"
HOLDOUT = DATA / "holdout.csv"
MODEL = ROOT / "models" / "wdbc.onnx"
METADATA = ROOT / "models" / "wdbc.json"
FIXTURES = ROOT / "offchain" / "parties" / "inference" / "tests" / "fixtures"

LABEL = "diagnosis"
MEASURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave_points",
    "symmetry",
    "fractal_dimension",
)
# Mean, standard error and worst (mean of the three largest) of every measure, in the data set's own order.
FEATURES = tuple(f"{measure}_{statistic}" for statistic in ("mean", "se", "worst") for measure in MEASURES)
ROWS = 569


def write_rows(path, rows):
    """Writes rows of strings (30 features, then M or B) under the standard header, with LF line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*FEATURES, LABEL))
        writer.writerows(rows)


def read_rows(path=TABLE):
    """Reads rows of strings and refuses a table whose header or row count is not the expected one."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    if tuple(header) != (*FEATURES, LABEL) or len(rows) != ROWS:
        raise SystemExit(f"{path}: not the WDBC table; run extract_wdbc.py first")
    return rows


def features_and_labels(rows):
    """Splits rows into float32 features, which is what the model receives, and labels with malignant = 1."""
    features = np.array([row[:-1] for row in rows], dtype=np.float64).astype(np.float32)
    labels = np.array([row[-1] == "M" for row in rows], dtype=np.int64)
    return features, labels
