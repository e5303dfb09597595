"""Every element type goes in and comes out as the same bits."""
from __future__ import annotations

import unittest

import edgekeep
import numpy as np
from edgekeep._tensors import ELEMENT_TYPES
from fake_keep import FakeKeepTest


class ElementTypes(FakeKeepTest):
    kind = "echo"

    def test_come_back_bit_for_bit(self) -> None:
        generator = np.random.default_rng(1)
        feed = {str(number): self.any_bits(generator, element.dtype) for number, element in ELEMENT_TYPES.items()}
        with edgekeep.InferenceSession("acme/echo", root=self.root, timeout=20) as session:
            self.assertEqual({node.name for node in session.get_inputs()}, set(feed))
            answers = session.run(list(feed), feed)
        for (name, given), answer in zip(feed.items(), answers):
            with self.subTest(element_type=ELEMENT_TYPES[int(name)].name):
                self.assertEqual((answer.dtype, answer.shape), (given.dtype, given.shape))
                self.assertEqual(answer.tobytes(), given.tobytes())

    @staticmethod
    def any_bits(generator: np.random.Generator, dtype: np.dtype) -> np.ndarray:  # type: ignore[type-arg]
        if dtype == np.bool_:
            return generator.integers(0, 2, (3, 5)).astype(np.bool_)
        return np.frombuffer(generator.bytes(15 * dtype.itemsize), dtype).reshape(3, 5)


if __name__ == "__main__":
    unittest.main()
