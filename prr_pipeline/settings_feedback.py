"""The section of ``prr.toml`` about feedback: where people leave it, and what each source needs to know."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from prr_pipeline.settings_platforms import GitHubSettings

_SHARED = ("owner", "repository", "base_url", "token_variable", "allowed_hosts", "ca_file", "proxy")
"""What a feedback source on GitHub takes from ``platforms.github`` where it does not say it itself."""


class FeedbackSettings(BaseModel):
    """Which sources the feedback review reads, none without the section; ``options`` holds a table for each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: tuple[str, ...] = ()
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @field_validator("sources")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise ValueError(f"{list(value)} names a source twice")
        return value

    @model_validator(mode="after")
    def _options_are_of_a_source(self) -> Self:
        stray = sorted(set(self.options) - set(self.sources))
        if stray:
            raise ValueError(f"options of {stray[0]!r}, which is not among the sources; add it there or remove them")
        return self

    def options_of(self, name: str, github: GitHubSettings | None) -> dict[str, Any]:
        """The options of one source; that on GitHub asks as ``platforms.github`` does, unless it says otherwise."""
        own = self.options.get(name, {})
        if name != "github" or github is None:
            return own
        shared = {key: getattr(github, key) for key in _SHARED}
        return {**{key: _plain(value) for key, value in shared.items() if value is not None}, **own}


def _plain(value: Any) -> Any:
    """A value as a file of settings holds it."""
    return list(value) if isinstance(value, tuple) else str(value)
