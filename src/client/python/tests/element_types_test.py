"""Every element type goes in and comes out as the same bits."""
from __future__ import annotations

import unittest
from typing import Any

import edgekeep
import numpy as np
from edgekeep._packed import pack, unpack
from edgekeep._tensors import ELEMENT_TYPES, ElementType
from fake_keep import FakeKeepTest

TEXTS = [["label", "", "größer", "nul\0here", "\udcff\udcfe"], ["a"] * 5, ["b"] * 5]


class ElementTypes(FakeKeepTest):
    kind = "echo"

    def setUp(self) -> None:
        super().setUp()
        self.session = edgekeep.InferenceSession("acme/echo", root=self.root, timeout=20)
        self.addCleanup(self.session.close)
        generator = np.random.default_rng(1)
        self.feed = {str(number): self.any_bits(generator, element) for number, element in ELEMENT_TYPES.items()}

    def test_come_back_bit_for_bit(self) -> None:
        self.assertEqual({node.name for node in self.session.get_inputs()}, set(self.feed))
        answers = self.session.run(list(self.feed), self.feed)
        for (name, given), answer in zip(self.feed.items(), answers):
            with self.subTest(element_type=ELEMENT_TYPES[int(name)].name):
                self.assertEqual((answer.dtype, answer.shape), (given.dtype, given.shape))
                self.assertEqual(answer.tolist() if answer.dtype == object else answer.tobytes(),
                                 given.tolist() if given.dtype == object else given.tobytes())

    def test_none_of_each_come_back_as_none(self) -> None:
        feed = {name: np.empty((0, 5), given.dtype) for name, given in self.feed.items()}
        for answer in self.session.run(None, feed):
            self.assertEqual(answer.shape, (0, 5))

    def test_numbers_of_too_many_bits_are_refused(self) -> None:
        for name, wrong in (("21", 16), ("22", 8), ("22", -9), ("23", 16), ("25", 4), ("26", 2)):
            array = self.feed[name].copy()
            array[1, 1] = wrong
            with self.assertRaisesRegex(edgekeep.InputError, "bits"):
                self.session.run([], {**self.feed, name: array})

    def test_strings_in_any_form(self) -> None:
        texts = [["ab", "c"], ["", "größer"]]
        forms: list[Any] = [texts, np.array(texts), np.array(texts, dtype=object),
                            [[text.encode() for text in row] for row in texts]]
        for form in forms:
            [answer] = self.session.run(["8"], {**self.feed, "8": form})
            self.assertEqual(answer.tolist(), texts)

    def test_strings_that_are_none_are_refused(self) -> None:
        for form in ([["a", 1]], [[None]], np.zeros((1, 2)), [["a", "b"], ["c"]], "text", ["a"], 7):
            with self.assertRaises(edgekeep.InputError):
                self.session.run([], {**self.feed, "8": form})

    @staticmethod
    def any_bits(generator: np.random.Generator, element: ElementType) -> np.ndarray:  # type: ignore[type-arg]
        if element.bits == 0:
            return np.array(TEXTS, dtype=object)
        if element.dtype == np.bool_:
            return generator.integers(0, 2, (3, 5)).astype(np.bool_)
        if element.is_packed:
            low = -(1 << element.bits - 1) if element.is_signed else 0
            return generator.integers(low, low + (1 << element.bits), (3, 5)).astype(element.dtype)
        return np.frombuffer(generator.bytes(15 * element.dtype.itemsize), element.dtype).reshape(3, 5)


class Packed(unittest.TestCase):
    def test_the_first_element_has_the_lowest_bits(self) -> None:
        self.assertEqual(pack(np.array([1, 2, 3], np.uint8), 4).tolist(), [0x21, 0x03])
        self.assertEqual(pack(np.array([-1, 7, -8], np.int8), 4).tolist(), [0x7F, 0x08])
        self.assertEqual(pack(np.array([1, 2, 3, 0, 1], np.uint8), 2).tolist(), [0b00111001, 0b01])

    def test_comes_back(self) -> None:
        for bits, signed in ((4, True), (4, False), (2, True), (2, False)):
            low = -(1 << bits - 1) if signed else 0
            for count in range(9):
                numbers = np.resize(np.arange(low, low + (1 << bits)), count).astype(np.int8 if signed else np.uint8)
                self.assertEqual(unpack(pack(numbers, bits), count, bits, signed).tolist(), numbers.tolist())


if __name__ == "__main__":
    unittest.main()
