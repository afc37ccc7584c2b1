"""What the two imaging models share: where their files lie, and BHIM, the encoding of images (packages/tensor)."""

import json
import os

# Read when numpy loads its BLAS: one order of additions on x86-64 processors of different generations.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")

import struct
from pathlib import Path

import numpy as np
import onnx
from blake3 import blake3
from onnx.reference import ReferenceEvaluator

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
DATA = ROOT / "data"
FIXTURES = ROOT / "offchain" / "parties" / "inference" / "tests" / "fixtures"
NOTICE = "Demonstration only. Not a medical device, not for clinical use."
SAMPLE_TYPES = {"float32": 1, "int16": 2, "uint8": 3}


def bhim(images, spacing=(0.0, 0.0)):
    """BHIM version 1 of an array `[N, C, H, W]`."""
    header = struct.pack("<4sBB4I2f", b"BHIM", 1, SAMPLE_TYPES[images.dtype.name], *images.shape, *spacing)
    return header + images.astype(images.dtype.newbyteorder("<")).tobytes()


def prepared(images, window=None, mean=(0.0,), std=(1.0,)):
    """What `packages/tensor` makes of images of the model's size: window, then mean and standard deviation, in float32."""
    values = images.astype(np.float32)
    if window:
        level, width = np.float32(window["level"]), np.float32(window["width"])
        values = np.clip((values - level) / width + np.float32(0.5), 0, 1).astype(np.float32)
    wide = (None, slice(None), None, None)
    return (values - np.array(mean, np.float32)[wide]) / np.array(std, np.float32)[wide]


def evaluate(model_bytes, images, name="image"):
    """Logits by the reference evaluator of the ONNX standard, so that the export is checked as well."""
    (logits,) = ReferenceEvaluator(onnx.load_from_string(model_bytes)).run(None, {name: images})
    return logits


def save(name, model_bytes, holdout, description, logits):
    """Writes model, description, held-out images and reference results for tests."""
    MODELS.mkdir(exist_ok=True)
    (DATA / name).mkdir(parents=True, exist_ok=True)
    (MODELS / f"{name}.onnx").write_bytes(model_bytes)
    digest = blake3(model_bytes).hexdigest()
    description = {"name": name, "notice": NOTICE, "file": f"{name}.onnx", "bytes": len(model_bytes), "blake3": digest, **description}
    (DATA / name / "holdout.bhim").write_bytes(holdout)
    description["holdout"] = {"file": f"data/{name}/holdout.bhim", "blake3": blake3(holdout).hexdigest(), **description["holdout"]}
    write_json(MODELS / f"{name}.json", description)
    write_json(FIXTURES / f"{name}_logits.json", {"model_blake3": digest, "logits": short(logits)}, indent=None)
    print(name, digest, {key: value for key, value in description["holdout"].items() if not isinstance(value, list)})


def short(values):
    """Seven digits, which tell one float32 from most others."""
    return [float(f"{value:.7g}") for value in values.ravel()]


def write_json(path, value, indent=2):
    text = json.dumps(value, indent=indent)
    path.write_text(text + "\n", encoding="utf-8")


def rounded(value):
    """Six digits: enough to compare, few enough that the last bits of a sum do not show."""
    return round(float(value), 6)
