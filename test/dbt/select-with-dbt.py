"""Unique ids that dbt selects: `select-with-dbt.py PROJECT FOLDER`, the folder with profiles.yml and selections.json; writes selected.json."""

import contextlib
import io
import json
import sys

from dbt.cli.main import dbtRunner

project, folder = sys.argv[1:]
common = ["--project-dir", project, "--profiles-dir", folder, "--target-path", f"{folder}/target", "--log-path", f"{folder}/logs"]
selected = {}
with contextlib.redirect_stdout(io.StringIO()):
    # Parsed once; each selection only looks at what was found.
    manifest = dbtRunner().invoke(["parse", *common]).result
    for selection in json.load(open(f"{folder}/selections.json")):
        listed = dbtRunner(manifest=manifest).invoke(["ls", "--output", "json", "--output-keys", "unique_id", *common, *selection])
        found = listed.result if listed.success else None
        selected[" ".join(selection)] = None if found is None else sorted(json.loads(each)["unique_id"] for each in found)
json.dump(selected, open(f"{folder}/selected.json", "w"))
