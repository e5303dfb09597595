"""Every `edgekeep …` that a document shows is a command that there is, with options that it has.

What is read: fenced blocks and code spans of README.md, the guides and the examples. Asked: the programs' own help.
"""
import functools
import os
import pathlib
import re
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(os.environ["EDGEKEEP_SOURCE"])
PROGRAMS = pathlib.Path(os.environ["EDGEKEEP_BINARIES"])
DOCUMENTS = [SOURCE / "README.md", *sorted(SOURCE.glob("docs/guides/*.md")), *sorted(SOURCE.glob("examples/*/README.md"))]


@functools.cache
def help_of(words, program="edgekeep"):
    """What `PROGRAM WORDS… --help` says; nothing where it is not that command's own help."""
    done = subprocess.run([PROGRAMS / program, *words, "--help"], capture_output=True, text=True, check=False)
    usage = re.search(r"^Usage: edgekeep(.*)", done.stdout, re.MULTILINE)
    of_it = usage and re.split(r"[\[A-Z]", usage[1])[0].split() == list(words)
    return done.stdout if done.returncode == 0 and of_it else ""


def subcommands_in(text):
    listed = text.partition("\nSubcommands:\n")[2].split("\n\n")[0]
    return set(re.findall(r"^  ([a-z][a-z-]*)", listed, re.MULTILINE))


def options_in(text):
    return set(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", text))


def code_of(document):
    """Lines of blocks, those that end in \\ joined, and spans of text outside of them."""
    text = document.read_text(encoding="utf-8")
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from re.sub(r"\\\n", " ", block).splitlines()
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`(edgekeep [^`]+)`", outside)


def commands_in(line):
    line = re.sub(r"(^|\s)#.*", "", line)
    for command in re.split(r"[;&]+|\|(?=\s)|\$\(", line):
        words = re.sub(r"[\[\]()…]", " ", command).split()
        if words and words[0] in ("edgekeep", "edgekeep-publisher"):
            yield words[1 : words.index("--") if "--" in words else None]


def what_is_wrong_with(words):
    """One command line of a document; "begin|finish" are two."""
    while words[:1] == ["--root"]:
        words = words[2:]
    path = ()
    while words and re.fullmatch(r"[a-z][a-z-]*(\|[a-z-]+)*", words[0]) and has_subcommands(path):
        named = words[0].split("|")
        for name in named:
            if not help_of((*path, name)):
                return f"no such command: {' '.join([*path, name])}"
        path = (*path, named[0])
        words = words[1:]
    # Of the words that both programs have, the publisher's help as well.
    has = options_in(help_of(path) + help_of(path, "edgekeep-publisher") + help_of(()))
    for word in words:
        option = re.match(r"--?[A-Za-z][\w-]*", word)
        if option and option[0] not in has:
            return f"no such option of {' '.join(path)}: {option[0]}"
    return None


def has_subcommands(path):
    return not path or any(subcommands_in(help_of(path, of)) for of in ("edgekeep", "edgekeep-publisher"))


class Documents(unittest.TestCase):
    def test_show_commands_that_there_are(self):
        seen, wrong = 0, []
        for document in DOCUMENTS:
            for line in code_of(document):
                for words in commands_in(line):
                    seen += 1
                    complaint = what_is_wrong_with(words)
                    if complaint:
                        wrong.append(f"{document.relative_to(SOURCE)}: {complaint}: edgekeep {' '.join(words)}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))
        self.assertGreater(seen, 150, "the documents' commands are not found")

    def test_control_what_is_not_there_is_found(self):
        self.assertIsNone(what_is_wrong_with(["licence", "issue", "--device", "d.ekd"]))
        self.assertIsNone(what_is_wrong_with(["attest", "enrol", "begin|finish"]))
        self.assertIn("no such command", what_is_wrong_with(["licences", "issue"]))
        self.assertIn("no such command", what_is_wrong_with(["licence", "revoke"]))
        self.assertIn("no such option", what_is_wrong_with(["licence", "issue", "--devices", "d.ekd"]))

    def test_every_command_of_the_publisher_is_reached(self):
        publishers = subcommands_in(help_of((), "edgekeep-publisher"))
        self.assertIn("seal", publishers)
        for name in sorted(publishers):
            with self.subTest(name):
                self.assertTrue(help_of((name,)), "edgekeep does not pass it on")


if __name__ == "__main__":
    sys.exit(unittest.main())
