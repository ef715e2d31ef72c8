"""As whom PostgreSQL runs, which refuses to run as root and knows its users by name.

An ordinary user runs it as himself. Root gives up his rights for it, and where that cannot be (no CAP_SETUID,
or a folder on the way that only root may pass) runs it in a user namespace: inside it is nobody, outside the
files stay root's, and no mode or owner on the machine is changed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goqueue_cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Identity:
    """How to run a program as one user.

    prefix: words to put before the program's own.
    user, group: what subprocess is to switch to; None stays who we are.
    owner: the user id, as seen from here, whose files the program can work on.
    """

    owner: int
    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    @property
    def extra_groups(self) -> list[int] | None:
        """The supplementary groups for subprocess: none for another user, our own otherwise."""
        return None if self.user is None else []

    def take_over(self, path: Path) -> None:
        """Give a file, or a folder with all that is in it, to this identity. Raises CommandError."""
        if path.lstat().st_uid == self.owner:
            return
        try:
            for folder, _, files in os.walk(path):
                os.chown(folder, self.owner, -1)
                for name in files:
                    os.chown(Path(folder, name), self.owner, -1, follow_symlinks=False)
            os.chown(path, self.owner, -1, follow_symlinks=False)
        except PermissionError as error:
            raise CommandError(
                f"{path} belongs to user id {path.lstat().st_uid}: run as that user, or use another folder"
            ) from error


def find_identity(program: Path, folder: Path) -> Identity:
    """As whom a server that refuses root can run the program on data in the folder. Raises CommandError."""
    us = os.geteuid()
    if us != 0 and _has_name(us):
        return Identity(owner=us)
    if us == 0:
        for identity in _candidates_for_setuid():
            if _can_reach(identity, program, folder):
                return identity
    namespaced = _in_user_namespace()
    if namespaced is not None:
        return namespaced
    raise CommandError(
        f"PostgreSQL cannot run as user id {us} here (neither another user nor a user namespace can be had): "
        "start as an ordinary user, or set DATABASE_URL"
    )


def _candidates_for_setuid() -> list[Identity]:
    users = [pwd.getpwnam(name) for name in ("postgres", "nobody") if _has_entry(name)]
    return [Identity(owner=user.pw_uid, user=user.pw_uid, group=user.pw_gid) for user in users]


def _can_reach(identity: Identity, program: Path, folder: Path) -> bool:
    return _succeeds([program, "--version"], identity) and _succeeds(["test", "-x", folder], identity)


def _in_user_namespace() -> Identity | None:
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    prefix = (unshare, "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}")
    identity = Identity(owner=os.geteuid(), prefix=prefix)
    return identity if _succeeds(["true"], identity) else None


def _succeeds(argv: Sequence[str | Path], identity: Identity) -> bool:
    try:
        done = subprocess.run(
            [*identity.prefix, *argv],
            cwd="/",  # the folder we are in may be closed to that user
            capture_output=True,
            check=False,
            user=identity.user,
            group=identity.group,
            extra_groups=identity.extra_groups,
        )
    except OSError:
        return False  # no right to switch, or no way to the program
    return done.returncode == 0


def _has_entry(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _has_name(user: int) -> bool:
    """initdb looks its user up, and gives up when there is no entry (containers with a made-up user id)."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True
