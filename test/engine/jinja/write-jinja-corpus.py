"""Renders every template of jinja-templates.txt with Jinja2 itself and writes what comes out into jinja-corpus.json.

    python3 -m venv /tmp/jinja && /tmp/jinja/bin/pip install jinja2==3.1.6
    /tmp/jinja/bin/python test/engine/jinja/write-jinja-corpus.py && npx prettier --write test/engine/jinja/jinja-corpus.json

A template is a line of the text file; `⏎` stands for a line end in it. `null` is an error of Jinja's.
"""

import json
import pathlib

import jinja2

here = pathlib.Path(__file__).parent
values = json.loads((here / "jinja-values.json").read_text())
environment = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


def render(template):
    try:
        return environment.from_string(template).render(**json.loads(json.dumps(values)))
    except Exception:
        return None


lines = (here / "jinja-templates.txt").read_text().splitlines()
templates = [line.replace("⏎", "\n") for line in lines if line and not line.startswith("## ")]
cases = [[template, render(template)] for template in templates]
body = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
(here / "jinja-corpus.json").write_text(f"[\n{body}\n]\n")
print(len(cases), "cases,", sum(expected is None for _, expected in cases), "of them errors")
