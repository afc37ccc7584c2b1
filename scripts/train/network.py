"""Just enough of a neural network library to train the two imaging models: reverse-mode differentiation over numpy arrays.

Everything is float32 on one thread in a fixed order, so the same seed gives the same weights, bit for bit, on one machine. The layers
are those of the ONNX operators of the same name, and `Graph` notes them down while a network runs, so that what is exported is what was
trained.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8


class Value:
    """An array, what it was computed from, and the gradient of the loss by it."""

    def __init__(self, data, parents=(), backward=None):
        self.data, self.parents, self.backward = data.astype(np.float32, copy=False), parents, backward
        self.grad = None

    def add_gradient(self, gradient):
        self.grad = gradient if self.grad is None else self.grad + gradient

    def differentiate(self):
        """Fills `grad` of everything that this scalar was computed from."""
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = np.ones_like(self.data)
        for value in reversed(order):
            if value.backward:
                value.backward(value.grad)
                value.grad = None


def windows(images, side, pad):
    """Every window of a convolution: `[N, C * side * side, H * W]`, stride 1."""
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(2, 3))
    count, channels, height, width = views.shape[:4]
    return views.transpose(0, 1, 4, 5, 2, 3).reshape(count, channels * side * side, height * width)


def sum_windows(columns, shape, side, pad):
    """The transpose of `windows`: adds every window back to where it was taken from."""
    count, channels, height, width = shape
    padded = np.zeros((count, channels, height + 2 * pad, width + 2 * pad), np.float32)
    columns = columns.reshape(count, channels, side, side, height + 2 * pad - side + 1, -1)
    for row in range(side):
        for column in range(side):
            tall, wide = columns.shape[4:]
            padded[:, :, row : row + tall, column : column + wide] += columns[:, :, row, column]
    return padded[:, :, pad : pad + height, pad : pad + width]


class Graph:
    """A network: its weights, and after a run the ONNX nodes that it consists of."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.weights, self.running, self.nodes, self.training = {}, {}, [], True

    def weight(self, name, shape, inputs):
        """He's initialisation: variance 2 / inputs; none for zero inputs."""
        if name not in self.weights:
            scale = np.sqrt(2.0 / inputs) if inputs else 0.0
            self.weights[name] = Value((self.random.standard_normal(shape) * scale).astype(np.float32))
        return self.weights[name]

    def note(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))

    # Each layer takes (name, value) and gives the same.

    def conv(self, source, name, outputs, side):
        """Conv with stride 1, padded so that the size stays."""
        origin, x = source
        inputs, pad = x.data.shape[1], side // 2
        weight = self.weight(f"{name}.weight", (outputs, inputs, side, side), inputs * side * side)
        bias = self.weight(f"{name}.bias", (outputs,), 0)
        columns, flat = windows(x.data, side, pad), weight.data.reshape(outputs, -1)
        data = (flat @ columns + bias.data[:, None]).reshape(len(x.data), outputs, *x.data.shape[2:])

        def backward(gradient):
            gradient = gradient.reshape(len(x.data), outputs, -1)
            weight.add_gradient((gradient @ columns.transpose(0, 2, 1)).sum(0).reshape(weight.data.shape))
            bias.add_gradient(gradient.sum((0, 2)))
            x.add_gradient(sum_windows(flat.T @ gradient, x.data.shape, side, pad))

        self.note("Conv", [origin, f"{name}.weight", f"{name}.bias"], name, kernel_shape=[side, side], pads=[pad] * 4)
        return name, Value(data, (x, weight, bias), backward)

    def normalise(self, source, name, momentum=0.9, epsilon=1e-5):
        """BatchNormalization, by the batch while training and by running means afterwards."""
        origin, x = source
        channels = x.data.shape[1]
        if f"{name}.scale" not in self.weights:
            self.weights[f"{name}.scale"] = Value(np.ones(channels, np.float32))
            self.running[f"{name}.mean"] = np.zeros(channels, np.float32)
            self.running[f"{name}.var"] = np.ones(channels, np.float32)
        scale, shift = self.weights[f"{name}.scale"], self.weight(f"{name}.shift", (channels,), 0)
        names = [f"{name}.{part}" for part in ("scale", "shift", "mean", "var")]
        self.note("BatchNormalization", [origin, *names], name, epsilon=epsilon)
        wide = (slice(None), None, None)
        if not self.training:
            mean, var = self.running[f"{name}.mean"], self.running[f"{name}.var"]
            unit = (x.data - mean[wide]) / np.sqrt(var + np.float32(epsilon))[wide]
            return name, Value(unit * scale.data[wide] + shift.data[wide])
        mean, var = x.data.mean((0, 2, 3)), x.data.var((0, 2, 3))
        for part, batch in (("mean", mean), ("var", var)):
            kept = self.running[f"{name}.{part}"]
            self.running[f"{name}.{part}"] = (momentum * kept + (1 - momentum) * batch).astype(np.float32)
        deviation = np.sqrt(var + np.float32(epsilon))
        unit = (x.data - mean[wide]) / deviation[wide]

        def backward(gradient):
            shift.add_gradient(gradient.sum((0, 2, 3)))
            scale.add_gradient((gradient * unit).sum((0, 2, 3)))
            of_unit = gradient * scale.data[wide]
            mean_of = of_unit.mean((0, 2, 3))[wide]
            mean_by = (of_unit * unit).mean((0, 2, 3))[wide]
            x.add_gradient((of_unit - mean_of - unit * mean_by) / deviation[wide])

        return name, Value(unit * scale.data[wide] + shift.data[wide], (x, scale, shift), backward)

    def relu(self, source, name):
        origin, x = source
        self.note("Relu", [origin], name)
        return name, Value(np.maximum(x.data, 0), (x,), lambda gradient: x.add_gradient(gradient * (x.data > 0)))

    def add(self, left, right, name):
        """The residual connection."""
        (first, x), (second, y) = left, right

        def backward(gradient):
            x.add_gradient(gradient)
            y.add_gradient(gradient)

        self.note("Add", [first, second], name)
        return name, Value(x.data + y.data, (x, y), backward)

    def concat(self, left, right, name):
        """Concat of channels: the skip connection of a U-Net."""
        (first, x), (second, y) = left, right
        split = x.data.shape[1]

        def backward(gradient):
            x.add_gradient(gradient[:, :split])
            y.add_gradient(gradient[:, split:])

        self.note("Concat", [first, second], name, axis=1)
        return name, Value(np.concatenate([x.data, y.data], 1), (x, y), backward)

    def max_pool(self, source, name):
        """MaxPool of 2 x 2; of equal values the first has the gradient."""
        origin, x = source
        count, channels, height, width = x.data.shape
        blocks = x.data.reshape(count, channels, height // 2, 2, width // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        blocks = blocks.reshape(count, channels, height // 2, width // 2, 4)
        first = blocks.argmax(4)

        def backward(gradient):
            spread = np.zeros_like(blocks)
            np.put_along_axis(spread, first[..., None], gradient[..., None], 4)
            spread = spread.reshape(count, channels, height // 2, width // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
            x.add_gradient(spread.reshape(x.data.shape))

        self.note("MaxPool", [origin], name, kernel_shape=[2, 2], strides=[2, 2])
        return name, Value(blocks.max(4), (x,), backward)

    def repeat(self, source, name):
        """Resize to twice the size, each pixel four times."""
        origin, x = source
        count, channels, height, width = x.data.shape

        def backward(gradient):
            x.add_gradient(gradient.reshape(count, channels, height, 2, width, 2).sum((3, 5)))

        modes = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        self.note("Resize", [origin, "", "twice"], name, **modes)
        return name, Value(x.data.repeat(2, 2).repeat(2, 3), (x,), backward)

    def conv_transpose(self, source, name, outputs):
        """ConvTranspose to twice the size: 2 x 2 taps that do not overlap."""
        origin, x = source
        count, inputs, height, width = x.data.shape
        weight = self.weight(f"{name}.weight", (inputs, outputs, 2, 2), inputs)
        bias = self.weight(f"{name}.bias", (outputs,), 0)
        flat, pixels = weight.data.reshape(inputs, -1), x.data.reshape(count, inputs, -1)
        taps = (flat.T @ pixels).reshape(count, outputs, 2, 2, height, width).transpose(0, 1, 4, 2, 5, 3)

        def backward(gradient):
            bias.add_gradient(gradient.sum((0, 2, 3)))
            gradient = gradient.reshape(count, outputs, height, 2, width, 2).transpose(0, 1, 3, 5, 2, 4)
            gradient = gradient.reshape(count, outputs * 4, -1)
            weight.add_gradient((pixels @ gradient.transpose(0, 2, 1)).sum(0).reshape(weight.data.shape))
            x.add_gradient((flat @ gradient).reshape(x.data.shape))

        self.note("ConvTranspose", [origin, f"{name}.weight", f"{name}.bias"], name, kernel_shape=[2, 2], strides=[2, 2])
        data = taps.reshape(count, outputs, 2 * height, 2 * width) + bias.data[:, None, None]
        return name, Value(data, (x, weight, bias), backward)

    def mean_pool(self, source, name):
        """GlobalAveragePool and Flatten: one number for each channel."""
        origin, x = source
        pixels = x.data.shape[2] * x.data.shape[3]

        def backward(gradient):
            x.add_gradient(np.broadcast_to(gradient[:, :, None, None] / np.float32(pixels), x.data.shape))

        self.note("GlobalAveragePool", [origin], f"{name}.mean")
        self.note("Flatten", [f"{name}.mean"], name, axis=1)
        return name, Value(x.data.mean((2, 3)), (x,), backward)

    def dense(self, source, name, outputs):
        """Gemm."""
        origin, x = source
        inputs = x.data.shape[1]
        weight = self.weight(f"{name}.weight", (inputs, outputs), inputs)
        bias = self.weight(f"{name}.bias", (outputs,), 0)

        def backward(gradient):
            weight.add_gradient(x.data.T @ gradient)
            bias.add_gradient(gradient.sum(0))
            x.add_gradient(gradient @ weight.data.T)

        self.note("Gemm", [origin, f"{name}.weight", f"{name}.bias"], name)
        return name, Value(x.data @ weight.data + bias.data, (x, weight, bias), backward)

    def export(self, name, image, answer, properties, doc):
        """The ONNX file of the last run, from `image` to `logits`."""
        weights = {key: value.data for key, value in self.weights.items()} | self.running
        if any(node.op_type == "Resize" for node in self.nodes):
            weights["twice"] = np.array([1, 1, 2, 2], np.float32)
        self.nodes[-1].output[0] = "logits"
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *image])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", *answer])],
            [numpy_helper.from_array(value, key) for key, value in weights.items()],
        )
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(
            graph, producer_name="bithive-train", ir_version=IR_VERSION, opset_imports=opsets, doc_string=doc
        )
        helper.set_model_props(model, properties)
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString(deterministic=True)


