"""Nothing finished is ever lost: a sweep killed at random moments ends with the bytes of one left alone.

benchmarks/kill.py does the same at twenty moments each.
"""

from sweep.kills import disturb, slow_plan, table_plan


def test_a_table_sweep_killed_at_random_moments_ends_with_the_same_bytes(tmp_path):
    outcome = disturb(table_plan(), tmp_path, kills=3, workers=2, seed=1, longest=1.5)
    assert outcome.identical and outcome.runs == 180


def test_a_slow_sweep_killed_at_random_moments_repeats_no_completed_evaluation(tmp_path):
    outcome = disturb(slow_plan(), tmp_path, kills=4, workers=2, seed=2, longest=2.5)
    assert outcome.identical and outcome.runs == 9
    assert outcome.calls > 0 and outcome.completed_twice == 0
