"""Where the files of a data set lie that ArchGym does not bring."""

from pathlib import Path

from archgym.errors import ArchGymError


def place(name: str, folder: str, origin: str) -> Path:
    """The folder. ArchGymError with `origin`, what lies there and where it comes from, if there is none."""
    if not folder:
        raise ArchGymError(f"data set {name} needs the folder where it lies: data_options='folder: PATH'. {origin} "
                           "ArchGym downloads nothing.")
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise ArchGymError(f"data set {name}: there is no folder {path}. {origin} ArchGym downloads nothing.")
    return path
