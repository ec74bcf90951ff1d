"""Seen by Tempest's own interpreter only: its log keeps whole bodies, not their beginnings.

What the gateway answered is searched for addresses of pods, and those may be at the end.
"""

from tempest.lib.common import rest_client

rest_client.RestClient._safe_body.__defaults__ = (10_000_000,)
