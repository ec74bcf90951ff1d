"""RUNNER: the workflow sandbox, configured once for worker, tests and replayer."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

# Workflows import activities for their method references only; loading drivers again inside the
# sandbox would fail, and would be slow.
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("models", "activities")
)
