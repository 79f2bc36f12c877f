"""The command line. One command a file; whatever a command needs is imported when it runs, so that --help is fast."""


def main():
    from .app import app

    app()
