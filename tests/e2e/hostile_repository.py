"""hostile_repository.py REPOSITORY HOLDER=KEYS[,HOLDER=KEYS...] STEP SIGN...: leaves the newest targets the signatures of so
many of each holder's keys, and nobody else's, and has snapshot and timestamp say so, each signed anew by `SIGN... FILE`,
the timestamp as one STEP versions later."""
from __future__ import annotations

import hashlib
import json
import pathlib
import subprocess
import sys


class Hostile:
    def __init__(self, repository: pathlib.Path, sign: list[str]) -> None:
        self.metadata = repository / "metadata"
        self.sign = sign

    def newest(self, role: str) -> pathlib.Path:
        return max(self.metadata.glob(f"*.{role}.json"), key=lambda path: int(path.name.split(".")[0]))

    def leave(self, role: str, keys: dict[str, int]) -> None:
        """The first keys that the root names of a holder are classical ones, as the ceremony wrote them."""
        root = json.loads(self.newest("root").read_text())["signed"]
        left = []
        for holder, count in keys.items():
            of_holder = [key for key in root["roles"][role]["keyids"] if root["keys"][key]["x-edgekeep-holder"] == holder]
            left += of_holder[:count]
        path = self.newest(role)
        file = json.loads(path.read_text())
        file["signatures"] = [one for one in file["signatures"] if one["keyid"] in left]
        assert len(file["signatures"]) == len(left), (role, keys)
        path.write_text(json.dumps(file))

    def describe(self, path: pathlib.Path, described: pathlib.Path, name: str, step: int) -> None:
        file = json.loads(path.read_text())
        content = described.read_bytes()
        file["signed"]["version"] += step
        file["signed"]["meta"][name]["length"] = len(content)
        file["signed"]["meta"][name]["hashes"] = {"sha256": hashlib.sha256(content).hexdigest()}
        path.write_text(json.dumps(file))
        subprocess.run([*self.sign, path], check=True)


def main() -> None:
    hostile = Hostile(pathlib.Path(sys.argv[1]), sys.argv[4:])
    hostile.leave("targets", {holder: int(count) for holder, count in (one.split("=") for one in sys.argv[2].split(","))})
    hostile.describe(hostile.newest("snapshot"), hostile.newest("targets"), "targets.json", 0)
    hostile.describe(hostile.metadata / "timestamp.json", hostile.newest("snapshot"), "snapshot.json", int(sys.argv[3]))


main()
