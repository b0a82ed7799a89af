"""The options of the GitHub source of feedback, read strictly, and the repository that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.platforms.github.repository import GitHub
from prr_pipeline.platforms.http.origins import base_of, origin_of, proxy_of
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.service import Credential, Limits, service_at
from prr_pipeline.platforms.secret import VARIABLE, secret_from
from prr_pipeline.rollout.feedback import KINDS, SEVERITIES
from prr_pipeline.signals.by_name import check_options

SECTION = "feedback.options.github"
_OPERATION = "{operation_id}"


@dataclass(frozen=True, slots=True)
class GitHubOptions:
    """Where the tickets are, and what their labels say.

    ``label`` marks a ticket as feedback, ``operation_label`` names its operation in place of ``{operation_id}``.
    ``kinds`` and ``severities`` give the label of each kind and severity.
    """

    owner: str
    repository: str
    kinds: Mapping[str, str]
    severities: Mapping[str, str]
    label: str = "feedback"
    operation_label: str = f"operation:{_OPERATION}"
    base_url: str = "https://api.github.com"
    token_variable: str = "PRR_GITHUB_TOKEN"  # noqa: S105 - the name of a variable
    allowed_hosts: tuple[str, ...] = ()
    ca_file: Path | None = None
    proxy: str | None = None
    attempts: int = 4
    max_pages: int = 50
    read_timeout_seconds: int = 10
    total_timeout_seconds: int = 30

    @classmethod
    def read(cls, options: Mapping[str, object], root: Path) -> GitHubOptions:
        """The options as the settings hold them. Raises `UnknownName` and `PrrError`."""
        check_options("feedback source github", options, [one.name for one in fields(cls)])
        hosts = options.get("allowed_hosts", [])
        if not isinstance(hosts, list | tuple) or not all(isinstance(host, str) for host in hosts):
            raise _wrong("allowed_hosts", hosts, "give a list of hosts by https")
        ca_file, proxy = options.get("ca_file"), options.get("proxy")
        found = cls(
            owner=_text(options, "owner", ""),
            repository=_text(options, "repository", ""),
            kinds=_labels(options, "kinds", {kind: kind for kind in KINDS[:-1]}),
            severities=_labels(options, "severities", {one: f"severity:{one}" for one in SEVERITIES[:-1]}),
            label=_text(options, "label", "feedback"),
            operation_label=_text(options, "operation_label", f"operation:{_OPERATION}"),
            base_url=_text(options, "base_url", "https://api.github.com"),
            token_variable=_text(options, "token_variable", "PRR_GITHUB_TOKEN"),
            allowed_hosts=tuple(hosts),
            ca_file=root / _text(options, "ca_file", "") if ca_file is not None else None,
            proxy=_text(options, "proxy", "") if proxy is not None else None,
            attempts=_whole(options, "attempts", 4, 10),
            max_pages=_whole(options, "max_pages", 50, 1_000),
            read_timeout_seconds=_whole(options, "read_timeout_seconds", 10, 300),
            total_timeout_seconds=_whole(options, "total_timeout_seconds", 30, 600),
        )
        found._check()
        return found

    def _check(self) -> None:
        """Raise `PrrError` for an address that may not be asked, a token in place of its variable, a useless label."""
        base_of(self.base_url)
        for host in self.allowed_hosts:
            origin_of(host)
        if self.proxy:
            proxy_of(self.proxy)
        if not VARIABLE.match(self.token_variable):
            raise PrrError(
                f"{SECTION}.token_variable is no name of an environment variable, such as PRR_GITHUB_TOKEN; if it is "
                "the token itself, renew that and take it out of the settings."
            )
        before, between, _ = self.operation_label.partition(_OPERATION)
        if not between or not before:
            raise _wrong("operation_label", self.operation_label, f"write one like 'operation:{_OPERATION}'")

    def operation_in(self, label: str) -> str | None:
        """The operation that a label names; None for a label about something else."""
        before, _, after = self.operation_label.partition(_OPERATION)
        named = label.startswith(before) and label.endswith(after) and len(label) > len(before) + len(after)
        return label[len(before) : len(label) - len(after)] if named else None

    def client(self, environment: Mapping[str, str] | None, pace: Pace) -> GitHub:
        """The repository, asked within the limits. Raises `SourceSilent` for a token that is not set."""
        variable, read_s, total_s = self.token_variable, self.read_timeout_seconds, self.total_timeout_seconds
        credential = Credential(variable, "Bearer ", secret_from(variable, "GitHub", environment))
        service = replace(
            service_at("GitHub", SECTION, self.base_url, credential),
            allowed=frozenset(origin_of(host) for host in self.allowed_hosts),
            limits=Limits(min(5.0, read_s), float(read_s), float(total_s), self.attempts, self.max_pages),
            proxy=self.proxy,
            ca_file=self.ca_file,
        )
        return GitHub(service, self.owner, self.repository, pace)


def _labels(options: Mapping[str, object], name: str, default: dict[str, str]) -> dict[str, str]:
    """The labels by what they stand for; those that are not given keep their own."""
    value = options.get(name, {})
    if not isinstance(value, Mapping) or not all(isinstance(label, str) and label for label in value.values()):
        raise _wrong(name, value, "give a table of labels")
    for word in value:
        if word not in default:
            raise UnknownName(f"name in {SECTION}.{name}", str(word), default)
    return {**default, **{str(word): str(label) for word, label in value.items()}}


def _text(options: Mapping[str, object], name: str, default: str) -> str:
    value = options.get(name, default)
    if not isinstance(value, str) or not value:
        raise _wrong(name, value, "give a text")
    return value


def _whole(options: Mapping[str, object], name: str, default: int, most: int) -> int:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise _wrong(name, value, f"give a whole number, 1..{most}")
    return value


def _wrong(name: str, value: object, way_out: str) -> PrrError:
    return PrrError(f"{SECTION}.{name} is {value!r}; {way_out}.")
