"""A project's topology as one SVG: a column for each pod, bridges across them.

From top to bottom: external networks, router copies, bridges, the project's networks with their
servers. What a copy has is drawn from the rows that say what was set in the pod.
"""

from dataclasses import dataclass, field
from html import escape
from typing import Any

Json = dict[str, Any]
WIDTH, GAP, LEFT = 360, 34, 22
ROUTER_HEIGHT, LINE = 58, 17
STYLE = """
svg.topology { font: 12px sans-serif; }
.topology text { paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; }
.topology .pod { fill: #f4f6f8; stroke: #c3ccd5; }
.topology .box { fill: #fff; stroke-width: 1.6; stroke: #5b6b7b; }
.topology .ACTIVE { stroke: #1b7f3b; } .topology .ERROR { stroke: #b3261e; fill: #fdecea; }
.topology .DOWN { stroke: #b7791f; stroke-dasharray: 4 3; }
.topology .missing { stroke: #b3261e; stroke-dasharray: 2 3; }
.topology .wire { fill: none; stroke: #5b6b7b; stroke-width: 1.4; }
.topology .bridge { stroke: #2b5fb3; stroke-width: 4; }
.topology .bridge.north-south { stroke: #8e4ec6; }
.topology .small { fill: #52606d; font-size: 11px; } .topology .title { font-weight: bold; }
"""


@dataclass
class _Column:
    """A pod's place: ``down`` is how far the networks below the bridges reach."""

    name: str
    x: int
    state: str = ""
    routers: list[Json] = field(default_factory=list)
    outside: list[Json] = field(default_factory=list)
    inside: list[Json] = field(default_factory=list)


def picture(topology: Json) -> str:
    """Return the SVG document; everything a user named is escaped."""
    return _Drawing(topology).svg()


