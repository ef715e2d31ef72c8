"""Run inside an image by its tests: says, in JSON, who runs there, which version it is, and what cannot be imported.

Words: our packages; all modules of each are imported but for entry points.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pkgutil
import sys
from importlib.metadata import version

NOT_EVERYWHERE = ("flask", "sqlalchemy", "PIL", "requests")


def missing(package: str) -> dict[str, str]:
    """The modules of a package that cannot be imported, and what they miss."""
    imported = importlib.import_module(package)
    found = {}
    for module in pkgutil.walk_packages(imported.__path__, f"{package}."):
        if module.name.endswith(".__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            found[module.name] = str(error.name)
    return found


def main() -> None:
    """Print one line."""
    report = {
        "user": [os.getuid(), os.getgid()],
        "version": version("goqueue"),
        "missing": {name: what for package in sys.argv[1:] for name, what in missing(package).items()},
        "has": [name for name in NOT_EVERYWHERE if importlib.util.find_spec(name)],
    }
    print(json.dumps(report))  # noqa: T201 - its caller reads it


main()
