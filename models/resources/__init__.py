"""The declarations: every resource the gateway knows, one file for each API."""
