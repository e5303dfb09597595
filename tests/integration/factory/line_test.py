"""A factory's line: the authority's key on a PKCS#11 token (SoftHSM), a station, and one device with a simulated TPM whose
keep runs as on any device. Between them stands somebody who hears and forwards everything, or does not."""
from __future__ import annotations

import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import est_server
import soft_token
from ordered import Givers, ObeysOrders
from programs import BINARIES, run

ENGINE = pathlib.Path(os.environ["EDGEKEEP_ENGINE"])
MODEL = ENGINE.parents[2] / "models/ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx"
CHEAP = ("--key-file-memory", 19, "--key-file-passes", 2)
URI = "pkcs11:token=line;object=ca"


def why_not() -> str:
    if os.geteuid() != 0:
        return "needs root"
    if not soft_token.MODULE.exists() or not shutil.which("swtpm_cert") or not shutil.which("certtool"):
        return "softhsm2 or swtpm-tools is missing; run script/bootstrap test"
    if not MODEL.exists():
        return "the models are missing; run script/bootstrap test"
    try:
        pwd.getpwnam("edgekeep-keep")
    except KeyError:
        return "no user edgekeep-keep; run script/bootstrap test"
    return ""


def eventually(condition: object, seconds: int = 60) -> None:
    for _ in range(20 * seconds):
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("not in time")


def receive(connection: socket.socket) -> bytes:
    """A message with its size in front; nothing where the other side hung up."""
    whole = b""
    while len(whole) < 4 or len(whole) < 4 + int.from_bytes(whole[:4], "little"):
        part = connection.recv(4096)
        if not part:
            return b""
        whole += part
    return whole


