"""Runs a page of the documentation: run_page.py PAGE.md, in the current folder.

Fenced blocks of c and cmake are written to the file that their first line names in a comment, blocks of sh are run by `bash -eux`, all in the page's order. Exit status 1
where a command fails; the output of the commands is passed on.
"""
import pathlib
import re
import subprocess
import sys

blocks = re.findall(r"^```(c|cmake|sh)\n(.*?)^```$", pathlib.Path(sys.argv[1]).read_text(), re.M | re.S)
for language, text in blocks:
    if language == "sh":
        if subprocess.run(["bash", "-eux", "-c", text]).returncode:
            sys.exit(f"run_page.py: failed:\n{text}")
    else:
        name = re.match(r"(?:/\*|#) (\S+)", text)[1]
        pathlib.Path(name).write_text(text)
print(f"{sum(language == 'sh' for language, _ in blocks)} blocks ran")
