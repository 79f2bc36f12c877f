"""`archgym reproduce`: what there is, what an unknown name gets, what is refused."""

import pytest


def test_the_studies_are_listed_with_their_questions(cli):
    done = cli("reproduce")
    assert done.exit_code == 0 and "search-phase" in done.stdout
    assert "Does the search phase beat drawing at random?" in " ".join(done.stdout.split())


@pytest.mark.parametrize("words, told", [
    (("reproduce", "serch-phase"), "did you mean 'search-phase'"),
    (("reproduce", "ancestry", "--workers", "0"), "--workers must be 1 or more"),
])
def test_bad_input_says_what_is_wrong(cli, words, told):
    done = cli(*words)
    assert done.exit_code != 0 and told.lower() in done.stderr.lower()
