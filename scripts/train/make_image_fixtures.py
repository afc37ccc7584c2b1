"""Writes tiny models of images, one for each operator and each way to use it, with the logits that the reference evaluator of the ONNX
standard gives for two images: the tests of the inference crate hold the runtime to them."""

from imaging import FIXTURES, evaluate, short, write_json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from network import IR_VERSION, OPSET

INPUT = (2, 6, 5)


def model(nodes, weights, output):
    """The bytes of a graph from `x` to `y`."""
    graph = helper.make_graph(
        nodes,
        "images",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *INPUT])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", *output])],
        [numpy_helper.from_array(values.astype(np.float32), name) for name, values in weights.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    built = helper.make_model(graph, producer_name="bithive-train", ir_version=IR_VERSION, opset_imports=opsets)
    onnx.checker.check_model(built, full_check=True)
    return built.SerializeToString(deterministic=True)


def cases(random):
    """Name, nodes, weights and output of each model."""
    draw = lambda *shape: random.standard_normal(shape)
    node = helper.make_node
    kernel, bias = {"w": draw(3, 2, 3, 3), "b": draw(3)}, ["x", "w", "b"]
    yield "Conv", [node("Conv", bias, ["y"])], kernel, (3, 4, 3)
    padded = {"pads": [1, 2, 0, 1], "strides": [2, 1], "dilations": [1, 2]}
    yield "Conv, padded, stridden, dilated", [node("Conv", bias, ["y"], **padded)], kernel, (3, 3, 4)
    yield "Conv of each channel", [node("Conv", ["x", "w"], ["y"], group=2)], {"w": draw(4, 1, 2, 2)}, (4, 5, 4)
    yield "Conv of 1 x 1", [node("Conv", ["x", "w"], ["y"])], {"w": draw(5, 2, 1, 1)}, (5, 6, 5)
    twice = {"strides": [2, 2]}
    side_by_side = {"w": draw(2, 3, 2, 2), "b": draw(3)}
    yield "ConvTranspose", [node("ConvTranspose", bias, ["y"], **twice)], side_by_side, (3, 12, 10)
    overlapping = {"pads": [1, 1, 1, 1], "output_padding": [1, 0], **twice}
    yield "ConvTranspose, overlapping", [node("ConvTranspose", bias, ["y"], **overlapping)], {"w": draw(2, 3, 3, 3), "b": draw(3)}, (3, 12, 9)
    yield "ConvTranspose of each channel", [node("ConvTranspose", ["x", "w"], ["y"], group=2, **twice)], {"w": draw(2, 1, 3, 3)}, (2, 13, 11)
    pool = {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 1, 1]}
    yield "MaxPool", [node("MaxPool", ["x"], ["y"], **pool)], {}, (2, 3, 3)
    yield "AveragePool", [node("AveragePool", ["x"], ["y"], **pool)], {}, (2, 3, 3)
    yield "AveragePool with padding", [node("AveragePool", ["x"], ["y"], count_include_pad=1, **pool)], {}, (2, 3, 3)
    dense = [node("GlobalAveragePool", ["x"], ["m"]), node("Flatten", ["m"], ["f"]), node("Gemm", ["f", "w", "b"], ["y"])]
    yield "GlobalAveragePool, Flatten, Gemm", dense, {"w": draw(2, 4), "b": draw(4)}, (4,)
    wide = [node("Flatten", ["x"], ["f"]), node("Gemm", ["f", "w", "b"], ["g"], transB=1), node("Relu", ["g"], ["y"])]
    yield "Flatten, Gemm with transB, Relu", wide, {"w": draw(3, 60), "b": draw(3)}, (3,)
    matmul = [node("Flatten", ["x"], ["f"]), node("MatMul", ["f", "w"], ["m"]), node("Add", ["b", "m"], ["y"])]
    yield "MatMul, Add", matmul, {"w": draw(60, 3), "b": draw(1, 3)}, (3,)
    channels = {name: draw(2) for name in ("s", "b", "m")} | {"v": draw(2) ** 2 + 0.5}
    yield "BatchNormalization", [node("BatchNormalization", ["x", *channels], ["y"], epsilon=1e-3)], channels, INPUT
    scales = {"s": np.array([1, 1, 2, 3])}
    for mode, places, nearest in (
        ("nearest", "asymmetric", "floor"),
        ("nearest", "half_pixel", "round_prefer_floor"),
        ("linear", "half_pixel", "round_prefer_floor"),
        ("linear", "align_corners", "round_prefer_floor"),
        ("linear", "asymmetric", "round_prefer_floor"),
        ("linear", "pytorch_half_pixel", "round_prefer_floor"),
    ):
        how = {"mode": mode, "coordinate_transformation_mode": places, "nearest_mode": nearest}
        yield f"Resize, {mode}, {places}", [node("Resize", ["x", "", "s"], ["y"], **how)], scales, (2, 12, 15)
    skip = [node("Relu", ["x"], ["r"]), node("Concat", ["x", "r", "x"], ["y"], axis=1)]
    yield "Concat", skip, {}, (6, 6, 5)
    residual = [node("Conv", bias, ["c"], pads=[1, 1, 1, 1]), node("Add", ["c", "x"], ["y"])]
    yield "Add, residual", residual, {"w": draw(2, 2, 3, 3), "b": draw(2)}, INPUT
    gate = [node("GlobalAveragePool", ["x"], ["m"]), node("Sigmoid", ["m"], ["g"]), node("Mul", ["x", "g"], ["y"])]
    yield "Mul by a gate of each channel", gate, {}, INPUT
    for operator in ("Add", "Sub", "Mul", "Div"):
        plane = {"p": draw(2, 1, 1) + 3}
        yield f"{operator} by channel", [node(operator, ["x", "p"], ["y"])], plane, INPUT
        bounds = {"low": np.array(0.5), "high": np.array(2.0)}
        clipped = [node("Clip", ["x", "low", "high"], ["c"]), node(operator, ["p", "c"], ["y"])]
        yield f"Clip, {operator} of a constant and images", clipped, plane | bounds, INPUT
    for operator in ("Elu", "Identity", "LeakyRelu", "Neg", "Relu", "Sigmoid", "Softplus", "Tanh"):
        yield operator, [node(operator, ["x"], ["y"])], {}, INPUT


def main():
    random = np.random.default_rng(7)
    # Seven digits of each value, as they are written.
    images = np.array(short(random.standard_normal((2, *INPUT)))).astype(np.float32).reshape(2, *INPUT)
    written = []
    for name, nodes, weights, output in cases(random):
        built = model(nodes, weights, output)
        logits = evaluate(built, images, "x")
        assert logits.shape == (2, *output), (name, logits.shape)
        written.append({"name": name, "model": built.hex(), "logits": short(logits)})
    write_json(FIXTURES / "image_operators.json", {"images": short(images), "cases": written}, indent=None)
    print(f"{len(written)} models")


if __name__ == "__main__":
    main()
