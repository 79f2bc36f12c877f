"""Tasks whose evaluator is a benchmark table."""
