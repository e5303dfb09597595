"""Writes a repository of usual size by python-tuf: write_repository.py DIRECTORY

Three of five people sign its root, two of three its targets; a hundred targets and twenty delegated roles.
"""
import pathlib
import sys

from repository import Repository
from securesystemslib.signer import CryptoSigner


def main(directory: pathlib.Path) -> None:
    repository = Repository()
    for role, total, threshold in (("root", 5, 3), ("targets", 3, 2)):
        while len(repository.signers[role]) < total:
            signer = CryptoSigner.generate_ecdsa()
            repository.signers[role].append(signer)
            repository.signed["root"].add_key(signer.public_key, role)
        repository.signed["root"].roles[role].threshold = threshold
    for i in range(20):
        repository.delegate("targets", f"team-{i}", [f"team-{i}/*"])
    for i in range(100):
        repository.add_target(f"model-{i}.eks", b"content %d" % i)
    repository.signed["root"].version = 1
    repository.published.discard("root")
    repository.publish("root")
    repository.publish_all()
    for name, data in repository.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
