"""P-256 from FIPS 186-5, for vectors: slow, and its nonces follow from key and message."""
import hashlib

P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = ((3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(scalar, point):
    total = None
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def number(*parts):
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big") % (N - 1) + 1


class Key:
    def __init__(self, name):
        self.scalar = number(b"edgekeep vector ", name.encode())
        point = multiply(self.scalar, G)
        self.public = b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")

    def sign(self, message):
        """r || s over SHA-256 of the message."""
        digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
        k = number(self.scalar.to_bytes(32, "big"), message)
        r = multiply(k, G)[0] % N
        s = pow(k, -1, N) * (digest + r * self.scalar) % N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
