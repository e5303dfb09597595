"""A sealed model and its bill of materials in a proposal: what reviewers see of them, and what does not pass."""
from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import onnx
from onnx import TensorProto, helper

from people import BINARIES, People, Refused


def make_model(path: pathlib.Path, width: int, name: str = "x") -> None:
    x = helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, width])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, width])
    graph = helper.make_graph([helper.make_node("Relu", [name], ["y"])], "g", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, str(path))


def make_bill(path: pathlib.Path, *components: tuple[str, str]) -> None:
    listed = [{"type": "library", "name": name, "version": version} for name, version in components]
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": listed}))


class ProposedModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory(prefix="ek-model-")
        home = cls.home = pathlib.Path(cls.directory.name)
        cls.people = People(home)
        cls.people.init_root(home / "ceremony", "alice", "bob", "carol")
        cls.people.finish_root(home / "ceremony", cls.people.root)
        for name in ("acme", "stranger"):
            cls.program("publisher", "init", home / name, "--name", "acme")
        cls.files = home / "files"
        cls.files.mkdir()
        cls.model = home / "model.onnx"
        make_model(cls.model, 4)
        cls.seal(cls.files, cls.model, 1)
        make_bill(cls.files / "bom.json", ("zlib", "1.3"), ("onnx", "1.12"))
        cls.first = home / "first"
        cls.propose(cls.first, cls.files, cls.model, 1)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.directory.cleanup()

    @classmethod
    def program(cls, *arguments: object) -> None:
        command = [BINARIES / "edgekeep-publisher", *arguments, "--passphrase-file", cls.people.passphrase]
        subprocess.run(list(map(str, command)), capture_output=True, timeout=120, check=True)

    @classmethod
    def seal(cls, files: pathlib.Path, model: pathlib.Path, sequence: int) -> None:
        of = ("--publisher", cls.home / "acme", "--product", "acme/label-ocr")
        cls.program("seal", model, *of, "--version-sequence", sequence, "--version", f"1.{sequence}", "-o",
                    files / "ocr.eks")
        cls.program("grant", files / "ocr.eks", "--publisher", cls.home / "acme", "-o", files / "ocr.ekg")

    @classmethod
    def propose(cls, folder: pathlib.Path, files: pathlib.Path, model: pathlib.Path, sequence: int) -> None:
        cls.people.propose(folder, "erin", sequence, *sorted(files.iterdir()),
                           more=("--model", model, "--sbom", files / "bom.json"))

    def review(self, folder: pathlib.Path, files: pathlib.Path, *more: object) -> dict[str, object]:
        return self.people.run("review", folder, *self.people.means(files), *more)

    def trust(self, name: str = "acme") -> tuple[object, ...]:
        return ("--trust", self.home / name / "publisher.ekt")

    def test_reviewers_see_what_kind_of_files_there_are_and_verify_them(self) -> None:
        review = self.review(self.first, self.files, *self.trust(), "--model", self.model)
        kinds = {file["target"].rsplit("/")[-1]: file["kind"] for file in review["files"]}
        self.assertEqual(kinds, {"bom.json": "sbom", "ocr.eks": "sealed-file", "ocr.ekg": "grant"})
        manifest = json.loads((self.first / "release.json").read_text())
        self.assertEqual(manifest["components"], ["onnx 1.12", "zlib 1.3"])
        self.assertEqual(manifest["interface"], {"inputs": ["x: float32 [1, 4]"], "outputs": ["y: float32 [1, 4]"]})

    def test_what_nobody_can_see_is_told_as_the_authors_word(self) -> None:
        def facts(*more: object) -> dict[str, object]:
            return {fact["text"]: fact["seen_in"] for fact in self.review(self.first, self.files, *more)["facts"]}

        self.assertEqual(facts("--model", self.model), {
            "x: float32 [1, 4]": "your model", "y: float32 [1, 4]": "your model", "onnx 1.12": "bom.json",
            "zlib 1.3": "bom.json"})
        self.assertEqual(facts()["x: float32 [1, 4]"], None)
        command = [BINARIES / "edgekeep-publisher", "release", "review", self.first, *self.people.means(self.files)]
        said = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=True).stdout
        self.assertIn("\n  the author says: input x: float32 [1, 4]\n", said)
        self.assertIn("\n  component zlib 1.3 (as bom.json has it)\n", said)
        self.assertIn("ocr.eks calls its version 1.1, the release 1\n", said)

    def test_nobodys_text_makes_lines_of_a_review(self) -> None:
        """A bill and a model's names are others' words: each stays in its own line."""
        forged = "\u2028Approvals: 2 of 2 needed: alice signed, bob signed\u202e"
        files = self.home / "forging"
        shutil.copytree(self.files, files)
        make_bill(files / "bom.json", (forged, forged))
        model = self.home / "forging.onnx"
        make_model(model, 4, forged)
        folder = self.home / "forged"
        self.propose(folder, files, model, 1)
        # Neither the log's texts nor manifests have control characters.
        with self.assertRaises(Refused):
            self.people.run("reject", folder, *self.people.means(files), "--reason", "no\nApprovals: 2 of 2",
                            *self.people.as_holder("alice"))
        make_model(model, 4, "x\nApprovals: 2 of 2")
        with self.assertRaises(Refused):
            self.propose(self.home / "with-line-end", files, model, 1)
        command = [BINARIES / "edgekeep-publisher", "release", "review", folder, *self.people.means(files)]
        said = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=True).stdout
        self.assertEqual([line for line in said.split("\n") if line.startswith("Approvals: ")],
                         ["Approvals: 0 of 2 needed: alice not yet, bob not yet, carol not yet, dave not yet"])
        self.assertEqual(said.count("???Approvals: 2 of 2"), 3)
        self.assertNotIn("\u2028", said)
        self.assertNotIn("\u202e", said)

    def test_a_sealed_files_name_makes_no_line_of_inspect(self) -> None:
        line = "  verified    yes"
        forged = self.home / f"ocr\n{line}\n\u202e.eks"
        self.assertIn(line, str(forged).splitlines())  # control
        shutil.copy(self.files / "ocr.eks", forged)
        command = [BINARIES / "edgekeep-publisher", "inspect", forged]
        said = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=True).stdout
        self.assertIn(f"ocr?{line}????.eks: sealed file", said)
        self.assertNotIn(line, said.splitlines())

    def test_a_sealed_file_that_another_publisher_signed_does_not_pass(self) -> None:
        with self.assertRaises(Refused):
            self.review(self.first, self.files, *self.trust("stranger"))
        self.review(self.first, self.files, *self.trust())
        # Without a trust bundle nobody could tell, and the program says so.
        self.review(self.first, self.files)

    def test_a_sealed_file_that_was_changed_does_not_pass(self) -> None:
        files = self.home / "changed"
        shutil.copytree(self.files, files)
        sealed = bytearray((files / "ocr.eks").read_bytes())
        sealed[-1] ^= 1
        (files / "ocr.eks").write_bytes(sealed)
        with self.assertRaises(Refused):
            self.review(self.first, files, *self.trust())

    def test_an_author_who_states_another_interface_is_found_by_who_has_the_model(self) -> None:
        other = self.home / "other.onnx"
        make_model(other, 5)
        with self.assertRaises(Refused) as refused:
            self.review(self.first, self.files, "--model", other)
        self.assertIn("other inputs or outputs", str(refused.exception))

    def test_a_bill_that_is_none_of_the_files_is_refused(self) -> None:
        make_bill(self.home / "elsewhere.json", ("zlib", "1.3"))
        with self.assertRaises(Refused) as refused:
            self.people.propose(self.home / "refused", "erin", 1, self.files / "ocr.eks",
                                more=("--sbom", self.home / "elsewhere.json"))
        self.assertIn("none of the release's files", str(refused.exception))

    def test_the_next_release_is_compared_with_this_one(self) -> None:
        self.addCleanup(setattr, self.people, "repository", self.people.repository)
        repository = self.home / "repository-of-two"
        shutil.copytree(self.people.repository, repository)
        self.people.repository = repository
        for name in ("alice", "bob"):
            self.people.approve(self.first, self.files, name)
        self.people.publish(self.first, self.files)
        files, model = self.home / "next-files", self.home / "next.onnx"
        files.mkdir()
        make_model(model, 6)
        self.seal(files, model, 3)
        make_bill(files / "bom.json", ("zlib", "1.4"), ("onnx", "1.12"))
        self.propose(self.home / "second", files, model, 3)
        said = " | ".join(self.review(self.home / "second", files, *self.trust())["differences"])
        for part in ("skips", "x: float32 [1, 4]", "x: float32 [1, 6]", "zlib 1.3", "zlib 1.4"):
            self.assertIn(part, said)
        self.assertNotIn("onnx", said)


if __name__ == "__main__":
    unittest.main()
