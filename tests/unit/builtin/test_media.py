"""Files of jobs stay below the media root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from goqueue_builtin.media import Media
from goqueue_worker import Discard


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "media"
    (root / "in").mkdir(parents=True)
    (root / "in" / "a.txt").write_text("hello")
    (root / "out").symlink_to(tmp_path)
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "circle").symlink_to("circle")
    os.mkfifo(root / "pipe")
    return root


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../secret", "leads outside"),
        ("in/../../secret", "leads outside"),
        ("out/secret", "leads outside"),
        ("link", "leads outside"),
        (".", "leads outside"),
        ("/etc/passwd", "must be relative"),
        ("in/a.txt\x00.png", "must be relative"),
        ("in/none", "there is no such file"),
        ("in", "there is no such file"),
        ("circle", "symbolic link to itself|there is no such file"),
        ("circle/a", "symbolic link to itself|there is no such file"),
        ("x" * 256, "a part of more than 255 bytes"),
        ("in/" + "é" * 128 + "/a", "a part of more than 255 bytes"),
        ("pipe", "there is no such file"),
        ("in/a.txt/b", "there is no such file"),
    ],
)
def test_reading_refuses(root: Path, name: str, says: str) -> None:
    with pytest.raises(Discard, match=says):
        Media(root).read(name, max_bytes=100)


@pytest.mark.parametrize("name", ["../new", "out/new", "/new", "in", "in/a.txt/new", "in/a.txt/new/deep", "x" * 256])
def test_writing_refuses(root: Path, name: str) -> None:
    with pytest.raises(Discard):
        Media(root).write(name, b"x")
    assert not (root.parent / "new").exists()


def test_a_file_is_read_and_one_that_is_too_large_is_not(root: Path) -> None:
    assert Media(root).read("in/a.txt", max_bytes=5) == b"hello"
    with pytest.raises(Discard, match="larger than 4 bytes"):
        Media(root).read("in/a.txt", max_bytes=4)


def test_longest_name_can_be_written(root: Path) -> None:
    Media(root).write("é" * 127, b"x")
    assert (root / ("é" * 127)).read_bytes() == b"x"


def test_writing_through_a_link_within_the_folder_is_fine(root: Path) -> None:
    (root / "alias").symlink_to("in")
    Media(root).write("alias/a.txt", b"new")
    assert (root / "in" / "a.txt").read_bytes() == b"new"


def test_writing_makes_folders_and_replaces_as_a_whole(root: Path) -> None:
    media = Media(root)
    media.write("new/deep/b.txt", b"one")
    media.write("new/deep/b.txt", b"two")
    assert [path.name for path in (root / "new" / "deep").iterdir()] == ["b.txt"]
    assert (root / "new" / "deep" / "b.txt").read_bytes() == b"two"


@pytest.mark.parametrize(
    ("root_is", "says"), [(None, "set GOQUEUE_MEDIA_ROOT to one"), (Path("/nowhere/at/all"), "is no folder")]
)
def test_without_a_folder_nothing_is_read(root_is: Path | None, says: str) -> None:
    with pytest.raises(Discard, match=says):
        Media(root_is).read("a", max_bytes=1)
