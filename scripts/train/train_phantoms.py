"""Trains the segmentation of lesions in phantoms and writes model, description, held-out images and test references."""

from imaging import DATA, bhim, evaluate, prepared, rounded, save

import json

import numpy as np

from network import OPSET, Graph, overlap_loss, train
from phantoms import SIDE, SPACING, phantoms

SEED, HELD_SEED, KNOWN, HELD, EPOCHS, BATCH, RATE = 7, 1007, 640, 200, 16, 8, 3e-3
# So many of the held-out phantoms are in the repository; the others come out of the generator.
KEPT = 24
WINDOW, MEAN, STD = {"level": 40.0, "width": 400.0}, [0.5], [0.25]
IMAGE = {"channels": [0], "height": SIDE, "width": SIDE, "resize": "bilinear", "window": WINDOW, "mean": MEAN, "std": STD}


def network(graph):
    def block(x, name, channels):
        x = graph.relu(graph.conv(x, f"{name}.conv", channels, 3), f"{name}.relu")
        deeper = graph.conv(x, f"{name}.deeper", channels, 3)
        return graph.relu(graph.add(x, deeper, f"{name}.residual"), f"{name}.out")

    def forward(x):
        fine = block(x, "fine", 8)
        middle = block(graph.max_pool(fine, "pool1"), "middle", 16)
        coarse = block(graph.max_pool(middle, "pool2"), "coarse", 32)
        up = graph.concat(graph.conv_transpose(coarse, "up1", 16), middle, "skip1")
        up = graph.relu(graph.conv(up, "merge1", 16, 3), "merge1.relu")
        up = graph.concat(graph.repeat(up, "up2"), fine, "skip2")
        up = graph.relu(graph.conv(up, "merge2", 8, 3), "merge2.relu")
        return graph.conv(up, "lesion", 1, 1)

    return forward


def dice(found, masks):
    """Dice coefficient of each image; 1 where there is no lesion and none is found."""
    both, either = (found & masks).sum((1, 2, 3)), found.sum((1, 2, 3)) + masks.sum((1, 2, 3))
    return np.where(either == 0, 1.0, 2 * both / np.maximum(either, 1))


def main():
    images, masks = phantoms(SEED, KNOWN)
    graph = Graph(SEED)
    inputs = prepared(images, WINDOW, MEAN, STD)
    train(graph, network(graph), overlap_loss, inputs, masks.astype(np.float32), EPOCHS, BATCH, RATE)
    doc = "Lesions in ellipse phantoms. Demonstration only."
    properties = {"image": json.dumps(IMAGE, separators=(",", ":")), "classes": "lesion"}
    model = graph.export("phantoms", (1, SIDE, SIDE), (1, SIDE, SIDE), properties, doc)
    held, truth = phantoms(HELD_SEED, HELD)
    logits = evaluate(model, prepared(held, WINDOW, MEAN, STD))
    scores = dice(logits > 0, truth)
    some = truth.any((1, 2, 3))
    description = {
        "data": "ellipse phantoms made by scripts/train/phantoms.py; no patient is in them",
        "opset": OPSET,
        "input": {"name": "image", "type": "float32", "shape": ["N", 1, SIDE, SIDE]},
        "output": {"name": "logits", "type": "float32", "shape": ["N", 1, SIDE, SIDE], "meaning": "log-odds of a lesion"},
        "image": IMAGE,
        "training": {"seed": SEED, "images": KNOWN, "epochs": EPOCHS, "batch": BATCH, "rate": RATE},
        "holdout": {
            "images": KEPT,
            "generated": {"seed": HELD_SEED, "images": HELD, "with_lesions": int(some.sum())},
            "dice": rounded(scores.mean()),
            "dice_with_lesions": rounded(scores[some].mean()),
            "found_where_there_is_none": int((scores[~some] < 1).sum()),
            "dice_of_kept": rounded(scores[:KEPT].mean()),
        },
    }
    save("phantoms", model, bhim(held[:KEPT], SPACING), description, logits[0])
    (DATA / "phantoms" / "masks.bhim").write_bytes(bhim(truth[:KEPT].astype(np.uint8), SPACING))


if __name__ == "__main__":
    main()
