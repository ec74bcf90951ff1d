"""Recorded executions run again on the workflows of today.

A failure here means that executions under way at an upgrade would break: guard the change with
``workflow.patched``, and keep the history. ``python -m tests.replay.record`` records new ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workflows.sandbox import RUNNER
from workflows.worker import WORKFLOWS

FILES = sorted((Path(__file__).parent / "histories").glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def history(request: pytest.FixtureRequest) -> WorkflowHistory:
    return WorkflowHistory.from_json(request.param.stem, request.param.read_text())


async def test_replay(history: WorkflowHistory) -> None:
    await Replayer(workflows=WORKFLOWS, workflow_runner=RUNNER).replay_workflow(history)
