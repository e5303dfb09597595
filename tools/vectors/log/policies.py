"""Writes spec/vectors/tlog-policy.json: groups of five witnesses, and which of the 32 sets of them satisfy the quorum, by a
reader of C2SP tlog-policy of its own. Everything follows from a seed: a second run writes the same bytes.
   python3 tools/vectors/log/policies.py"""
from __future__ import annotations

import json
import pathlib
import random

WITNESSES = [f"w{i}" for i in range(5)]
CHOSEN = [
    "quorum none",
    "quorum w3",
    "# a comment, and parts parted by tabs\n\ngroup\ta\tany\tw0 \t w4\n\nquorum\ta",
    "group majority 3 w0 w1 w2 w3 w4\nquorum majority",
    "group x 2 w0 w1 w2\ngroup y any w3 w4\ngroup both all x y\nquorum both",
    "group unused all w0 w1\nquorum w2",
    "group one 1 w0\ngroup two all one w1\ngroup three any two w2\nquorum three",
]


def is_satisfied(policy: str, cosigned: set[str]) -> bool:
    """Line by line, as the draft tells: a name that is defined is satisfied, or it is not."""
    satisfied = {name: name in cosigned for name in WITNESSES}
    satisfied["none"] = True
    for line in policy.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "quorum":
            return satisfied[words[1]]
        assert words[0] == "group" and words[1] not in satisfied
        members = [satisfied[name] for name in words[3:]]
        threshold = {"all": len(members), "any": 1}.get(words[2]) or int(words[2])
        satisfied[words[1]] = sum(members) >= threshold
    raise AssertionError("no quorum")


def grown(chance: random.Random) -> str:
    """Groups of what is in no group yet, until one is left."""
    free, lines = WITNESSES[:], []
    while len(free) > 1:
        chance.shuffle(free)
        count = chance.randint(1, min(3, len(free)))
        members, free = free[:count], free[count:]
        threshold = chance.choice(["all", "any", str(chance.randint(1, count))])
        name = f"g{len(lines)}"
        lines.append(f"group {name} {threshold} {' '.join(members)}")
        free.append(name)
        if len(lines) == 8:
            break
    return "\n".join([*lines, f"quorum {free[-1]}"])


def main() -> None:
    chance = random.Random("edgekeep tlog-policy")
    policies = [*CHOSEN, *(grown(chance) for _ in range(9))]
    vectors = [{"policy": text + "\n",
                "satisfied_by": [number for number in range(32)
                                 if is_satisfied(text, {name for i, name in enumerate(WITNESSES) if number >> i & 1})]}
               for text in policies]
    path = pathlib.Path(__file__).parents[3] / "spec/vectors/tlog-policy.json"
    path.write_text(json.dumps({"spec": "spec/log.md", "made_by": "tools/vectors/log/policies.py", "policies": vectors},
                               indent=1) + "\n")


main()
