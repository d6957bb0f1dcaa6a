"""Turns a folder of migrations into one C file: embed_migrations.py FOLDER OUTPUT DEPFILE.

Files are named 0001_name.sql, or 0001_name.sqlite.sql and 0001_name.postgres.sql where the engines differ; see
migrations/README.md. Numbers start at 1 and have no gaps. The checksum covers all texts of a migration.
"""

import hashlib
import pathlib
import re
import sys

ENGINES = ("", "sqlite", "postgres")
NAME = re.compile(r"(\d{4})_([a-z0-9_]+)(?:\.(sqlite|postgres))?\.sql")


def read_folder(folder):
    """Version to its name and its three texts."""
    migrations = {}
    for path in sorted(folder.glob("*.sql")):
        match = NAME.fullmatch(path.name)
        if not match:
            sys.exit(f"{path.name}: a migration is named 0001_name[.sqlite|.postgres].sql")
        version, name, engine = int(match[1]), match[2], match[3] or ""
        known, texts = migrations.setdefault(version, (name, dict.fromkeys(ENGINES, "")))
        if known != name:
            sys.exit(f"{path.name}: migration {version} is already called {known}")
        texts[engine] = path.read_text(encoding="utf-8")
    if sorted(migrations) != list(range(1, len(migrations) + 1)):
        sys.exit(f"{folder}: migrations must be numbered from 1 without gaps")
    return migrations


def c_text(text):
    """A C literal, one source line for each line."""
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") for line in text.split("\n")]
    return "\n     ".join(f'"{line}\\n"' for line in escaped if line.strip()) or '""'


def checksum(texts):
    return hashlib.sha256("\0".join(texts[engine] for engine in ENGINES).encode()).hexdigest()


def print_c(migrations):
    rows = [
        f'    {{{version}, "{name}", "{checksum(texts)}",\n     '
        + ",\n     ".join(c_text(texts[engine]) for engine in ENGINES)
        + "},\n"
        for version, (name, texts) in sorted(migrations.items())
    ]
    items = "static const struct migration items[] = {\n" + "".join(rows) + "};\n\n" if rows else ""
    value = "items, sizeof(items) / sizeof(items[0])" if rows else "NULL, 0"
    return (
        '/* Made from the folder migrations/. */\n#include "migrations/migrations.h"\n\n'
        f"{items}const struct migration_list embedded_migrations = {{{value}}};\n"
    )


def main():
    folder, output, depfile = map(pathlib.Path, sys.argv[1:])
    output.write_text(print_c(read_folder(folder)), encoding="utf-8")
    sources = [folder, *sorted(folder.glob("*.sql"))]
    depfile.write_text(f"{output}: " + " ".join(str(source) for source in sources) + "\n")


main()
