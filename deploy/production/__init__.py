"""The topology of production on one machine: several gateways and workers, PostgreSQL, a front."""
