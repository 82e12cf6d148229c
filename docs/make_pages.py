"""Write docs/cli.md and docs/engines.md from what Marrow itself installs: python docs/make_pages.py"""

from pathlib import Path

from marrow import pages
from marrow.cli import VERBS

HERE = Path(__file__).parent


def written() -> dict[str, str]:
    """File name -> content, of Marrow's own steps and engines."""
    return {"cli.md": pages.commands(VERBS, owner="marrow"), "engines.md": pages.engines(owner="marrow")}


if __name__ == "__main__":
    for name, text in written().items():
        (HERE / name).write_text(text, "utf-8", newline="\n")
