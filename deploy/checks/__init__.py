"""Static checks of this project's own, beside those of ruff, mypy and import-linter."""
