"""Builds the pages of this folder and makes one C file of them: build_pages.py SOURCE WORK OUTPUT.

SOURCE is this folder, WORK a scratch folder that keeps the npm packages between builds. Without network there are no
packages, hence no pages: the server is built all the same and says so when it is asked for one.
"""

import shutil
import subprocess
import sys
from pathlib import Path

MEDIA_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
PARTS = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "tsconfig.json", "graphiql")


def copy_sources(source, work):
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, work / part, dirs_exist_ok=True)
        else:
            shutil.copy2(source / part, work / part)


def install_packages(work):
    """Does nothing when the packages are those of the lock file already."""
    lock, installed = (work / "package-lock.json").read_bytes(), work / "installed.lock"
    if installed.exists() and installed.read_bytes() == lock:
        return
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    command = ["npm", "ci", "--omit=dev", "--prefer-offline", "--fetch-retries=1", *quiet]
    subprocess.run(command, cwd=work, check=True, timeout=300)
    installed.write_bytes(lock)


def build(source, work):
    """The files of the pages; none when they cannot be built here."""
    work.mkdir(parents=True, exist_ok=True)
    copy_sources(source, work)
    try:
        install_packages(work)
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"web: the npm packages cannot be had, so /graphiql is left out: {problem}", file=sys.stderr)
        return []
    shutil.rmtree(work / "dist", ignore_errors=True)
    subprocess.run(["node", "build.mjs", str(work / "dist")], cwd=work, check=True)
    return sorted((work / "dist").iterdir())


def print_c(files):
    labels = "".join(
        f'        "page_{number}:\\n.incbin \\"{path}\\"\\n"\n' for number, path in enumerate(files)
    )
    names = "".join(f"extern const char page_{number}[];\n" for number in range(len(files) + 1))
    rows = "".join(
        f'    {{"{path.name}", "{MEDIA_TYPES[path.suffix]}", page_{number}, {path.stat().st_size}}},\n'
        for number, path in enumerate(files)
    )
    return (
        "/* Made from the folder web/. */\n"
        '#include "web/pages.h"\n\n'
        f'__asm__(".pushsection .rodata\\n"\n{labels}        "page_{len(files)}:\\n.popsection\\n");\n\n'
        f"{names}\n"
        f"const struct page pages[] = {{\n{rows}    {{NULL, NULL, page_{len(files)}, 0}},\n}};\n"
        f"const size_t page_count = {len(files)};\n"
    )


def main():
    source, work, output = (Path(argument).resolve() for argument in sys.argv[1:])
    output.write_text(print_c(build(source, work)), encoding="utf-8")


if __name__ == "__main__":
    main()
