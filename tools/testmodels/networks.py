"""Legitimate test models. Each function returns the model's bytes, or (model, {side file: bytes})."""
import math
import struct

from onnx_writer import BOOL, FLOAT, INT64, STRING, Graph, external_tensor, model, tensor, value
from weights import zeros


class Builder:
    """A graph whose stored tensors come from `weights`."""

    def __init__(self, name, weights):
        self.graph, self.weights, self.count = Graph(name), weights, 0

    def fresh(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def weight(self, dims, fan_in):
        name = self.fresh("w")
        self.graph.initializer(tensor(name, FLOAT, dims, self.weights.make(math.prod(dims), fan_in)))
        return name

    def bias(self, size):
        name = self.fresh("b")
        self.graph.initializer(tensor(name, FLOAT, [size], zeros(size)))
        return name

    def apply(self, op, inputs, **attributes):
        return self.graph.node(op, inputs, [self.fresh("t")], **attributes)

    def conv(self, x, channels, kernel, stride=1, relu=True):
        inside, outside = channels
        weight = self.weight([outside, inside, kernel, kernel], inside * kernel * kernel)
        pad = kernel // 2
        y = self.apply("Conv", [x, weight, self.bias(outside)], kernel_shape=[kernel, kernel],
                       strides=[stride, stride], pads=[pad] * 4)
        return self.apply("Relu", [y]) if relu else y

    def finish(self, x, input_dims, output_dims):
        self.graph.node("Identity", [x], ["y"])
        self.graph.inputs = [value("x", FLOAT, input_dims)]
        self.graph.outputs = [value("y", FLOAT, output_dims)]
        return model(self.graph)


def resnet50(weights, size=224):
    """The shape of ResNet-50: 53 convolutions and a classifier, 102 MB."""
    build = Builder("resnet50", weights)
    x = build.conv("x", (3, 64), 7, 2)
    x = build.apply("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    inside = 64
    for blocks, width, first_stride in ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)):
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            y = build.conv(x, (inside, width), 1)
            y = build.conv(y, (width, width), 3, stride)
            y = build.conv(y, (width, 4 * width), 1, 1, False)
            beside = build.conv(x, (inside, 4 * width), 1, stride, False) if block == 0 else x
            x = build.apply("Relu", [build.apply("Add", [y, beside])])
            inside = 4 * width
    x = build.apply("Flatten", [build.apply("GlobalAveragePool", [x])])
    x = build.apply("Gemm", [x, build.weight([1000, 2048], 2048), build.bias(1000)], transB=1)
    return build.finish(x, [1, 3, size, size], [1, 1000])


def mlp(weights, layers=6, width=2048, batch=64):
    """Matrix products with Relu between: 6 × 2048² is 100 MB."""
    build = Builder("mlp", weights)
    x = "x"
    for _ in range(layers):
        x = build.apply("Relu", [build.apply("MatMul", [x, build.weight([width, width], width)])])
    return build.finish(x, [1, batch, width], [1, batch, width])


def affine(_weights, factor=2, addend=1):
    """y = 2x + 1 for x of any length: small enough to check by hand."""
    graph = Graph("affine")
    graph.initializer(tensor("two", FLOAT, [1], struct.pack("<f", factor)))
    graph.initializer(tensor("one", FLOAT, [1], struct.pack("<f", addend)))
    graph.node("Mul", ["x", "two"], ["m"])
    graph.node("Add", ["m", "one"], ["y"])
    graph.inputs, graph.outputs = [value("x", FLOAT, ["n"])], [value("y", FLOAT, ["n"])]
    return model(graph)


def shift(_weights, width=1024):
    """y = x + w with w = 0, 1, 2 …: a weight that no engine lays out anew."""
    graph = Graph("shift")
    graph.initializer(tensor("w", FLOAT, [width], struct.pack(f"<{width}f", *range(width))))
    graph.node("Add", ["x", "w"], ["y"])
    graph.inputs, graph.outputs = [value("x", FLOAT, [width])], [value("y", FLOAT, [width])]
    return model(graph)


def gather(_weights):
    """rows[indices]: an integer input that reaches memory, and two outputs."""
    graph = Graph("gather")
    graph.initializer(tensor("rows", FLOAT, [4, 2], struct.pack("<8f", *range(8))))
    graph.node("Gather", ["rows", "indices"], ["picked"], axis=0)
    graph.node("Shape", ["picked"], ["shape"])
    graph.inputs = [value("indices", INT64, ["n"])]
    graph.outputs = [value("picked", FLOAT, ["n", 2]), value("shape", INT64, [2])]
    return model(graph)


