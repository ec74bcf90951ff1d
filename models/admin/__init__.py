"""The Admin API's rows: jobs, routings, topology, as operators see them."""