class Device:
    """A simulated TPM with its maker's certificate, and a keep."""

    def __init__(self, home: pathlib.Path, maker: pathlib.Path) -> None:
        self.root, self.chip, self.programs = home / "device", home / "chip", []
        self.root.mkdir(parents=True)
        self.insert_chip(maker)
        self.start()

    def insert_chip(self, maker: pathlib.Path) -> None:
        self.chip.mkdir(mode=0o700)
        self.programs.append(subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.chip}", "--server", f"type=unixio,path={self.chip}/s",
             "--ctrl", f"type=unixio,path={self.chip}/c", "--flags", "not-need-init,startup-clear"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        eventually((self.chip / "s").is_socket)
        subprocess.run([BINARIES / "edgekeep-endow-chip", maker, self.chip / "s"], check=True, timeout=60)
        for path in (self.chip, self.chip / "s"):
            shutil.chown(path, "edgekeep-keep")
        self.ask("device", "anchor", f"tpm2:{self.chip}/s")

    def start(self) -> None:
        self.programs.append(subprocess.Popen(
            [BINARIES / "edgekeep-spawner", "--root", self.root, "--libexec", BINARIES, "--engine", ENGINE, "--no-spare-cell"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        self.await_keep()

    def ask(self, *arguments: object, expect: int = 0) -> dict[str, object]:
        return run("edgekeep", "--root", self.root, *arguments, expect=expect)

    def await_keep(self) -> None:
        command = [str(BINARIES / "edgekeep"), "--root", str(self.root), "status"]
        eventually(lambda: subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0)

    def kill_keep(self) -> None:
        keep = subprocess.run(["pgrep", "-P", str(self.programs[-1].pid), "-x", "edgekeep-keep"], capture_output=True,
                              text=True, check=True)
        os.kill(int(keep.stdout), signal.SIGKILL)
        self.await_keep()

    def end(self) -> None:
        for program in reversed(self.programs):
            program.terminate()
            program.wait(60)


class Stranger(Device):
    """Without a chip, and without an identity."""

    def insert_chip(self, maker: pathlib.Path) -> None:
        pass


@unittest.skipIf(why_not(), f"SKIP factory line: {why_not()}")
class Line(ObeysOrders, unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="ek-line-")
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        self.home.chmod(0o755)
        configuration = soft_token.configure(self.home / "softhsm")
        soft_token.make_token(configuration, "line")
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        for name, text in (("passphrase", b"correct horse battery staple\n"), ("pin", soft_token.PIN)):
            (self.home / name).write_bytes(text)
            (self.home / name).chmod(0o600)
        self.secret = ("--passphrase-file", self.home / "passphrase")
        self.token = ("--pin-file", self.home / "pin", "--pkcs11-module", soft_token.MODULE)
        run("edgekeep-publisher", "release", "keys", "olga", "-o", self.home / "olga", *self.secret, *CHEAP)
        run("edgekeep-publisher", "log", "init", self.home / "journal", "--origin", "factory.example/line-1", *self.secret, *CHEAP)
        run("edgekeep-publisher", "factory", "ca", "init", self.home / "ca", "--name", "Acme factory", "--token", URI, *self.token)
        run("edgekeep-publisher", "factory", "order", "--product", "acme/camera", "--units", 2, "--station", "factory.example/line-1", "--hardware",
            "1.3.6.1.4.1.99999.1", "--keys", self.home / "olga", "-o", self.home / "order", *self.secret)
        self.device = Device(self.home, self.home / "maker")
        self.addCleanup(self.device.end)
        self.owner = ("--owner", self.home / "olga/olga.holder.json")
        self.beliefs = ("--stations", self.home / "journal/keys/key.policy", "--ca", self.home / "ca/ca.pem")

    def start_station(self, devices: int) -> subprocess.Popen[str]:
        ready, write_end = os.pipe()
        station = subprocess.Popen(
            [BINARIES / "edgekeep-publisher", "factory", "serve", "--order", self.home / "order/order.ekpo", *self.owner,
             "--tickets", self.home / "order/station-1.tickets", "--journal", self.home / "journal", "--ca", self.home / "ca",
             "--makers", self.home / "maker/maker.pem", "--listen", "127.0.0.1:0", "--devices", str(devices), "--ready-fd",
             str(write_end), *self.secret, *self.token, "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, pass_fds=(write_end,))
        os.close(write_end)
        with os.fdopen(ready) as lines:
            self.address = lines.readline().strip()
        self.assertTrue(self.address, "the station does not listen")
        self.addCleanup(station.stdout.close)  # type: ignore[union-attr]
        self.addCleanup(station.kill)
        return station

    def station_socket(self) -> socket.socket:
        host, port = self.address.rsplit(":", 1)
        connection = socket.create_connection((host, int(port)), timeout=60)
        self.addCleanup(connection.close)
        return connection

    def forward(self, keep_back: bool) -> tuple[threading.Thread, list[bytes], str]:
        """Carries one conversation, and remembers it; the identity may be kept back."""
        listener, heard = socket.create_server(("127.0.0.1", 0)), []

        def carry() -> None:
            device, station = listener.accept()[0], self.station_socket()
            for step in range(2):
                for source, target in ((device, station), (station, device)):
                    heard.append(receive(source))
                    if not (keep_back and step == 1 and source is station):
                        target.sendall(heard[-1])
            device.close()
            listener.close()

        thread = threading.Thread(target=carry)
        thread.start()
        return thread, heard, f"127.0.0.1:{listener.getsockname()[1]}"

    def check_that_somebodys_chips_are_believed(self) -> None:
        (self.home / "nobody").mkdir()
        order = ("--order", self.home / "order/order.ekpo", *self.owner, "--tickets", self.home / "order/station-1.tickets")
        done = run("edgekeep-publisher", "factory", "serve", *order, "--journal", self.home / "journal", "--ca", self.home / "ca",
                   "--makers", self.home / "nobody", "--listen", "127.0.0.1:0", *self.secret, *self.token, expect=1)
        self.assertIn("*.pem", str(done["error"]))

    def test_goes_on_after_losses_on_either_side_and_believes_no_recording(self) -> None:
        self.check_that_somebodys_chips_are_believed()
        station = self.start_station(9)
        thread, heard, place = self.forward(keep_back=True)
        lost = self.device.ask("device", "provision", "--station", place, expect=1)
        thread.join()
        self.assertEqual(lost["error"]["code"], "peer-gone")  # type: ignore[index]
        station.send_signal(signal.SIGKILL)
        station.wait(60)
        self.device.ask("device", "identity", "-o", self.home / "none", expect=1)

        # Knocking, and what is refused, takes no device's place in the tray.
        station = self.start_station(1)
        knocking = self.station_socket()
        knocking.shutdown(socket.SHUT_WR)
        self.assertEqual(receive(knocking), b"")
        # What was said before is no answer to this challenge.
        connection = self.station_socket()
        connection.sendall(heard[0])
        self.assertIn(b"challenge", receive(connection))
        connection.sendall(heard[2])
        self.assertIn(b"untrusted", receive(connection))
        given = self.device.ask("device", "provision", "--station", self.address)
        self.assertEqual((given["ticket"], given["had_one"]), (0, False))
        sheet = json.loads(station.communicate(timeout=60)[0])
        self.assertEqual((sheet["provisioned"], sheet["refused"], sheet["tickets_left"]), (1, 2, 1))
        self.assertTrue(sheet["devices"][2]["known_before"])

        self.device.kill_keep()
        self.device.ask("device", "identity", "-o", self.home / "d.eki")
        self.assertTrue(self.device.ask("device", "provision", "--station", "unix:/nowhere")["had_one"])
        found = run("edgekeep-publisher", "factory", "reconcile", "--order", self.home / "order/order.ekpo", *self.owner,
                    *self.beliefs, self.home / "journal", "--identity", self.home / "d.eki", "--list", self.home / "list",
                    "--keys", self.home / "olga", *self.secret)
        self.assertEqual((found["accepted"], found["refused"], found["missing"], found["problems"]), (1, 0, 1, []))
        taken = run("edgekeep-publisher", "factory", "verify", self.home / "d.eki", "--list", self.home / "list", *self.owner,
                    *self.beliefs, "--certificate", self.home / "d.pem")
        self.assertEqual(taken["device"], given["device"])
        self.check_certificate(str(given["device"]))
        self.check_that_all_verifiers_ask_the_list(str(given["device"]))
        self.check_that_an_owners_server_knows_it(str(given["device"]))
        self.check_that_its_key_is_made_anew(str(given["device"]))
        self.check_that_it_is_freed_from_its_owner(str(given["device"]))
        self.check_that_no_list_forgets_its_end(str(given["device"]))

    def check_that_an_owners_server_knows_it(self, device: str) -> None:
        """First by the factory's certificate, then by the owner's own; the keys of both are in the chip."""
        owner, factory = est_server.Authority("Owner"), (self.home / "ca/ca.pem").read_bytes()
        (self.home / "owner.pem").write_bytes(owner.pem())
        server = est_server.EstServer(owner, self.home, believes=(owner.pem(), factory))
        self.addCleanup(server.end)
        server.sign = server.renew  # for whoever shows a certificate of that subject's serial number
        here = ("--est", server.url, "--ca", self.home / "owner.pem")
        self.assertIn("status 401", str(self.device.ask("device", "enrol", *here, expect=1)))
        self.device.ask("device", "enrol", *here, "--by-factory")
        self.assertEqual(server.shown, [None, ssl.PEM_cert_to_DER_cert((self.home / "d.pem").read_text())])
        self.assertEqual(server.names[-1], device)
        self.device.ask("device", "renew-credentials", "--force", *here)
        self.assertEqual(server.names[-1], device)
        self.assertNotIn(server.shown[-1], server.shown[:-1])

    def listed(self, name: str) -> tuple[object, ...]:
        return ("--identity", self.home / "d.eki", "--list", self.home / name, *self.owner, *self.beliefs)

    def refused(self, code: str, *command: object) -> None:
        done = run("edgekeep-publisher", *command, expect=1)
        self.assertEqual(done["error"]["code"], code, command)  # type: ignore[index]

    def check_that_all_verifiers_ask_the_list(self, device: str) -> None:
        """Enrolment, attestation and licences, by the list that takes the identity and by the one after its station gave it up."""
        publisher, h = ("--publisher", self.home / "acme", *self.secret), self.home
        run("edgekeep-publisher", "publisher", "init", h / "acme", "--name", "acme", *self.secret, *CHEAP)
        shutil.copytree(h / "acme", h / "licensor")
        self.givers = Givers(h, self.secret, MODEL)
        self.device.ask("device", "init", "--trust", h / "acme/publisher.ekt", *self.givers.under)
        self.device.ask("device", "show", "--request", "-o", h / "d.ekd")
        self.device.ask("device", "show", "--attestation-keys", "-o", h / "d.ekk")
        stranger = Stranger(h / "stranger", h)
        self.addCleanup(stranger.end)
        stranger.ask("device", "init", "--trust", h / "acme/publisher.ekt")
        stranger.ask("device", "show", "--request", "-o", h / "s.ekd")
        stranger.ask("device", "show", "--attestation-keys", "-o", h / "s.ekk")

        shutil.copytree(h / "journal", h / "kept")
        run("edgekeep-publisher", "factory", "void", device, "--journal", h / "journal", *self.secret)
        # Lists say to the second when they were made, and of one second none is older.
        eventually(lambda: int(time.time()) > int((h / "list").stat().st_mtime))
        found = run("edgekeep-publisher", "factory", "reconcile", "--order", h / "order/order.ekpo", *self.owner, *self.beliefs,
                    h / "journal", "--retired-chips", h / "list", "--list", h / "after", "--keys", h / "olga", *self.secret)
        self.assertEqual((found["accepted"], found["refused"], found["voided"], found["problems"]), (0, 1, 1, []))
        self.assertEqual(found["retired_chips"], 0)

        def enrol(step: str, *more: object) -> tuple[object, ...]:
            return ("attest", "enrol", step, *more, "--challenge", h / "d.secret")

        begin = enrol("begin", h / "d.ekk", "-o", h / "d.eka")
        self.refused("untrusted", *begin, *self.listed("after"))
        run("edgekeep-publisher", *begin, *self.listed("list"))
        self.device.ask("device", "attest", "--activation", h / "d.eka", "-o", h / "d.answer")
        finish = enrol("finish", h / "d.answer", "--keys", h / "d.ekk", "-o", h / "d.eke")
        self.refused("untrusted", *finish, *self.listed("after"))
        run("edgekeep-publisher", *finish, *self.listed("list"))
        run("edgekeep-publisher", "attest", "challenge", "-o", h / "d.ekc")
        self.device.ask("device", "attest", "--challenge", h / "d.ekc", "-o", h / "d.ekv")
        verify = ("attest", "verify", h / "d.ekv", "--challenge", h / "d.ekc", "--enrolment", h / "d.eke")
        run("edgekeep-publisher", *verify)
        run("edgekeep-publisher", *verify, *self.listed("list"))
        self.refused("untrusted", *verify, *self.listed("after"))

        def licence(request: str) -> tuple[object, ...]:
            return ("licence", "issue", "--device", h / request, "--product", "acme/lens", "--days", 9, "-o", h / "d.lic", *publisher)

        self.refused("untrusted", *licence("d.ekd"), *self.listed("after"))
        self.refused("wrong-device", *licence("s.ekd"), *self.listed("list"))
        self.assertFalse((h / "d.lic").exists())
        run("edgekeep-publisher", *licence("d.ekd"), *self.listed("list"))
        self.check_that_a_demanded_list_is_asked(begin, verify, licence)

    def check_that_a_demanded_list_is_asked(self, begin: tuple[object, ...], verify: tuple[object, ...], licence: object) -> None:
        """Whoever asks for nothing is refused, and an older list comes back no more. Control: before, nothing was asked."""
        h, in_acme, own = self.home, ("--publisher", self.home / "acme"), ("--identity", self.home / "d.eki")
        demand = ("publisher", "demand-identities", *self.owner, *self.beliefs, *in_acme, "--list")
        run("edgekeep-publisher", *verify, *in_acme)
        run("edgekeep-publisher", *demand, h / "list")
        for command in (verify, (*begin, "--endorsement", "0" * 64)):
            self.refused("forbidden", *command, *in_acme)
        stranger = ("attest", "enrol", "begin", h / "s.ekk", "--challenge", h / "s.secret", "-o", h / "s.eka")
        self.refused("forbidden", *stranger, *in_acme)
        self.refused("not-found", *stranger, "--publisher", h / "acmee")  # which would demand nothing
        asked = run("edgekeep-publisher", *stranger)  # control: a device without a chip, where nobody demands anything
        self.assertEqual((asked["factory_list"], asked["demands_looked_for_in"]), ("none", os.getcwd()))
        self.refused("forbidden", *licence("d.ekd"))  # type: ignore[operator]
        self.refused("bad-argument", *verify, *in_acme, *self.listed("after"))
        self.refused("bad-argument", *verify, *own)
        self.assertEqual(run("edgekeep-publisher", *verify, *in_acme, *own)["factory_list"], "demanded")
        self.refused("wrong-device", *licence("s.ekd"), *own)  # type: ignore[operator]
        run("edgekeep-publisher", *demand, h / "after")
        self.refused("untrusted", *verify, *in_acme, *own)
        self.refused("wrong-version", *demand, h / "list")
        self.assertTrue(run("edgekeep-publisher", "publisher", "show", *in_acme)["identities_demanded"])

    def check_that_no_list_forgets_its_end(self, device: str) -> None:
        """By the journal of before its station gave it up: else it would be refused for that."""
        h, in_acme, own = self.home, ("--publisher", self.home / "acme"), ("--identity", self.home / "d.eki")
        self.device.ask("device", "retire", self.givers.given("retire", "retire", "--device", device, sequence=2),
                        "--certificate", h / "d.ekx")

        def lists(name: str, *more: object) -> dict[str, object]:
            eventually(lambda: int(time.time()) > int(max(path.stat().st_mtime for path in (h / "after", *h.glob("*.ekil")))))
            return run("edgekeep-publisher", "factory", "reconcile", "--order", h / "order/order.ekpo", *self.owner, *self.beliefs,
                       h / "kept", *more, "--list", h / name, "--keys", h / "olga", *self.secret)

        self.assertEqual(lists("shown.ekil", "--retired", h / "d.ekx")["retired"], 1)
        self.assertEqual(lists("before.ekil", "--before", h / "shown.ekil")["retired"], 1, "nobody shows the certificate again")
        forgets = lists("forgets.ekil")
        self.assertEqual((forgets["accepted"], forgets["retired"]), (1, 0), "control: neither shown nor known")
        verify = ("attest", "verify", h / "d.ekv", "--challenge", h / "d.ekc", "--enrolment", h / "d.eke")
        run("edgekeep-publisher", *verify, *self.listed("forgets.ekil"))
        self.refused("forbidden", *verify, *self.listed("before.ekil"))
        demand = ("publisher", "demand-identities", *self.owner, *self.beliefs, *in_acme, "--list")
        run("edgekeep-publisher", *demand, h / "shown.ekil")
        self.refused("forbidden", *verify, *in_acme, *own)
        self.refused("wrong-version", *demand, h / "forgets.ekil")
        run("edgekeep-publisher", *demand, h / "before.ekil")  # control: one that remembers

    def check_certificate(self, device: str) -> None:
        """As another library reads it."""
        def certtool(*arguments: object) -> str:
            return subprocess.run(["certtool", *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60).stdout

        verdict = certtool("--verify", "--load-ca-certificate", self.home / "ca/ca.pem", "--infile", self.home / "d.pem")
        self.assertIn("The certificate is trusted", verdict)
        shown = certtool("-i", "--infile", self.home / "d.pem")
        for part in ("Not After: Fri Dec 31 23:59:59 UTC 9999", f"serialNumber={device}", "1.3.6.1.5.5.7.8.4", "Digital signature",
                     "Certificate Authority (CA): FALSE"):
            self.assertIn(part, shown)


if __name__ == "__main__":
    unittest.main()
