"""A small client of Dagster's GraphQL interface: launch, wait, read. For the demo's checks and the end-to-end tests."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from prr_pipeline.errors import PrrError, Unavailable

_LAUNCH = """mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  ... on RunConfigValidationInvalid { errors { message } } ... on InvalidSubsetError { message } } }"""
_RUN = """query($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status
  eventConnection(limit: 1000) { events { __typename ... on MessageEvent { message }
    ... on ExecutionStepFailureEvent { error { message className } failureMetadata { description } } } } } } }"""
_RUNS = """query($limit: Int!) { runsOrError(limit: $limit) { ... on Runs { results {
  runId status tags { key value } assetSelection { path } creationTime startTime endTime } } } }"""
_PARTITIONS = (
    """query($path: [String!]!) { assetNodeOrError(assetKey: {path: $path}) { ... on AssetNode { partitionKeys } } }"""
)
_MATERIALIZATIONS = """query($path: [String!]!, $partitions: [String!]) { assetOrError(assetKey: {path: $path}) {
  ... on Asset { assetMaterializations(partitions: $partitions, limit: 5) { timestamp partition
    metadataEntries { label __typename ... on TextMetadataEntry { text } ... on FloatMetadataEntry { floatValue }
      ... on IntMetadataEntry { intValue } ... on MarkdownMetadataEntry { mdStr } } } } } }"""
_CHECKS = """query($path: [String!]!, $name: String!, $partition: String) {
  assetCheckExecutions(assetKey: {path: $path}, checkName: $name, limit: 5, partition: $partition) {
    status evaluation { success partition } } }"""
_SENSORS = """{ repositoriesOrError { ... on RepositoryConnection { nodes { sensors { name sensorState { status
  ticks(limit: 5) { status skipReason error { message } timestamp } } } } } } }"""


class Dagster:
    """One webserver, by its URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(timeout=60)

    def query(self, text: str, variables: Mapping[str, object] | None = None) -> Any:
        """The data of one query. Raises `Unavailable` when the server does not answer, `PrrError` for its errors."""
        try:
            answer = self._client.post(f"{self.url}/graphql", json={"query": text, "variables": variables or {}}).json()
        except (httpx.HTTPError, ValueError) as fault:
            raise Unavailable(f"Dagster at {self.url} does not answer ({type(fault).__name__}).") from None
        if answer.get("errors"):
            raise PrrError(f"Dagster refused the query: {answer['errors'][0]['message'][:300]}")
        return answer["data"]

    def materialize(
        self, assets: Sequence[str], partition: str | None, config: Mapping[str, object] | None = None
    ) -> str:
        """Launch a run over assets, for one partition; returns the run id."""
        tags = [{"key": "dagster/partition", "value": partition}] if partition else []
        selector = {
            "repositoryLocationName": "prr_pipeline",
            "repositoryName": "__repository__",
            "pipelineName": "__ASSET_JOB",
            "assetSelection": [{"path": [name]} for name in assets],
            "assetCheckSelection": None,
        }
        params = {
            "selector": selector,
            "mode": "default",
            "runConfigData": config or {},
            "executionMetadata": {"tags": tags},
        }
        return self._launched(params)

    def launch_job(self, job: str, config: Mapping[str, object]) -> str:
        """Launch a job; returns the run id."""
        selector = {"repositoryLocationName": "prr_pipeline", "repositoryName": "__repository__", "pipelineName": job}
        return self._launched({"selector": selector, "mode": "default", "runConfigData": config})

    def wait(self, run_id: str, limit_s: float = 120) -> tuple[str, list[str]]:
        """The end status of a run and its failures in words. Raises `Unavailable` when it does not end in time."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            run = self.query(_RUN, {"id": run_id})["runOrError"]
            if run.get("status") in ("SUCCESS", "FAILURE", "CANCELED"):
                return run["status"], _failures(run)
            time.sleep(0.5)
        raise Unavailable(f"The run {run_id} did not end within {limit_s:.0f} s.")

    def runs(self, limit: int = 500) -> list[dict[str, Any]]:
        """The newest runs: id, status, tags, assets, times."""
        found: list[dict[str, Any]] = self.query(_RUNS, {"limit": limit})["runsOrError"]["results"]
        return found

    def partitions(self, asset: str = "checklist") -> list[str]:
        """The partition keys of an asset."""
        found: list[str] = self.query(_PARTITIONS, {"path": [asset]})["assetNodeOrError"]["partitionKeys"]
        return found

    def metadata(self, asset: str, partition: str) -> list[dict[str, Any]]:
        """Metadata of the newest materializations of one partition, newest first."""
        rows = self.query(_MATERIALIZATIONS, {"path": [asset], "partitions": [partition]})["assetOrError"]
        return [_flat(row["metadataEntries"]) for row in rows.get("assetMaterializations", [])]

    def check(self, asset: str, name: str, partition: str) -> bool | None:
        """Whether the newest evaluation of a check passed for one partition; None without one."""
        rows = self.query(_CHECKS, {"path": [asset], "name": name, "partition": partition})["assetCheckExecutions"]
        found = [row["evaluation"]["success"] for row in rows if row["evaluation"]]
        return found[0] if found else None

    def sensors(self) -> dict[str, Any]:
        """Every sensor's status and newest ticks, by name."""
        nodes = self.query(_SENSORS)["repositoriesOrError"]["nodes"]
        return {sensor["name"]: sensor["sensorState"] for node in nodes for sensor in node["sensors"]}

    def _launched(self, params: Mapping[str, object]) -> str:
        answer = self.query(_LAUNCH, {"params": params})["launchPipelineExecution"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise PrrError(f"Dagster did not launch the run: {answer}")
        return str(answer["run"]["runId"])


def _failures(run: Mapping[str, Any]) -> list[str]:
    words = []
    for event in run["eventConnection"]["events"]:
        if event["__typename"] == "ExecutionStepFailureEvent":
            described = (event.get("failureMetadata") or {}).get("description")
            words.append(described or (event.get("error") or {}).get("message", ""))
    return words


def _flat(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for entry in entries:
        values = [entry[name] for name in ("text", "floatValue", "intValue", "mdStr") if name in entry]
        flat[entry["label"]] = values[0] if values else entry["__typename"]
    return flat
