"""Trains the demonstration classifier and writes the model, its metadata, the held-out rows and test references.

One seed fixes the split and the first weights; one thread and a full-batch solver fix the order of additions.
The held-out rows take no part in fitting, in standardisation or in the choice of hyperparameters.
"""

import os

# Both are read when numpy loads its BLAS, so they must be set first. The fixed kernel set keeps x86-64 processors of
# different generations from adding in different orders.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")

import json

import numpy as np
import onnx
from blake3 import blake3
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from wdbc import FEATURES, FIXTURES, HOLDOUT, LABEL, METADATA, MODEL, features_and_labels, read_rows, write_rows

SEED = 7
HOLDOUT_FRACTION = 0.2
HIDDEN_UNITS = 16
# Candidates for the L2 penalty, chosen among by cross-validation on the training rows alone.
L2_PENALTIES = (1.0, 3.0, 10.0, 30.0)
FOLDS, REPEATS = 5, 3
OPSET = 17
IR_VERSION = 8
REFERENCE_ROWS = 16


def split(labels):
    """Indices of training and held-out rows, in table order, with the same share of each class."""
    train, holdout = train_test_split(
        np.arange(len(labels)), test_size=HOLDOUT_FRACTION, stratify=labels, random_state=SEED
    )
    return np.sort(train), np.sort(holdout)


def classifier(penalty):
    """Standardisation, then a network with one hidden layer of rectified units; not yet fitted."""
    network = MLPClassifier(
        hidden_layer_sizes=(HIDDEN_UNITS,),
        activation="relu",
        solver="lbfgs",
        alpha=penalty,
        max_iter=2000,
        random_state=SEED,
    )
    return make_pipeline(StandardScaler(), network)


def choose_penalty(features, labels):
    """The penalty with the best mean accuracy over the folds, and that accuracy; ties go to the smaller penalty."""
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=SEED)
    scores = {
        penalty: cross_val_score(classifier(penalty), features, labels, cv=folds).mean() for penalty in L2_PENALTIES
    }
    return max(scores.items(), key=lambda item: item[1])


def to_onnx(fitted):
    """Writes the graph by hand: standardise, hidden layer, logit. No sigmoid, so results can be fixed-pointed."""
    scaler, network = fitted["standardscaler"], fitted["mlpclassifier"]
    weights = {
        "mean": scaler.mean_,
        "scale": scaler.scale_,
        "w1": network.coefs_[0],
        "b1": network.intercepts_[0],
        "w2": network.coefs_[1],
        "b2": network.intercepts_[1],
    }
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"], name="centre"),
        helper.make_node("Div", ["centred", "scale"], ["standardised"], name="standardise"),
        helper.make_node("Gemm", ["standardised", "w1", "b1"], ["hidden_sum"], name="hidden"),
        helper.make_node("Relu", ["hidden_sum"], ["hidden_active"], name="rectify"),
        helper.make_node("Gemm", ["hidden_active", "w2", "b2"], ["logit"], name="output"),
    ]
    graph = helper.make_graph(
        nodes,
        "wdbc",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(FEATURES)])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["N", 1])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    model = helper.make_model(
        graph,
        producer_name="bithive-train",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        doc_string="Demonstration classifier on WDBC. Not for clinical use.",
    )
    # The runtime compares these names with the columns of a table before it runs it.
    helper.set_model_props(model, {"feature_names": ",".join(FEATURES)})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def rounded(value):
    """Six digits: enough to compare, few enough that the last bits of a sum do not show."""
    return round(float(value), 6)


def metadata(model_bytes, labels, train, holdout, logits, penalty, cv_accuracy):
    """Everything a reader needs to judge the model, and a test to check it."""
    truth = labels[holdout]
    predicted = (logits > 0).astype(np.int64)
    return {
        "name": "wdbc",
        "notice": "Demonstration only. Not a medical device, not for clinical use.",
        "data": "data/wdbc/wdbc.csv (Breast Cancer Wisconsin (Diagnostic), DOI 10.24432/C5DW2B, CC BY 4.0)",
        "file": MODEL.name,
        "bytes": len(model_bytes),
        "blake3": blake3(model_bytes).hexdigest(),
        "opset": OPSET,
        "input": {"name": "features", "type": "float32", "shape": ["N", len(FEATURES)]},
        "output": {"name": "logit", "type": "float32", "shape": ["N", 1], "meaning": "log-odds of malignant"},
        "threshold": {"logit": 0.0, "probability": 0.5},
        "feature_names": list(FEATURES),
        "label": {"column": LABEL, "positive": "M", "negative": "B"},
        "training": {
            "seed": SEED,
            "rows": len(train),
            "malignant": int(labels[train].sum()),
            "hidden_units": HIDDEN_UNITS,
            "solver": "lbfgs",
            "l2_penalty": penalty,
            "l2_penalty_candidates": list(L2_PENALTIES),
            "cross_validation": {"folds": FOLDS, "repeats": REPEATS, "accuracy": rounded(cv_accuracy)},
        },
        "holdout": {
            "file": f"data/wdbc/{HOLDOUT.name}",
            "fraction": HOLDOUT_FRACTION,
            "rows": len(holdout),
            "malignant": int(truth.sum()),
            "correct": int((predicted == truth).sum()),
            "accuracy": rounded((predicted == truth).mean()),
            "auc": rounded(roc_auc_score(truth, logits)),
            "false_negatives": int(((predicted == 0) & (truth == 1)).sum()),
            "false_positives": int(((predicted == 1) & (truth == 0)).sum()),
            "table_rows": [int(index) for index in holdout],
        },
    }


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def main():
    rows = read_rows()
    features, labels = features_and_labels(rows)
    train, holdout = split(labels)
    with threadpool_limits(limits=1):
        known, truth = features[train].astype(np.float64), labels[train]
        penalty, cv_accuracy = choose_penalty(known, truth)
        fitted = classifier(penalty).fit(known, truth)
    model_bytes = to_onnx(fitted)

    # Scored on the exported file by the standard's reference evaluator, so the export is checked as well.
    evaluator = ReferenceEvaluator(onnx.load_from_string(model_bytes))
    (logits,) = evaluator.run(None, {"features": features[holdout]})
    logits = logits[:, 0]

    description = metadata(model_bytes, labels, train, holdout, logits, penalty, cv_accuracy)
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    MODEL.write_bytes(model_bytes)
    write_json(METADATA, description)
    write_rows(HOLDOUT, (rows[index] for index in holdout))
    write_json(
        FIXTURES / "wdbc_logits.json",
        {
            "model_blake3": description["blake3"],
            "logits_of_first_holdout_rows": [float(logit) for logit in logits[:REFERENCE_ROWS]],
        },
    )
    print({key: description["holdout"][key] for key in ("rows", "correct", "accuracy", "auc")})


if __name__ == "__main__":
    main()