def cross_entropy(logits, labels):
    """Mean cross-entropy of a softmax."""
    shifted = logits.data - logits.data.max(1, keepdims=True)
    chances = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(chances[rows, labels] + 1e-12).mean()

    def backward(gradient):
        difference = chances.copy()
        difference[rows, labels] -= 1
        logits.add_gradient(gradient * difference / np.float32(len(labels)))

    return Value(np.float32(loss), (logits,), backward)


def overlap_loss(logits, masks):
    """Mean binary cross-entropy and one minus the soft Dice coefficient of each image."""
    chances = 1 / (1 + np.exp(-np.clip(logits.data, -30, 30)))
    pixels, axes = np.float32(masks.size), (1, 2, 3)
    entropy = -(masks * np.log(chances + 1e-7) + (1 - masks) * np.log(1 - chances + 1e-7)).mean()
    both, either = (chances * masks).sum(axes, keepdims=True), (chances + masks).sum(axes, keepdims=True)
    dice = (2 * both + 1) / (either + 1)

    def backward(gradient):
        of_dice = (2 * masks * (either + 1) - (2 * both + 1)) / (either + 1) ** 2
        of_chance = -of_dice / np.float32(len(masks))
        logits.add_gradient(gradient * ((chances - masks) / pixels + of_chance * chances * (1 - chances)))

    return Value(np.float32(entropy + (1 - dice).mean()), (logits,), backward)


