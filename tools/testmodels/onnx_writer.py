"""Writes ONNX files with the standard library alone: the few messages of onnx.proto that the test models need."""


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def chunk(field, payload):
    payload = payload.encode() if isinstance(payload, str) else payload
    return varint(field << 3 | 2) + varint(len(payload)) + payload


FLOAT, UINT8, INT64, STRING, BOOL, COMPLEX64 = 1, 2, 7, 8, 9, 14


def tensor(name, element_type, dims, raw):
    """TensorProto with its bytes inside."""
    return b"".join(number(1, dim) for dim in dims) + number(2, element_type) + chunk(8, name) + chunk(9, raw)


def external_tensor(name, element_type, dims, location, offset, length):
    """TensorProto whose bytes are in another file."""
    entries = (("location", location), ("offset", str(offset)), ("length", str(length)))
    head = b"".join(number(1, dim) for dim in dims) + number(2, element_type) + chunk(8, name)
    return head + b"".join(chunk(13, chunk(1, key) + chunk(2, value)) for key, value in entries) + number(14, 1)


def value(name, element_type, dims):
    """ValueInfoProto; a text as dimension is a free one."""
    shape = b"".join(chunk(1, chunk(2, dim) if isinstance(dim, str) else number(1, dim)) for dim in dims)
    return chunk(1, name) + chunk(2, chunk(1, number(1, element_type) + chunk(2, shape)))


def attribute(name, given):
    """AttributeProto of an int, a list of ints, a tensor (bytes) or a graph (Graph)."""
    head = chunk(1, name)
    if isinstance(given, int):
        return head + number(3, given) + number(20, 2)
    if isinstance(given, list):
        return head + b"".join(number(8, item) for item in given) + number(20, 7)
    if isinstance(given, Graph):
        return head + chunk(6, given.encoded()) + number(20, 5)
    return head + chunk(5, given) + number(20, 4)


class Graph:
    """GraphProto under construction."""

    def __init__(self, name):
        self.name, self.nodes, self.initializers, self.inputs, self.outputs = name, [], [], [], []

    def node(self, op, inputs, outputs, **attributes):
        named = b"".join(chunk(1, item) for item in inputs) + b"".join(chunk(2, item) for item in outputs)
        self.nodes.append(named + chunk(4, op) + b"".join(chunk(5, attribute(*pair)) for pair in attributes.items()))
        return outputs[0]

    def initializer(self, encoded):
        self.initializers.append(encoded)

    def encoded(self):
        parts = [chunk(1, item) for item in self.nodes] + [chunk(2, self.name)]
        parts += [chunk(5, item) for item in self.initializers]
        parts += [chunk(11, item) for item in self.inputs] + [chunk(12, item) for item in self.outputs]
        return b"".join(parts)


def model(graph, opset=13, ir_version=8):
    encoded = graph if isinstance(graph, bytes) else graph.encoded()
    return number(1, ir_version) + chunk(2, "edgekeep test models") + chunk(7, encoded) + chunk(8, chunk(1, "") + number(2, opset))
