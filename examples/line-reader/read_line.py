#!/usr/bin/python3
"""Reads one line of text in a picture with a protected model: read_line.py --dictionary FILE PICTURE"""
import argparse
import pathlib
import sys

import edgekeep
import numpy as np
from PIL import Image

HEIGHT = 48  # what the model takes; the width is free


def tensor_of(picture):
    """A picture as the model wants it: [1, 3, 48, W], blue before red, -1 to 1."""
    width = max(HEIGHT, round(picture.width * HEIGHT / picture.height))
    small = picture.convert("RGB").resize((width, HEIGHT), Image.Resampling.BILINEAR)
    values = np.asarray(small, dtype=np.float32)[:, :, ::-1] / 127.5 - 1
    return values.transpose(2, 0, 1)[np.newaxis]


def decode(probabilities, characters):
    """The likeliest class of each step, repetitions and blanks (class 0) left out."""
    likeliest = probabilities.argmax(axis=1)
    fresh = np.diff(likeliest, prepend=0) != 0
    return "".join(characters[i] for i in likeliest[fresh & (likeliest != 0)])


def read_line(arguments):
    # The model's classes: a blank, the dictionary's characters, a space.
    characters = ["", *arguments.dictionary.read_text(encoding="utf-8").splitlines(), " "]
    with Image.open(arguments.picture) as picture, \
            edgekeep.InferenceSession(arguments.product, root=arguments.root) as session:
        [node] = session.get_inputs()
        [probabilities] = session.run(None, {node.name: tensor_of(picture)})
    return decode(probabilities[0], characters)


def main():
    parser = argparse.ArgumentParser(description="Reads one line of text with a protected model.")
    parser.add_argument("picture", type=pathlib.Path)
    parser.add_argument("--dictionary", type=pathlib.Path, required=True, help="the model's characters, one a line")
    parser.add_argument("--product", default="acme/label-ocr", help="the protected model (default: %(default)s)")
    parser.add_argument("--root", default="/", help="the device (default: this one)")
    try:
        print(read_line(parser.parse_args()))
    except (edgekeep.Error, OSError) as error:
        sys.exit(f"read_line: {error}")


if __name__ == "__main__":
    main()
