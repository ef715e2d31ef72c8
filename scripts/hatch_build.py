"""Puts the built dashboard into wheels; hatchling runs it, see pyproject.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "dashboard-vue/dist"


class DashboardHook(BuildHookInterface[Any]):
    """A wheel without the dashboard is refused; an editable installation finds it in the checkout, whenever it is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the build."""
        if version == "editable":
            return
        if not (Path(self.root) / BUILT / "index.html.gz").is_file():
            raise FileNotFoundError(f"{BUILT} has no build of the dashboard, which belongs into the wheel: make dashboard")
        for path in (Path(self.root) / BUILT).iterdir():
            if not path.name.startswith("."):  # Vite's manifest, which only the check of sizes reads
                build_data["force_include"][f"{BUILT}/{path.name}"] = f"goqueue_api/dashboard/site/{path.name}"
