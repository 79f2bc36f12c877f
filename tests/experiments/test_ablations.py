"""The sweep of variants: every family has its reference, and the report will compare the rest with it."""

from archgym.report.variants import families
from archgym.sweep import plan


def test_every_family_of_the_ablations_has_one_variant_at_the_published_defaults():
    read = plan.read("ablations")
    found = {family.agent: family for family in families(read)}
    assert set(found) == {"regularized-evolution", "nas-bowl"}
    assert all(family.at_defaults and len(family.others) >= 3 for family in found.values())
