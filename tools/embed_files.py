"""Turns small text files into constants of C: embed_files.py OUTPUT HEADER NAME=FILE...

HEADER is the path by which the output includes the declarations of the constants: extern const char NAME[].
"""

import pathlib
import sys


def c_text(text):
    """A C literal, one source line for each line; comments of style sheets stay, they are short."""
    lines = text.replace("\\", "\\\\").replace('"', '\\"').split("\n")
    return "\n    ".join(f'"{line.strip()}\\n"' for line in lines if line.strip())


def main():
    output, header, *files = sys.argv[1:]
    parts = [f'/* Made from files of the same folder. */\n#include "{header}"\n']
    for file in files:
        name, path = file.split("=", 1)
        parts.append(f"const char {name}[] =\n    {c_text(pathlib.Path(path).read_text(encoding='utf-8'))};\n")
    pathlib.Path(output).write_text("\n".join(parts), encoding="utf-8")


main()
