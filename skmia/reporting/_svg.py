"""Pictures as SVG inside a page, in the colours of its style sheet."""

from html import escape


class Markup(str):
    """Text that is markup already: jinja2 does not escape it again."""

    __slots__ = ()

    def __html__(self):
        return self


def element(tag, *content, **attributes):
    """One element; text and the values of attributes are escaped.

    Parameters
    ----------
    tag : str
    *content : str
        Escaped, unless it is `Markup`.
    **attributes : str or float
        Of ``text_anchor`` the attribute is "text-anchor", of ``class_`` "class". None:
        left out.

    Returns
    -------
    text : Markup
    """
    opened = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(one if isinstance(one, Markup) else escape(one) for one in content)
    return Markup(f"<{tag}{opened}>{inside}</{tag}>" if inside else f"<{tag}{opened}/>")


def picture(name, title, finding, width, height, shapes, kind):
    """A picture that is read out as its title and what it shows.

    Parameters
    ----------
    name : str
        Unique in the page.
    title : str
        What is drawn.
    finding : str
        What is to be seen.
    width, height : float
        Of the coordinates.
    shapes : iterable of Markup
    kind : str
        Class of the style sheet.

    Returns
    -------
    svg : Markup
    """
    return element(
        "svg",
        element("title", title, id=f"{name}-picture"),
        element("desc", finding, id=f"{name}-finding"),
        *shapes,
        class_=kind,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{name}-picture {name}-finding",
    )


def beside_numbers(*shapes, kind):
    """A picture whose numbers stand beside it as text: not read out."""
    return element("svg", *shapes, class_=kind, aria_hidden="true", focusable="false")


def short(value):
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def _value(value):
    return short(value) if isinstance(value, int | float) else escape(value)
