"""Models that must be refused: by the reader before an engine sees them, or by the engine without harm."""
import struct

from onnx_writer import (BOOL, COMPLEX64, FLOAT, INT64, UINT8, Graph, attribute, chunk, external_tensor, model, number, tensor,
                         value, varint)


def graph_with(initializer, op="Add"):
    graph = Graph("hostile")
    graph.initializer(initializer)
    graph.node(op, ["x", "w"], ["y"])
    graph.inputs, graph.outputs = [value("x", FLOAT, [4])], [value("y", FLOAT, [4])]
    return graph


def plain():
    return tensor("w", FLOAT, [4], struct.pack("<4f", 1, 2, 3, 4))


def escape(location):
    return lambda: model(graph_with(external_tensor("w", FLOAT, [4], location, 0, 16)))


def beyond():
    """Offset and length whose sum wraps round 64 bits."""
    return model(graph_with(external_tensor("w", FLOAT, [4], "weights.bin", (1 << 63) - 1, (1 << 63) - 1)))


def in_attribute():
    graph = graph_with(plain())
    graph.nodes.append(chunk(2, "c") + chunk(4, "Constant") +
                       chunk(5, attribute("value", external_tensor("c", FLOAT, [4], "/etc/passwd", 0, 16))))
    return model(graph)


def read_beside():
    """Gives out a file that lies in the directory the process happens to be in: ONNX Runtime alone does it."""
    graph = Graph("hostile")
    graph.nodes.append(chunk(2, "c") + chunk(4, "Constant") +
                       chunk(5, attribute("value", external_tensor("c", UINT8, [16], "beside.bin", 0, 16))))
    graph.node("Identity", ["c"], ["y"])
    graph.outputs = [value("y", UINT8, [16])]
    return model(graph)


def twice():
    """A second graph that protobuf would merge into the first."""
    return model(graph_with(plain())) + chunk(7, graph_with(escape_tensor()).encoded())


def escape_tensor():
    return external_tensor("w", FLOAT, [4], "/etc/passwd", 0, 16)


def deep():
    graph = graph_with(plain())
    for _ in range(100):
        outer = graph_with(plain())
        outer.nodes.append(chunk(4, "If") + chunk(5, attribute("then_branch", graph)))
        graph = outer
    return model(graph)


def unknown_operator():
    return model(graph_with(plain(), "NoSuchOperator"))


def wrong_size():
    """An initializer that claims more elements than it has bytes."""
    return model(graph_with(tensor("w", FLOAT, [1 << 20], b"\0" * 16)))


def huge_constant():
    """Forty bytes that ask for 16 TiB at run time."""
    graph = Graph("huge")
    graph.initializer(tensor("w", INT64, [2], struct.pack("<2q", 1 << 21, 1 << 21)))
    graph.node("ConstantOfShape", ["w"], ["big"])
    graph.node("ReduceSum", ["big"], ["s"], keepdims=0)
    graph.node("Add", ["x", "s"], ["y"])
    graph.inputs, graph.outputs = [value("x", FLOAT, [4])], [value("y", FLOAT, [4])]
    return model(graph)


def endless():
    """Loads well, and computes y = x, for x of any length, in 2^40 steps."""
    body = Graph("body")
    body.node("Identity", ["going"], ["still_going"])
    body.node("Identity", ["value"], ["next_value"])
    body.inputs = [value("step", INT64, []), value("going", BOOL, []), value("value", FLOAT, ["n"])]
    body.outputs = [value("still_going", BOOL, []), value("next_value", FLOAT, ["n"])]
    graph = Graph("endless")
    graph.initializer(tensor("steps", INT64, [], struct.pack("<q", 1 << 40)))
    graph.initializer(tensor("yes", BOOL, [], b"\1"))
    graph.node("Loop", ["steps", "yes", "x"], ["y"], body=body)
    graph.inputs, graph.outputs = [value("x", FLOAT, ["n"])], [value("y", FLOAT, ["n"])]
    return model(graph)


def cycle():
    graph = graph_with(plain())
    graph.node("Add", ["q", "w"], ["p"])
    graph.node("Add", ["p", "w"], ["q"])
    return model(graph)


def complex_input():
    """An element type that no engine computes with."""
    graph = Graph("hostile")
    graph.node("Identity", ["x"], ["y"])
    graph.inputs, graph.outputs = [value("x", COMPLEX64, [4])], [value("y", COMPLEX64, [4])]
    return model(graph)


def unranked():
    """An input that may have any number of dimensions: ONNX Runtime tells it as a scalar."""
    graph = Graph("hostile")
    graph.node("Identity", ["x"], ["y"])
    graph.inputs = [chunk(1, "x") + chunk(2, chunk(1, number(1, FLOAT)))]
    graph.outputs = [value("y", FLOAT, [4])]
    return model(graph)


HOSTILE = {
    "escape-parent": escape("../weights.bin"),
    "escape-absolute": escape("/etc/passwd"),
    "escape-inside": escape("sub/../../weights.bin"),
    "escape-address": escape("*/_ORT_MEM_ADDR_/*"),
    "beyond": beyond,
    "in-attribute": in_attribute,
    "read-beside": read_beside,
    "twice": twice,
    "deep": deep,
    "truncated": lambda: model(graph_with(plain()))[:-20],
    "group": lambda: model(graph_with(plain())) + varint(30 << 3 | 3),
    "unknown-operator": unknown_operator,
    "wrong-size": wrong_size,
    "huge-constant": huge_constant,
    "endless": endless,
    "cycle": cycle,
    "complex-input": complex_input,
    "unranked": unranked,
    "empty": lambda: b"",
    "text": lambda: b"this is no model",
}
