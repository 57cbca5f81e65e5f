"""Writes TPC-H's 22 queries, with the parameters of its specification, as duckdb's tpch extension gives them: q01.sql to q22.sql."""

import pathlib
import sys

from duckdb_extensions import import_extension

import duckdb

folder = pathlib.Path(sys.argv[1])
import_extension("tpch")
connection = duckdb.connect()
connection.execute("load tpch")
for number, query in connection.execute("select query_nr, query from tpch_queries()").fetchall():
    (folder / f"q{number:02}.sql").write_text(query.strip().rstrip(";") + "\n")