class _Drawing:
    def __init__(self, topology: Json) -> None:
        self._topology = topology
        self._parts: list[str] = []
        self._lines: list[str] = []
        self._columns: dict[str, _Column] = {}
        self._spread()
        columns = self._columns.values()
        self._outside_y = 62
        self._router_y = self._outside_y + 62 * max(1, *(len(c.outside) for c in columns), 1)
        most = max((self._height(c) for c in columns), default=ROUTER_HEIGHT)
        self._bridge_y = self._router_y + most + 34
        self._inside_y = self._bridge_y + 44 * len(topology["bridges"]) + 14
        self._bottom = self._inside_y

    def svg(self) -> str:
        for column in self._columns.values():
            self._bottom = max(self._bottom, self._draw(column))
        self._draw_bridges()
        width = LEFT + len(self._columns) * (WIDTH + GAP)
        height = self._bottom + 26
        pods = [
            f'<rect class="pod" x="{c.x}" y="8" width="{WIDTH}" height="{height - 16}" rx="8"/>'
            + _label(c.x + 12, 30, c.name, "title")
            + _label(c.x + 12, 46, c.state, "small")
            for c in self._columns.values()
        ]
        # What comes later is drawn over what came before.
        inner = "".join([*pods, *self._lines, *self._parts])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="topology" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" role="img">'
            f"<style>{STYLE}</style>{inner}</svg>"
        )

    def _spread(self) -> None:
        for pod in self._topology["pods"]:
            self._column(pod["name"]).state = f"{pod['az']}, {pod['state']}"
        for network in self._topology["networks"]:
            column = self._column(network["pod"] or "no pod yet")
            (column.outside if network["external"] else column.inside).append(network)
        for router in self._topology["routers"]:
            for copy in router["copies"] or [{"pod": "no pod yet", "id": None, "routes": []}]:
                self._column(copy["pod"]).routers.append({**router, "copy": copy})

    def _column(self, name: str) -> _Column:
        x = LEFT + len(self._columns) * (WIDTH + GAP)
        return self._columns.setdefault(name, _Column(name, x))

    def _height(self, column: _Column) -> int:
        return sum(_router_height(router) + 12 for router in column.routers)

    def _draw(self, column: _Column) -> int:
        places: dict[str, tuple[int, int]] = {}
        for number, network in enumerate(column.outside):
            y = self._outside_y + 62 * number
            self._box(column, y, 44, network, network["name"], _cidrs(network))
            places[network["id"]] = (column.x + 60, y + 44)
        y = self._inside_y
        for network in column.inside:
            lines = [self._server(network, server) for server in network["servers"]]
            height = 44 + LINE * len(lines)
            self._box(column, y, height, network, network["name"], _cidrs(network), lines)
            places[network["id"]] = (column.x + WIDTH - 60, y)
            y += height + 14
        top = self._router_y
        for router in column.routers:
            height = _router_height(router)
            self._wires(column, router, top, height, places)
            self._router(column, router, top, height)
            top += height + 12
        return y

    def _router(self, column: _Column, router: Json, y: int, height: int) -> None:
        lines = [f"{r['destination']} via {r['nexthop']}" for r in router["copy"]["routes"]]
        state = dict(router, missing=not router["copy"]["id"])
        self._box(column, y, height, state, f"router {router['name']}", router["status"], lines)

    def _wires(
        self,
        column: _Column,
        router: Json,
        y: int,
        height: int,
        places: dict[str, tuple[int, int]],
    ) -> None:
        gateway = router["gateway"]
        if gateway and gateway["network_id"] in places:
            x, end = places[gateway["network_id"]]
            self._lines.append(_wire((x, end), (x, y)))
            self._parts.append(_label(x + 5, y - 5, ", ".join(gateway["addresses"]), "small"))
        for number, interface in enumerate(router["interfaces"]):
            if interface["network_id"] not in places:
                continue
            x, end = places[interface["network_id"]]
            x += 14 * number
            self._lines.append(_wire((x, y + height), (x, end)))
            told = ", ".join(interface["addresses"])
            self._parts.append(_label(x - 5, end - 5, told, "small", anchor="end"))

    def _draw_bridges(self) -> None:
        for number, bridge in enumerate(self._topology["bridges"]):
            y = self._bridge_y + 44 * number
            columns = [
                column
                for copy in bridge["copies"]
                if (column := self._columns.get(copy["pod"])) is not None
            ]
            if not columns:
                continue
            left = min(c.x for c in columns) + 14
            right = max(c.x for c in columns) + WIDTH - 84
            title = f"{bridge['kind']} bridge, VLAN {bridge['vlan']}, {bridge['cidr']}"
            self._lines.append(
                f'<line class="bridge {bridge["kind"]}" x1="{left}" y1="{y}" x2="{right}" '
                f'y2="{y}"/>'
            )
            self._parts.append(_label(left, y + 15, title, "small"))
            for place, column in enumerate(columns):
                self._stand(bridge, column, y, 120 + 46 * number, place)

    def _stand(self, bridge: Json, column: _Column, y: int, offset: int, place: int) -> None:
        """Draw how the router copies of a pod stand on the bridge."""
        x = column.x + offset
        end = self._router_y + max(self._height(column) - 12, 0)
        self._lines.append(_wire((x, end), (x, y)))
        mine = [
            a["address"]
            for a in bridge["addresses"]
            if a["use"] != "floatingip" and self._stands_in(a, column)
        ]
        self._parts.append(_label(x + 5, y - 6, ", ".join(mine), "small"))

    def _stands_in(self, address: Json, column: _Column) -> bool:
        return bool(address["pod"] == column.name)

    def _server(self, network: Json, server: Json) -> str:
        told = f"server {server['server_id'][:8]}  {', '.join(server['addresses'])}"
        public = [
            f"{f['floating_ip_address']} ({f['status']})"
            for f in self._topology["floatingips"]
            if f["port_id"] == server["port_id"]
        ]
        return f"{told}  \u2190 {', '.join(public)}" if public else told

    def _box(
        self,
        column: _Column,
        y: int,
        height: int,
        piece: Json,
        title: str,
        below: str,
        lines: list[str] | None = None,
    ) -> None:
        state = "missing" if piece.get("missing") else escape(piece["status"])
        x = column.x + 14
        drawn = (
            f'<rect class="box {state}" x="{x}" y="{y}" width="{WIDTH - 28}" height="{height}" '
            f'rx="5"/>' + _label(x + 10, y + 18, title, "title") + _label(x + 10, y + 34, below)
        )
        for number, line in enumerate(lines or []):
            drawn += _label(x + 10, y + 34 + LINE * (number + 1), line, "small")
        job = piece.get("job")
        if job:
            drawn = (
                f'<a href="{escape(job["links"][0]["href"])}" target="_blank">'
                f"<title>{escape(job['type'])}: {escape(job['state'])}</title>{drawn}</a>"
            )
        self._parts.append(drawn)


def _router_height(router: Json) -> int:
    return int(ROUTER_HEIGHT - 14 + LINE * len(router["copy"]["routes"]))


def _cidrs(network: Json) -> str:
    return ", ".join(network["subnets"]) or "no subnet"


def _wire(begin: tuple[int, int], end: tuple[int, int]) -> str:
    return f'<path class="wire" d="M{begin[0]} {begin[1]} L{end[0]} {end[1]}"/>'


def _label(x: int, y: int, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
