"""Nouns: an API is what the files of its folder serve, one for each noun of a URL."""

from dataclasses import replace
from importlib import import_module
from pkgutil import walk_packages

from api.http import Routes


def gather(package: str, name: str = "routes") -> Routes:
    """Return what the modules of an API's folder have under the name; each route tells its module.

    No two of them serve the same method of the same path.
    """
    gathered = Routes()
    folder = import_module(package)
    for found in walk_packages(folder.__path__, f"{package}."):
        routes = getattr(import_module(found.name), name, None)
        if isinstance(routes, Routes):
            known = len(gathered.declared)
            for route in routes.declared:
                gathered.add(replace(route, module=found.name))
            if len(gathered.declared) != known + len(routes.declared):
                raise ValueError(f"{found.name} serves what another file serves")
    return gathered