class Adam:
    """Kingma and Ba 2015, with a learning rate that falls to zero as half a cosine."""

    def __init__(self, graph, rate, steps):
        self.graph, self.rate, self.steps, self.step, self.moments = graph, rate, steps, 0, {}

    def update(self):
        rate = self.rate * 0.5 * (1 + np.cos(np.pi * self.step / self.steps))
        self.step += 1
        for name, weight in self.graph.weights.items():
            first, second = self.moments.get(name, (0, 0))
            first, second = 0.9 * first + 0.1 * weight.grad, 0.999 * second + 0.001 * weight.grad**2
            self.moments[name] = first, second
            unbiased = first / (1 - 0.9**self.step), second / (1 - 0.999**self.step)
            weight.data = (weight.data - rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)).astype(np.float32)
            weight.grad = None


def train(graph, forward, loss, images, truth, epochs, batch, rate):
    """Fits a network; `forward` maps (name, value) to the same."""
    order = np.random.default_rng(graph.random.integers(1 << 32))
    optimiser = Adam(graph, rate, epochs * (len(images) // batch))
    for epoch in range(epochs):
        indices, total = order.permutation(len(images)), 0.0
        for start in range(0, len(images) - batch + 1, batch):
            chosen, graph.nodes = indices[start : start + batch], []
            _, logits = forward(("image", Value(images[chosen])))
            value = loss(logits, truth[chosen])
            value.differentiate()
            optimiser.update()
            total += float(value.data)
        print(f"epoch {epoch + 1}: loss {total / (len(images) // batch):.4f}", flush=True)
    graph.training, graph.nodes = False, []
    forward(("image", Value(images[:1])))
