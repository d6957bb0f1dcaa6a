"""What a page of the documentation has the reader type, so that tests can do the same, word for word."""

import re

from .server import ROOT


def blocks(page, language, section=None):
    """The code blocks of one language in a page, in order; section: only those below that heading, up to the next one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if section:
        text = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
