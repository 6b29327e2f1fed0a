"""The address at which the shop's admin shows an order, as given in the settings."""

import re

_PLACEHOLDERS = {"webshop", "order_id", "reference"}
_LINK = re.compile(
    r"https://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"  # a host and a port, nothing before an @
    r"(?:[/?][^\s\\#]*)?"  # path and query; a browser reads a backslash as a slash
    r"(?:#[^\s\\{}]*)?"  # a fragment is for scripts: nothing of an order belongs there
)


def order_link(template: str) -> str:
    """Return the template; ValueError unless it leads to one https server, no matter what an order's texts say."""
    if not _LINK.fullmatch(template) or not template.isprintable():
        raise ValueError(
            "write a URL that begins with https:// and a host, without user name or password, and with placeholders in "
            "its path or query only"
        )
    if unknown := set(re.findall(r"\{(.*?)\}", template)) - _PLACEHOLDERS:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}: write {{webshop}}, {{order_id}} or {{reference}}")
    return template
