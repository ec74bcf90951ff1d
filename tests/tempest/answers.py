"""What the gateway answered, as tempest.log keeps it: server errors, and addresses of pods."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.tempest.cloud import Cloud

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ (?P<process>\d+) (?P<text>.*)", re.S)
REQUEST = re.compile(
    r"Request \((?P<test>.*?)\): (?P<status>\d{3}) (?P<method>[A-Z]+) (?P<url>\S+)"
)
RESPONSE = re.compile(r"^    Response - Headers: ", re.M)


@dataclass
class Answers:
    """The gateway's answers of one run."""

    count: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    server_errors: list[str] = field(default_factory=list)
    pod_addresses: list[str] = field(default_factory=list)


def read(log: Path, cloud: Cloud) -> Answers:
    """Go through a tempest.log. Keystone's answers are not ours: its catalog names the pods."""
    answers = Answers()
    ours: dict[str, str] = {}
    forbidden = _pod_addresses(cloud)
    for process, text in _records(log):
        if request := REQUEST.search(text):
            ours.pop(process, None)
            if request["url"].startswith(cloud.gateway):
                what = f"{request['status']} {request['method']} {request['url']}"
                ours[process] = f"{what} ({request['test']})"
                answers.count += 1
                answers.statuses[int(request["status"])] += 1
                if request["status"].startswith("5"):
                    answers.server_errors.append(ours[process])
        elif (response := RESPONSE.search(text)) and process in ours:
            what = ours.pop(process)
            found = sorted({address for address in forbidden if address in text[response.end() :]})
            if found:
                answers.pod_addresses.append(f"{', '.join(found)} in {what}")
    return answers


def _pod_addresses(cloud: Cloud) -> set[str]:
    # All are at one host here, so the port decides: 127.0.0.1:18774. Keystone is everybody's.
    urls = {url for pod in cloud.pods for kind, url in cloud.endpoints[pod].items()}
    return {urlsplit(url).netloc for url in urls} - {urlsplit(cloud.keystone).netloc}


def _records(log: Path) -> Iterator[tuple[str, str]]:
    """Each record with its process; a record may go over many lines."""
    process, lines = "", list[str]()
    with log.open(errors="replace") as file:
        for line in file:
            if record := RECORD.match(line):
                if lines:
                    yield process, "".join(lines)
                process, lines = record["process"], [record["text"]]
            else:
                lines.append(line)
    if lines:
        yield process, "".join(lines)
