"""dlt-pull.py BACKEND DATASET FOLDER TABLE...: copies tables with dlt from SRC_URL to WH_URL, replacing them."""

import os
import sys

import dlt
from dlt.sources.sql_database import sql_table

backend, dataset, folder, tables = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
source = os.environ["SRC_URL"]
# connectorx connects by itself, with the URL as it stands.
options = {"backend_kwargs": {"conn": source}} if backend == "connectorx" else {}
pipeline = dlt.pipeline(
    dataset,
    destination=dlt.destinations.postgres(os.environ["WH_URL"]),
    dataset_name=dataset,
    pipelines_dir=folder,
)
resources = [
    sql_table(
        credentials=source, table=table, schema="public", backend=backend, reflection_level="full_with_precision", **options
    )
    for table in tables
]
# CSV is loaded by COPY; the default format goes by INSERT and takes far longer.
print(pipeline.run(resources, write_disposition="replace", loader_file_format="csv"))
