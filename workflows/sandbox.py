"""RUNNER: the workflow sandbox, configured once for worker, tests and replayer."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

# All of ours is taken as the worker loaded it. Loading it anew costs every execution 15 to 25 ms
# of a core, and a worker would run half of what an upgrade has just put on its disk. What the
# sandbox would then have refused in a workflow, tests/architecture looks for.
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "models", "activities", "workflows"
    )
)
