"""Run by Tempest's own interpreter: subunit in, a line of JSON for each finished test out."""

import json
import sys
from typing import Any

import subunit
import testtools

MEANING = {"success": "passed", "xfail": "passed", "skip": "skipped"}


def tell(case: dict[str, Any]) -> None:
    """Write one test's outcome."""
    if case["status"] in ("exists", "inprogress") or case["id"] == "stdout":
        return
    begin, end = case["timestamps"]
    outcome = {
        "id": case["id"],
        "status": MEANING.get(case["status"], "failed"),
        "seconds": (end - begin).total_seconds() if begin and end else 0.0,
        "reason": reason(case["details"]),
    }
    sys.stdout.write(json.dumps(outcome) + "\n")
    sys.stdout.flush()


def reason(details: dict[str, Any]) -> str:
    """Why a test was skipped or failed: the exception of its first traceback."""
    if "reason" in details:
        return " ".join(details["reason"].as_text().split())
    names = sorted(name for name in details if "traceback" in name)
    if not names:
        return ""
    lines = details[names[0]].as_text().rstrip().splitlines()
    # Frames are indented, the exception is not; its text may go over several lines.
    frames = [number for number, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] + 1 :] if frames else lines
    said = [line.strip() for line in after if line.strip() and not line.startswith("    ")]
    return " ".join(said)


def main() -> None:
    """Read standard input to its end."""
    result = testtools.StreamToDict(tell)
    result.startTestRun()
    subunit.ByteStreamToStreamResult(sys.stdin.buffer, non_subunit_name="stdout").run(result)
    result.stopTestRun()


if __name__ == "__main__":
    main()
