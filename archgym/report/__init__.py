"""The page that says what a sweep found: `write(sweep, out_dir)` makes report.html, figures/ and tables/.

Matplotlib is imported here and nowhere else, and only when a report is written.
"""


def __getattr__(name):
    if name != "write":
        raise AttributeError(f"module 'archgym.report' has no attribute {name!r}")
    from .page import write

    return write
