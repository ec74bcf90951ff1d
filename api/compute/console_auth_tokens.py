"""/os-console-auth-tokens: shown by the pod that gave the token."""

from api.compute.proxy import PROXY
from models.resources.compute import CONSOLE_AUTH_TOKENS

routes = PROXY.routes([CONSOLE_AUTH_TOKENS])
