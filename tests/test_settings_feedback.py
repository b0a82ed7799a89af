"""The section about feedback: read strictly, and nothing of it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.settings import Settings, load_settings
from prr_pipeline.settings_file import FILE_NAME, SettingsError

LEAST = '[repository]\npath = "monorepo"\nprofile = "matter"\n'
GITHUB = '[platforms.github]\nowner = "acme"\nrepository = "shop"\nbase_url = "https://ghe.example/api/v3"\n'


def loaded(folder: Path, text: str) -> Settings:
    """The least settings with something added."""
    path = folder / FILE_NAME
    path.write_text(LEAST + text)
    return load_settings(path)


def test_without_the_section_no_feedback_is_read(tmp_path: Path) -> None:
    """No source is a default."""
    work = Workplace(loaded(tmp_path, ""))
    assert work.feedback == ()


def test_several_sources_are_read_each_with_its_options(tmp_path: Path) -> None:
    """A folder beside the settings, and a repository."""
    text = (
        '[feedback]\nsources = ["inbox", "github"]\n[feedback.options.inbox]\npath = "feedback"\n'
        '[feedback.options.github]\nowner = "acme"\nrepository = "support"\n'
    )
    work = Workplace(loaded(tmp_path, text))
    assert [source.name for source in work.feedback] == ["inbox", "github"]


def test_github_is_asked_as_the_platforms_section_says(tmp_path: Path) -> None:
    """What a feedback source says itself comes first."""
    settings = loaded(
        tmp_path,
        f'{GITHUB}[feedback]\nsources = ["github"]\n[feedback.options.github]\nrepository = "support"\n',
    )
    options = settings.feedback.options_of("github", settings.platforms.github)
    assert (options["owner"], options["repository"]) == ("acme", "support")
    assert (options["base_url"], options["token_variable"]) == ("https://ghe.example/api/v3", "PRR_GITHUB_TOKEN")
    assert "proxy" not in options
    assert len(Workplace(settings).feedback) == 1
    assert settings.feedback.options_of("inbox", settings.platforms.github) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[feedback]\nsources = ["inbox", "inbox"]\n', "names a source twice"),
        (
            '[feedback]\nsources = ["inbox"]\n[feedback.options.github]\nowner = "a"\n',
            "options of 'github', which is not",
        ),
        ('[feedback]\nsource = "inbox"\n', "feedback.source"),
        ("[feedback]\nsources = 3\n", "feedback.sources"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, text: str, words: str) -> None:
    """Before anything is read."""
    with pytest.raises(SettingsError) as fault:
        loaded(tmp_path, text)
    assert words in str(fault.value)


def test_an_unknown_source_lists_the_valid_ones(tmp_path: Path) -> None:
    """When it is looked for, as that of alerts."""
    work = Workplace(loaded(tmp_path, '[feedback]\nsources = ["jira"]\n'))
    with pytest.raises(PrrError, match="Unknown feedback source 'jira'"):
        _ = work.feedback
