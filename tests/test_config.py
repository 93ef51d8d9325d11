"""The config file: read when it is there, changed a line at a time, and where it lives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from salesctl.config import Config, folder
from salesctl.errors import BadFile, UsageError
from tests.conftest import Runner


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG rules are those of Linux")
@pytest.mark.parametrize("kind", ["config", "data", "log"])
@pytest.mark.parametrize("given", [True, False])
def test_the_folders_are_those_of_platformdirs(
    kind: str, given: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import platformdirs

    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        if given:
            monkeypatch.setenv(name, str(tmp_path / name))
        else:
            monkeypatch.delenv(name)
    assert folder(kind) == getattr(platformdirs, f"user_{kind}_dir")("salesctl")


def test_one_setting_changes_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('# mine\nme = "Anna"\nlang = "en"\n\n[stores]\nteam = "/tmp/team.db"\n')
    config = Config(str(path))
    config.set("me", 'Bo "the" 王')
    config.set("currency", "CNY")
    config.set("lang", None)
    assert path.read_text() == '# mine\nme = "Bo \\"the\\" 王"\n\ncurrency = "CNY"\n[stores]\nteam = "/tmp/team.db"\n'
    assert (config.get("me"), config.get("lang"), config.store("team")) == ('Bo "the" 王', None, "/tmp/team.db")
    assert oct(path.stat().st_mode)[-3:] == "600"


def test_what_is_no_setting_and_what_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Config(str(tmp_path / "c.toml")).set("nonsense", "x")
    broken = tmp_path / "broken.toml"
    broken.write_text("me = \n")
    with pytest.raises(BadFile, match="not valid"):
        Config(str(broken)).get("me")


def test_the_config_names_language_store_and_me(run: Runner, tmp_path: Path) -> None:
    run("config set lang zh")
    assert "没有" in run("deal show D9", code=3).err
    run("config me 王磊")
    assert run("config me --json").json == {"me": "王磊"}
    run("config unset lang")
    assert "there is no" in run("deal show D9", code=3).err
    run("config set zone CST", code=4)
    run("config set currency RMB", code=4)
    run("config set nonsense x", code=2)
