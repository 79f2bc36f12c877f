"""Pieces of the page: tables, figures, folds. Text is escaped here; what is markup already is wrapped in `Markup`."""

from html import escape


class Markup(str):
    """Text that is HTML already."""


def text(content):
    return content if isinstance(content, Markup) else Markup(escape(str(content)))


def join(parts, between=""):
    return Markup(between.join(text(p) for p in parts))


def tag(name, *content, **attributes):
    """`<name a="b">content</name>`; a trailing underscore keeps Python's words out of the way: class_, for_."""
    inside = "".join(
        f' {k.rstrip("_").replace("_", "-")}="{escape(str(v))}"' for k, v in attributes.items() if v is not None
    )
    return Markup(f"<{name}{inside}>{join(content)}</{name}>")


def p(*content, **attributes):
    return tag("p", *content, **attributes)


def link(target, *content):
    return tag("a", *content, href=target)


def items(entries, **attributes):
    return tag("ul", *(tag("li", e) for e in entries), **attributes)


def section(identity, title, *content, level=2):
    return tag("section", tag(f"h{level}", title), *content, id=identity)


def fold(title, *content):
    """Content that can be folded away."""
    return tag("details", tag("summary", title), *content, open="open")


def table(header, rows, *, caption=None, numeric_from=1, class_=None, foot=None, groups=()):
    """A table that scrolls sideways where the screen is narrow.

    header: cell texts. rows: sequences of cells; a cell may be (content, class). groups: (title, columns) pairs above.
    """

    def row(cells, name):
        out = []
        for i, cell in enumerate(cells):
            content, kind = cell if isinstance(cell, tuple) else (cell, None)
            classes = " ".join(filter(None, ("n" if i >= numeric_from else None, kind))) or None
            if name == "th":
                out.append(tag("th", content, scope="col", class_=classes))
            else:
                out.append(
                    tag("th", content, scope="row", class_=kind) if i == 0 else tag("td", content, class_=classes)
                )
        return tag("tr", *out)

    above = (
        tag("tr", *(tag("th", title, colspan=span, scope="colgroup", class_="group") for title, span in groups))
        if groups
        else ""
    )
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption) if caption else "",
            tag("thead", above, row(header, "th")),
            tag("tbody", *(row(r, "td") for r in rows)),
            tag("tfoot", foot) if foot else "",
            class_=class_,
        ),
        class_="scroll",
        tabindex="0",
    )


def figure(picture, folder="figures"):
    """A saved picture with its caption and the files beside the page."""
    files = join((link(f"{folder}/{picture.name}.{e}", e.upper()) for e in ("pdf", "svg", "png", "csv")), " ")
    plain = picture.alt or picture.name
    return tag(
        "figure",
        tag(
            "div",
            Markup(picture.svg.replace("<svg", f'<svg role="img" aria-label="{escape(plain)}"', 1)),
            class_="scroll" if picture.wide else None,
            tabindex="0" if picture.wide else None,
        ),
        tag("figcaption", Markup(picture.caption), " ", tag("span", files, class_="files")),
        id=f"fig-{picture.name}",
        class_="wide" if picture.wide else "narrow",
    )


def swatch(look):
    """A piece of an agent's line with its marker: the same as in the figures."""
    dash = f' stroke-dasharray="{" ".join(str(d * 1.6) for d in look.dashes)}"' if look.dashes else ""
    return Markup(
        f'<svg class="swatch" viewBox="0 0 26 10" width="26" height="10" aria-hidden="true">'
        f'<path d="M0 5H26" stroke="{look.colour}" stroke-width="2"{dash}/>{SHAPES[look.marker](look.colour)}</svg>'
    )


def _polygon(points):
    return lambda colour: f'<polygon points="{points}" fill="{colour}"/>'


SHAPES = {
    "o": lambda c: f'<circle cx="13" cy="5" r="3.4" fill="{c}"/>',
    "s": _polygon("10,2 16,2 16,8 10,8"),
    "^": _polygon("13,1 17,8.5 9,8.5"),
    "v": _polygon("13,9 17,1.5 9,1.5"),
    "<": _polygon("9,5 16.5,1 16.5,9"),
    ">": _polygon("17,5 9.5,1 9.5,9"),
    "D": _polygon("13,.8 17.2,5 13,9.2 8.8,5"),
    "d": _polygon("13,.5 15.8,5 13,9.5 10.2,5"),
    "P": _polygon(
        "11.7,1.5 14.3,1.5 14.3,3.7 16.5,3.7 16.5,6.3 14.3,6.3 14.3,8.5 11.7,8.5 11.7,6.3 9.5,6.3 9.5,3.7 11.7,3.7"
    ),
    "X": _polygon("11,1 13,3.2 15,1 17,3 14.8,5 17,7 15,9 13,6.8 11,9 9,7 11.2,5 9,3"),
    "p": _polygon("13,1 17,4 15.5,8.6 10.5,8.6 9,4"),
    "h": _polygon("13,.8 16.6,2.9 16.6,7.1 13,9.2 9.4,7.1 9.4,2.9"),
    "H": _polygon("8.8,5 10.9,1.4 15.1,1.4 17.2,5 15.1,8.6 10.9,8.6"),
    "*": _polygon("13,.5 14.2,3.6 17.4,3.7 14.9,5.7 15.8,8.9 13,7.1 10.2,8.9 11.1,5.7 8.6,3.7 11.8,3.6"),
    "8": lambda c: f'<circle cx="13" cy="5" r="2.4" fill="#fff" stroke="{c}" stroke-width="1.6"/>',
}