def branches(_weights):
    """A subgraph in each branch of an If, with weights inside them."""
    def branch(name, factor):
        inner = Graph(name)
        inner.initializer(tensor("factor", FLOAT, [1], struct.pack("<f", factor)))
        inner.node("Mul", ["x", "factor"], [name + "_out"])
        inner.outputs = [value(name + "_out", FLOAT, ["n"])]
        return inner

    graph = Graph("branches")
    graph.node("If", ["which"], ["y"], then_branch=branch("yes", 3), else_branch=branch("no", -1))
    graph.inputs, graph.outputs = [value("which", BOOL, []), value("x", FLOAT, ["n"])], [value("y", FLOAT, ["n"])]
    return model(graph)


def external(weights, width=256):
    """A matrix product whose matrix is in weights/matrix.bin, from offset 4096 on."""
    raw = weights.make(width * width, width)
    graph = Graph("external")
    graph.initializer(external_tensor("w", FLOAT, [width, width], "weights/matrix.bin", 4096, len(raw)))
    graph.node("MatMul", ["x", "w"], ["y"])
    graph.inputs, graph.outputs = [value("x", FLOAT, ["n", width])], [value("y", FLOAT, ["n", width])]
    return model(graph), {"weights/matrix.bin": bytes(4096) + raw}


# Types that have no Identity: through float and back, or (float4e2m1) no operator at all.
BY_CAST, UNTOUCHED = (21, 22, 24, 25, 26), (23,)


def every_type(_weights):
    """An input of each element type an engine takes, called by its number, given back as it is."""
    graph = Graph("every_type")
    for number in (*range(1, 14), *range(16, 27)):
        given, answer = str(number), f"{number}_again"
        if number in BY_CAST:
            graph.node("Cast", [given], [f"{number}_float"], to=FLOAT)
            graph.node("Cast", [f"{number}_float"], [answer], to=number)
        elif number in UNTOUCHED:
            answer = given
        else:
            graph.node("Identity", [given], [answer])
        graph.inputs.append(value(given, number, ["n"]))
        graph.outputs.append(value(answer, number, ["n"]))
    return model(graph, opset=25, ir_version=13)


def strings(_weights):
    """a and b one behind the other, and a itself."""
    graph = Graph("strings")
    graph.node("StringConcat", ["a", "b"], ["joined"])
    graph.node("Identity", ["a"], ["same"])
    graph.inputs = [value("a", STRING, ["n", "m"]), value("b", STRING, ["n", "m"])]
    graph.outputs = [value("joined", STRING, ["n", "m"]), value("same", STRING, ["n", "m"])]
    return model(graph, opset=20, ir_version=9)


def shapes(_weights):
    """Free dimensions, a scalar, and an output whose shape follows from what the input holds."""
    graph = Graph("shapes")
    graph.node("Mul", ["x", "factor"], ["y"])
    graph.node("NonZero", ["x"], ["where"])
    graph.node("Neg", ["factor"], ["negative"])
    graph.inputs = [value("x", FLOAT, ["n", "m"]), value("factor", FLOAT, [])]
    graph.outputs = [value("y", FLOAT, ["n", "m"]), value("where", INT64, [2, "k"]), value("negative", FLOAT, [])]
    return model(graph)


def fill(_weights):
    """Zeros of whatever shape the application asks for."""
    graph = Graph("fill")
    graph.node("ConstantOfShape", ["shape"], ["zeros"])
    graph.inputs, graph.outputs = [value("shape", INT64, [2])], [value("zeros", FLOAT, ["n", "m"])]
    return model(graph)


def race_gather(_weights, rows=1024, width=16):
    """Rows of numbers that are all different, by indices: of many, so that checking them takes a while."""
    graph = Graph("race_gather")
    numbers = [1_000_000 + place for place in range(rows * width)]
    graph.initializer(tensor("rows", FLOAT, [rows, width], struct.pack(f"<{rows * width}f", *numbers)))
    graph.node("Gather", ["rows", "indices"], ["picked"], axis=0)
    graph.inputs, graph.outputs = [value("indices", INT64, ["n"])], [value("picked", FLOAT, ["n", width])]
    return model(graph)


def race_slice(_weights, size=65536):
    """Numbers that are their own places, from `starts` on; and what a second reader of `starts` sees."""
    graph = Graph("race_slice")
    graph.initializer(tensor("numbers", FLOAT, [size], struct.pack(f"<{size}f", *range(size))))
    graph.node("Slice", ["numbers", "starts", "ends"], ["sliced"])
    graph.node("Identity", ["starts"], ["seen"])
    graph.inputs = [value("starts", INT64, [1]), value("ends", INT64, [1])]
    graph.outputs = [value("sliced", FLOAT, ["n"]), value("seen", INT64, [1])]
    return model(graph)


def largest(_weights):
    """The largest of all numbers: little to compute with much."""
    graph = Graph("largest")
    graph.node("ReduceMax", ["x"], ["y"], keepdims=1)
    graph.inputs, graph.outputs = [value("x", FLOAT, ["n"])], [value("y", FLOAT, [1])]
    return model(graph)
