"""`archgym lottery`, from the command line."""

import pytest


def test_a_lottery_is_played_and_reported(cli, tmp_path):
    done = cli("lottery", "NASBench201-v0(noise=mean)", "--agents", "local-search,random", "--configs", "2",
               "--seeds", "2", "-n", "5", "-w", "1", "--out", "small")
    assert done.exit_code == 0, done.stderr
    assert "random: no hyper-parameters, a single configuration" in done.stderr
    assert "warning: 2 configurations tell little of a distribution" in done.stderr
    assert done.stdout.strip() == "Report: small/report/lottery.html"
    assert (tmp_path / "small/report/lottery.html").is_file()


@pytest.mark.parametrize("args, words", [
    (("--agents", ","), "names no agent"), (("--agents", "genetic", "--seeds", "1"), "at least 2 seeds"),
    (("--agents", "genetic", "-w", "0"), "--workers must be 1 or more"),
])
def test_what_is_wrong_is_said_before_anything_runs(cli, tmp_path, args, words):
    done = cli("lottery", "NASBench201-v0", *args)
    assert done.exit_code == 2 and words in done.stderr
    assert list(tmp_path.iterdir()) == []
