"""Trains the classifier of handwritten digits and writes model, description, held-out images and test references."""

from imaging import bhim, evaluate, prepared, rounded, save

import json

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from network import OPSET, Graph, cross_entropy, train

SEED, HOLDOUT, EPOCHS, BATCH, RATE = 7, 360, 40, 32, 3e-3
# Grey levels of the data set are 0 to 16.
MEAN, STD = [4.875], [6.0]
IMAGE = {"channels": [0], "height": 8, "width": 8, "mean": MEAN, "std": STD}


def network(graph):
    def forward(x):
        x = graph.relu(graph.normalise(graph.conv(x, "conv1", 16, 3), "norm1"), "relu1")
        x = graph.max_pool(x, "pool1")
        x = graph.relu(graph.normalise(graph.conv(x, "conv2", 32, 3), "norm2"), "relu2")
        deeper = graph.relu(graph.normalise(graph.conv(x, "conv3", 32, 3), "norm3"), "relu3")
        x = graph.add(x, deeper, "residual")
        return graph.dense(graph.mean_pool(x, "features"), "dense", 10)

    return forward


def main():
    pixels, labels = load_digits(return_X_y=True)
    images = pixels.reshape(-1, 1, 8, 8).astype(np.uint8)
    known, held = train_test_split(np.arange(len(labels)), test_size=HOLDOUT, stratify=labels, random_state=SEED)
    known, held = np.sort(known), np.sort(held)
    graph = Graph(SEED)
    inputs = prepared(images, mean=MEAN, std=STD)
    train(graph, network(graph), cross_entropy, inputs[known], labels[known], EPOCHS, BATCH, RATE)
    doc = "Handwritten digits, 8 x 8. Demonstration only."
    classes = ",".join(str(digit) for digit in range(10))
    properties = {"image": json.dumps(IMAGE, separators=(",", ":")), "classes": classes}
    model = graph.export("digits", (1, 8, 8), (10,), properties, doc)
    logits = evaluate(model, inputs[held])
    found = logits.argmax(1)
    description = {
        "data": "Optical recognition of handwritten digits (UCI, DOI 10.24432/C50P49, CC BY 4.0), the copy in scikit-learn",
        "opset": OPSET,
        "input": {"name": "image", "type": "float32", "shape": ["N", 1, 8, 8]},
        "output": {"name": "logits", "type": "float32", "shape": ["N", 10], "meaning": "softmax gives the chance of each digit"},
        "image": IMAGE,
        "training": {"seed": SEED, "images": len(known), "epochs": EPOCHS, "batch": BATCH, "rate": RATE},
        "holdout": {
            "images": len(held),
            "correct": int((found == labels[held]).sum()),
            "accuracy": rounded((found == labels[held]).mean()),
            "labels": [int(label) for label in labels[held]],
        },
    }
    save("digits", model, bhim(images[held]), description, logits[:16])


if __name__ == "__main__":
    main()
