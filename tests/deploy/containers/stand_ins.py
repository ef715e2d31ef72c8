"""All images that docker-compose.yml names, in an engine: ours, and stand-ins for PostgreSQL's, Redis's and nginx's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.deploy.containers.engine import TOOLS, Engine
from tests.deploy.containers.image_archive import write_archive

if TYPE_CHECKING:
    from tests.deploy.image_builds import Images

SERVERS: Final = TOOLS / "servers"
_OURS: Final = ("api", "worker", "scheduler", "migrate")
_STAND_INS: Final = {
    "postgres": "postgres:15",
    "redis": "redis:7-alpine",
    "nginx": "nginx-stand-in",
    "node": "node-stand-in",
}
_FOLDER: Final = Path(__file__).with_name("stand_ins")


def load_images(images: Images, engine: Engine, folder: Path) -> None:
    """Bring what was built into the engine, which builds the rest. folder: for an archive, which is removed again."""
    archive = folder / "images.tar"
    with archive.open("wb") as sink:
        write_archive(images.storage, [images.base, *(f"localhost/goqueue-{target}" for target in _OURS)], sink)
    engine.docker("load", "--quiet", "--input", str(archive))
    archive.unlink()
    build(engine, "servers", str(SERVERS), "--file", str(_FOLDER / "servers.Dockerfile"))
    for target, name in _STAND_INS.items():
        build(engine, name, str(_FOLDER), "--target", target)
    made_of = ("--build-arg", "BUILD_IMAGE=node-stand-in", "--build-arg", "BASE_IMAGE=nginx-stand-in")
    build(engine, "goqueue-dashboard", "dashboard-vue", *made_of)


def build(engine: Engine, name: str, folder: str, *options: str) -> None:
    """Have the engine build an image of what is in a folder; it reaches no network."""
    engine.docker("build", "--quiet", "--tag", name, *options, folder)
