"""Drives Chromium through the demo. Usage: main.py ITSME FOLDER [NAME …]

Journeys run without and with scripts; then every page is looked at, narrow and wide, light and dark. NAMEs choose
journeys and pages. Prints the problems, and exits with 1 if there are any.
"""
import pathlib
import shutil
import sys

from PIL import Image

import journeys
import pages
from browser import Browser
from demo import Demo, Visit


def main(itsme, folder, *names):
    folder = pathlib.Path(folder)
    if not names:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    problems = []

    def attempt(title, browser, action):
        print(title, flush=True)
        try:
            problems.extend(action() or [])
        except Exception as error:  # Also what Selenium raises; the list names it and goes on.
            text = str(error).strip().splitlines() or [type(error).__name__]
            picture = folder / f"problem-{title.replace(' ', '-')}.png"
            picture.write_bytes(browser.picture())
            problems.append(f"{title}: {text[0]} (see {picture})")

    def chosen(name):
        return not names or name in names

    with Demo(itsme) as demo:
        for scripts in [False, True]:
            with Browser(scripts) as browser:
                for journey in filter(lambda journey: chosen(journey.__name__), journeys.ALL):
                    browser.forget()
                    title = f"{journey.__name__} {'with' if scripts else 'without'} scripts"
                    attempt(title, browser, lambda: journey(Visit(browser, demo)))
                    problems.extend(f"{title}: {message}" for message in browser.console())
        with Browser() as browser:
            visit = Visit(browser, demo)
            for name, go in filter(lambda page: chosen(page[0]), pages.ALL):
                def look():
                    go(visit)
                    found = browser.problems_of_page(folder, name)
                    if name in pages.PICTURES:
                        for_documentation(folder, name)
                    return found
                attempt(f"page {name}", browser, look)
        if demo.process.poll() is not None:
            problems.append(f"the demo ended with status {demo.process.returncode}")

    print(f"\n{len(problems)} problems" if problems else f"\nno problems; pictures in {folder}")
    for problem in dict.fromkeys(problems):
        print("  " + problem)
    return 1 if problems else 0


def for_documentation(folder, name):
    """Makes smaller copies of a page's pictures. DocC shows the one whose name ends in ~dark to readers of dark pages."""
    target = folder / "documentation"
    target.mkdir(exist_ok=True)
    for look, ending in [("light", ""), ("dark", "~dark")]:
        with Image.open(folder / f"{name}-1280-{look}.png") as picture:
            small = picture.convert("RGB").quantize(64)
            small.save(target / f"{pages.PICTURES[name]}{ending}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
