"""Holds the artifacts of every folder named against dbt's own code: its JSON Schemas, its classes, and dbt-artifacts-parser. Prints a JSON list."""

import json
import sys
from pathlib import Path

from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact
from dbt.contracts.graph.manifest import Manifest
from dbt_artifacts_parser import parser
from jsonschema import Draft202012Validator

ARTIFACTS = {
    "manifest.json": (WritableManifest, parser.parse_manifest),
    "run_results.json": (RunResultsArtifact, parser.parse_run_results),
    "catalog.json": (CatalogArtifact, parser.parse_catalog),
}


def complaints(path, artifact, parse):
    data = json.loads(path.read_text())
    found = [
        f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in Draft202012Validator(artifact.json_schema()).iter_errors(data)
    ]
    for name, read in (("class", lambda: artifact.read_and_check_versions(str(path))), ("parser", lambda: parse(data))):
        try:
            read()
        except Exception as error:  # whatever its kind, it is what dbt would say
            found.append(f"{name}: {str(error)[:600]}")
    return found


def judge(folder):
    report = {name: complaints(folder / name, *rest) for name, rest in ARTIFACTS.items() if (folder / name).exists()}
    if report.get("manifest.json") == []:
        manifest = Manifest.from_writable_manifest(WritableManifest.read_and_check_versions(str(folder / "manifest.json")))
        report["ids"] = sorted([*manifest.nodes, *manifest.sources, *manifest.exposures, *manifest.unit_tests])
    return report


print(json.dumps([judge(Path(folder)) for folder in sys.argv[1:]]))
