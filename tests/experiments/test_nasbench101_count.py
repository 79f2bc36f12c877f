"""The count of NAS-Bench-101's cells, on the small ones."""

from archgym.experiments import nasbench101_count


def test_cells_of_few_vertices_are_counted_in_three_ways(capsys):
    assert nasbench101_count.main(["--most-vertices", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].startswith("| 4 | 10 | 84 | 84 | 84 |")
    assert lines[-1].startswith("| all | 13 | 91 | 91 | 91 |")
