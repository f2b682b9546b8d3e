"""The part of the audit that needs no network holds, and sees what it looks for."""

from pathlib import Path

import pytest

from tests.audit.findings import fits, odd_modes, secrets_in, texts, unfit_licences, unpinned


@pytest.mark.slow
def test_the_repository_passes() -> None:
    assert list(unfit_licences()) == []
    assert list(secrets_in(texts())) == []
    assert list(odd_modes()) == []


def test_each_kind_would_be_seen(tmp_path: Path) -> None:
    assert fits("Apache-2.0 AND MIT")
    assert fits("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception")
    assert fits("OSI Approved; BSD License")
    assert not fits("GPL-3.0-only")
    assert not fits("MIT AND AGPL-3.0")
    assert not fits("")
    token = "M" + "a" * 24 + "." + "b" * 6 + "." + "c" * 30  # of no bot
    assert list(secrets_in([("file", f"x\nTOKEN={token}")])) == ["file:2: a Discord bot's token"]
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# a\nnumpy==2.0.0\nscipy>=1\nsimcord[a,b]==1.0\ntzdata==1.0 ; sys_platform == 'win32'\n", "utf-8"
    )
    assert list(unpinned([file])) == ["requirements.txt: “scipy>=1” is not one version"]
    assert list(odd_modes("100755 0 0\tREADME.md\n120000 0 0\tx\n100644 0 0\ty")) == [
        "README.md: can be executed, and is no script",
        "x: a link",
    ]
