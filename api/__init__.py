"""HTTP in, HTTP out: parse, authorise, call a service or start a workflow, render."""
