"""Loads a page of tt-profile in headless Chromium: no message on the console, and everything was drawn.

usage: check_page.py PAGE CIRCLES WORD...
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    page = pathlib.Path(sys.argv[1]).resolve()
    text = page.read_text()
    assert len(text) < 1000000, f"{len(text)} bytes"
    outside = set(re.findall(r"https?://[^\s\"'<>)]+", text)) - {"http://www.w3.org/2000/svg"}
    assert not outside, outside
    with tempfile.TemporaryDirectory() as folder:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                   "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile", "--enable-logging=stderr",
                   "--virtual-time-budget=3000", "--dump-dom", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not said, said
    dom = re.sub(r"<script.*?</script>", "", done.stdout, flags=re.S)
    circles = dom.count("<circle")
    assert circles == int(sys.argv[2]), f"{circles} circles"
    for word in sys.argv[3:]:
        assert re.search(word, dom), f"{word} is not in the page"


main()
