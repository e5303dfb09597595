#!/usr/bin/python3
"""Makes one test model: make.py NAME OUTPUT [--tagged] [--seed N] [--set PARAMETER=INT]...

Names (--list): networks of known size, small ones, and hostile ones. Side files go beside OUTPUT.
--tagged: the upper half of every weight is 0x3A59, so that a memory scan finds them in any layout.
"""
import argparse
import inspect
import pathlib
import sys

import networks
from hostile import HOSTILE
from weights import Weights

NETWORKS = {name: getattr(networks, name) for name in (
    "resnet50", "mlp", "affine", "shift", "gather", "branches", "external", "every_type", "strings", "shapes", "fill",
    "race_gather", "race_slice", "largest")}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?")
    parser.add_argument("output", nargs="?", type=pathlib.Path)
    parser.add_argument("--tagged", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="PARAMETER=INT")
    parser.add_argument("--list", action="store_true", help="print the names and end")
    return parser.parse_args()


def make(chosen):
    """Returns the model and its side files."""
    if chosen.name in HOSTILE:
        return HOSTILE[chosen.name](), {}
    network = NETWORKS[chosen.name]
    settings = {key: int(given) for key, given in (item.split("=", 1) for item in chosen.set)}
    unknown = set(settings) - set(inspect.signature(network).parameters)
    if unknown:
        sys.exit(f"make.py: {chosen.name} has no parameter {', '.join(sorted(unknown))}")
    made = network(Weights(chosen.seed, chosen.tagged), **settings)
    return made if isinstance(made, tuple) else (made, {})


def main():
    chosen = arguments()
    if chosen.list:
        print("\n".join([*NETWORKS, *HOSTILE]))
        return
    if chosen.output is None or chosen.name not in {**NETWORKS, **HOSTILE}:
        sys.exit("make.py: give a known name (--list) and an output file")
    encoded, beside = make(chosen)
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_bytes(encoded)
    for path, content in beside.items():
        target = chosen.output.parent / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


if __name__ == "__main__":
    main()
