"""A device of the line under releases, whose people order it: its KEM key is made anew in its chip, and it is freed from its owner."""
from __future__ import annotations

import json
import pathlib
import subprocess
from typing import Any

from people import Refused
from programs import BINARIES, run
from publishing import PRODUCT, Publishing

RULES = ("--may-order", "rekey=2:root", "--may-order", "retire=2:root")


class Givers:
    """The people of its policy, and a licensor whose directory is another copy of the publisher's."""

    def __init__(self, home: pathlib.Path, secret: tuple[object, ...], model: pathlib.Path) -> None:
        self.home, self.secret = home, secret
        self.by = Publishing(home / "people", self.publish, model, *RULES)
        self.beliefs = ("--policy", self.by.policy, "--root", self.by.people.root)
        self.under = ("--release-root", self.by.people.root, "--policy", self.by.policy)

    def publish(self, *arguments: object) -> dict[str, object]:
        return run("edgekeep-publisher", *arguments, "--publisher", self.home / "licensor", *self.secret)

    def order(self, *arguments: object) -> dict[str, object]:
        return self.by.people.run(*arguments, *self.beliefs, group="order")

    def given(self, name: str, *words: object, sequence: int = 1) -> pathlib.Path:
        """By two of them; one is not enough."""
        folder, order = self.home / name, self.home / f"{name}.eko"
        self.order("write", *words, "--sequence", sequence, "-o", folder)
        digest = self.order("show", folder)["digest"]
        for signer in ("alice", "bob"):
            try:
                self.order("finish", folder, "-o", order)
                raise AssertionError(f"{signer} was not needed")
            except Refused as refused:
                assert "too few people signed" in str(refused), refused
            self.order("sign", folder, "--digest", digest, *self.by.people.as_holder(signer))
        self.order("finish", folder, "-o", order)
        return order


class ObeysOrders:
    """For a test of a device that has an owner, and nothing installed yet."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def refusal(self, *arguments: object) -> str:
        """Of the device."""
        command = [BINARIES / "edgekeep", "--root", self.device.root, *arguments, "--json"]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
        return json.loads(done.stdout)["error"]["code"] if done.returncode == 1 else f"exit {done.returncode}"

    def runs(self) -> str:
        """How it is served: "exit 0", or why not."""
        return self.refusal("run", PRODUCT, "--random", 1)

    def check_that_its_key_is_made_anew(self, device: str) -> None:
        givers, h = self.givers, self.home / "ordered"
        h.mkdir()
        givers.by.release(1)

        first = h / "first.lic"
        self.device.ask("device", "show", "--request", "-o", h / "before.ekd")
        givers.publish("licence", "issue", "--device", h / "before.ekd", "--product", PRODUCT, "-o", first)
        self.device.ask("install", *givers.by.files(1), first, "--repository", givers.by.people.repository)
        self.device.ask("licence", "renew-request", "--product", PRODUCT, "-o", h / "before.ekr")
        self.assertEqual(self.runs(), "exit 0", "control")
        order = givers.given("rekey", "rekey", "--device", device)
        self.device.ask("order", order)
        self.assertEqual(self.runs(), "denied")
        self.device.kill_keep()
        self.assertEqual(self.runs(), "denied", "the licence of before, after a start")
        self.assertEqual(self.refusal("order", order), "wrong-version")
        self.assertEqual(self.refusal("licence", "install", first), "denied")
        self.device.ask("licence", "renew-request", "--product", PRODUCT, "-o", h / "after.ekr")
        givers.publish("licence", "renew", h / "after.ekr", "-o", h / "renewed.lic")
        self.device.ask("licence", "install", h / "renewed.lic")
        self.assertEqual(self.runs(), "exit 0", "control: by the key of now")
        self.device.kill_keep()
        self.assertEqual(self.runs(), "exit 0")
        with self.assertRaisesRegex(AssertionError, "from before this device.s key was made anew"):
            givers.publish("licence", "renew", h / "before.ekr", "-o", h / "again.lic")

    def check_that_it_is_freed_from_its_owner(self, device: str) -> None:
        givers, h = self.givers, self.home / "ordered"
        owned = self.device.ask("device", "credential")
        self.assertTrue(owned["held"])
        self.device.ask("device", "show", "--request", "--ownership", "-o", h / "owned.ekd")
        for words, why in ((("disown", "--device", device), "whose device it is"), (("disown", "--request", h / "before.ekd"), "does not say whose"),
                           (("disown", "--request", h / "owned.ekd", "--device", device), "a device beside"),
                           (("rekey", "--request", h / "owned.ekd"), "a request where none"), (("rekey",), "no device is named")):
            with self.assertRaisesRegex(Refused, why):
                givers.order("write", *words, "--sequence", 1, "-o", h / "no order")
        self.assertFalse((h / "no order").exists())
        order = givers.given("disown", "disown", "--request", h / "owned.ekd")
        self.assertIn(str(owned["authority"]), str(givers.order("show", self.givers.home / "disown")["says"]))
        self.device.ask("order", order)
        freed = self.device.ask("device", "credential")
        self.assertEqual((freed["authority"], freed["held"], freed["changes"]), ("", False, owned["changes"] + 1))
        self.assertEqual(self.refusal("device", "show", "--request", "--ownership", "-o", h / "none.ekd"), "not-found")
        self.assertEqual(self.refusal("order", order), "wrong-version")
        self.assertEqual(self.runs(), "exit 0", "nothing else ends by it")
