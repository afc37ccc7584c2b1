"""Writes data/wdbc/wdbc.csv from the copy of the data set inside the scikit-learn wheel."""

import csv
from importlib import resources

from wdbc import FEATURES, ROWS, TABLE, write_rows

SOURCE = "breast_cancer.csv"
# scikit-learn stores the diagnosis as a number, with malignant first.
DIAGNOSIS = {"0": "M", "1": "B"}


def main():
    source = resources.files("sklearn.datasets.data") / SOURCE
    # The first line holds counts and class names, not column names.
    _, *rows = csv.reader(source.read_text(encoding="utf-8").splitlines())
    if len(rows) != ROWS or any(len(row) != len(FEATURES) + 1 for row in rows):
        raise SystemExit(f"{SOURCE}: expected {ROWS} rows of {len(FEATURES)} features and a class")
    # Values stay text on the way through, so no digit changes.
    write_rows(TABLE, ([*row[:-1], DIAGNOSIS[row[-1]]] for row in rows))
    print(f"{TABLE.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
