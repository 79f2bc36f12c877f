"""The frame of a page: its head, its contents, its sections, all in one file that opens without a network."""

import re
from pathlib import Path

from ..whole import write_text
from .markup import Markup, items, join, link, section, tag
from .text import THIN


def write_page(path, title, lead, sections) -> Path:
    """Write a page of HTML. sections: (id, title, content pieces) in order; each stands in the contents."""
    sections = list(sections)
    contents = tag(
        "nav", tag("h2", "Contents"), items([link(f"#{i}", t) for i, t, _ in sections]), aria_label="Contents"
    )
    body = join([section(i, t, *content) for i, t, content in sections])
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title),
        tag("style", Markup(style)),
    )
    page = tag("body", tag("header", tag("h1", title), lead), contents, tag("main", body))
    # A number and its percent sign stay together.
    text = re.sub(r"(\d) %", rf"\1{THIN}%", Markup("<!DOCTYPE html>\n") + tag("html", head, page, lang="en") + "\n")
    write_text(path, text)
    return path
