"""Writes the tiny models that the inference crate's tests load: one that is valid, the others wrong in one way each."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from wdbc import FIXTURES

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
OPSET = 17
IR_VERSION = 8


def weight(name, values):
    return numpy_helper.from_array(np.array(values, dtype=np.float32), name)


def save(name, nodes, weights=(), input_type=FLOAT, input_shape=("N", 2), output_type=FLOAT, output_shape=("N", 1)):
    """Saves a graph from `x` to `y`. The checker is left out on purpose: most of these models are wrong."""
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("x", input_type, list(input_shape))],
        [helper.make_tensor_value_info("y", output_type, list(output_shape))],
        list(weights),
    )
    model = helper.make_model(
        graph, producer_name="bithive-train", ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)]
    )
    (FIXTURES / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    column = weight("w", [[1.0], [-2.0]])
    gemm = helper.make_node("Gemm", ["x", "w", "b"], ["y"], name="gemm")
    bias = weight("b", [0.5])

    # y = x0 - 2 x1 + 0.5
    save("linear", [gemm], [column, bias])
    save("fixed_batch", [gemm], [column, bias], input_shape=(1, 2), output_shape=(1, 1))
    save("rank_three_input", [gemm], [column, bias], input_shape=("N", 1, 2))
    save("integer_input", [gemm], [column, bias], input_type=INT64)
    save("two_outputs_per_row", [helper.make_node("Relu", ["x"], ["y"])], output_shape=("N", 2))
    save(
        "integer_output",
        [
            helper.make_node("Gemm", ["x", "w", "b"], ["sum"]),
            helper.make_node("Cast", ["sum"], ["y"], to=INT64),
        ],
        [column, bias],
        output_type=INT64,
    )
    save(
        "unsupported_operator",
        [
            helper.make_node("Gemm", ["x", "w", "b"], ["sum"]),
            helper.make_node("Erf", ["sum"], ["y"], name="erf"),
        ],
        [column, bias],
    )
    # y = (x w) * 3e38: leaves float32 for most rows.
    save(
        "overflow",
        [
            helper.make_node("MatMul", ["x", "w"], ["sum"]),
            helper.make_node("Mul", ["sum", "huge"], ["y"]),
        ],
        [column, weight("huge", 3e38)],
    )
    # A constant of 64 rows would pin the number of rows and tie a result to a row's position.
    save(
        "bias_per_row",
        [
            helper.make_node("MatMul", ["x", "w"], ["sum"]),
            helper.make_node("Add", ["sum", "rows"], ["y"]),
        ],
        [column, weight("rows", [[0.0]] * 64)],
    )


if __name__ == "__main__":
    main()
