"""Names to tasks, spaces and agents; classes and functions by module and by file."""

import subprocess
import sys
from typing import Literal

import pytest

import archgym
from archgym import registry
from archgym.agent import Agent, documented
from archgym.errors import ArchGymError, UnknownName, unknown

AGENT = """
from archgym import AskTellAgent, Proposal


class Mine(AskTellAgent):
    def ask(self, n):
        return [Proposal((0, 0, 0, 0))]
"""


def test_the_first_collections_are_found():
    assert "NASBench201-v0" in registry.task_names() and "NASBench201" in registry.space_names()
    assert {"random", "regularized-evolution", "local-search", "reinforce"} <= set(registry.agent_names())


def test_every_name_opens_what_it_names():
    for name in registry.agent_names():
        try:
            agent = registry.agent(name)
        except ArchGymError as why:  # an extra that is not installed
            assert "pip install" in str(why)
            continue
        assert isinstance(agent, Agent)
        assert registry.name_of_class(type(agent)) == name
    for name in registry.space_names():
        assert isinstance(registry.space(name), archgym.Space)


@pytest.mark.parametrize("name", registry.agent_names())
def test_every_hyper_parameter_of_ours_says_what_it_is(name):
    for hyper in documented(registry.agent_class(name)):
        assert hyper.doc and hyper.default in hyper.over and len(set(hyper.over)) == len(hyper.over)
        for value in hyper.over:
            hyper.check(value, name)


def test_listing_names_imports_no_collection_module():
    code = ("import sys, archgym.registry as r; r.task_names(), r.space_names(), r.agent_names(); "
            "print([m for m in sys.modules if m.startswith(('archgym.envs.', 'archgym.agents.', 'archgym.spaces.'))])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_an_agent_is_named_by_its_file_wherever_the_file_lies(tmp_path):
    for folder in ("here", "there"):
        path = tmp_path / folder / "mine.py"
        path.parent.mkdir()
        path.write_text(AGENT)
        for text in (f"{path}:Mine", str(path)):
            assert registry.name_of_class(registry.agent_class(text)) == "mine.py:Mine"
    assert registry.agent_class(str(path)) is registry.agent_class(f"{path}:Mine")


def test_a_file_that_breaks_half_way_is_read_again(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("raise OSError('not yet')")
    with pytest.raises(OSError, match="not yet"):
        registry.agent_class(str(path))
    path.write_text(AGENT)
    assert registry.agent_class(str(path)).__name__ == "Mine"


@pytest.mark.parametrize("text, complaint", [
    ("nowhere/mine.py:Mine", "agent 'nowhere/mine.py:Mine': no file nowhere/mine.py"),
    ("no_such_module:Mine",
     "agent 'no_such_module:Mine': no module 'no_such_module'; is it installed, or on PYTHONPATH?"),
    ("archgym.trial:Propsal", "unknown name in archgym.trial: 'Propsal'; did you mean 'Proposal'"),
    ("archgym.trial:Proposal", "'archgym.trial:Proposal' is <class .*>, not a subclass of archgym.Agent"),
])
def test_what_a_text_does_not_name_is_said(text, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        registry.agent_class(text)


def test_a_file_with_two_agents_asks_which(tmp_path):
    path = tmp_path / "two.py"
    path.write_text(AGENT + AGENT.replace("Mine", "Other"))
    with pytest.raises(ArchGymError, match="expected one agent class in .*, found Mine, Other; name one as"):
        registry.agent_class(str(path))


def test_a_missing_package_is_named_with_the_extra_that_brings_it(tmp_path):
    path = tmp_path / "deep.py"
    path.write_text("import no_such_package_here.models\n")
    with pytest.raises(ArchGymError, match="needs the package 'no_such_package_here', which is not installed$"):
        registry.agent_class(str(path))
    path.write_text("raise ModuleNotFoundError('gone', name='botorch.models')\n")
    with pytest.raises(ArchGymError, match=r"needs the package 'botorch.models', which is not installed: "
                                           r"pip install 'archgym\[bo\]'"):
        registry.agent_class(str(path))


def test_options_are_checked_against_the_signature():
    def factory(size: int, kind: Literal["a", "b"] = "a"):
        return size, kind

    assert registry._called(factory, {"size": 3, "kind": "b"}, "option of x:") == (3, "b")
    for options, complaint in (({"sise": 3}, "unknown option of x 'sise'; did you mean 'size'"),
                               ({"size": 3, "kind": "c"}, "unknown option of x: kind = 'c'"),
                               ({}, "option of x: 'size' has no default and was not given")):
        with pytest.raises(ArchGymError, match=complaint):
            registry._called(factory, options, "option of x:")


def test_an_unknown_name_is_answered_with_the_nearest_whatever_its_case():
    assert str(unknown("agent", "Randm", ["random", "other"], "'archgym list agents' shows all.")) == (
        "unknown agent 'Randm'; did you mean 'random'? 'archgym list agents' shows all.")
    assert str(unknown("option", "zzz", ["a", "b"])) == "unknown option 'zzz'. Allowed: a, b."
    assert str(unknown("option", "zzz", [])) == "unknown option 'zzz'. There are no options here."
    assert isinstance(unknown("x", "y", []), UnknownName)


def test_a_space_is_opened_by_name():
    assert type(registry.space("NASBench201")).__name__ == "NASBench201"
