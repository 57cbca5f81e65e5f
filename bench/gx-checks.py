"""gx-checks.py CHECKS.json SCHEMA: the same checks in Great Expectations, one suite a table; WH_URL says where."""
import json, os, sys
import great_expectations as gx
import great_expectations.expectations as e

checks, schema = json.load(open(sys.argv[1])), sys.argv[2]
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
source = context.data_sources.add_postgres("wh", connection_string=os.environ["WH_URL"])


def expectation(check):
    match check["kind"]:
        case "not_null":
            return e.ExpectColumnValuesToNotBeNull(column=check["column"])
        case "accepted_values":
            return e.ExpectColumnValuesToBeInSet(column=check["column"], value_set=check["values"])
        case "accepted_range":
            bounds = {"min_value": float(check["min"]), "max_value": float(check["max"])}
            return e.ExpectColumnValuesToBeBetween(column=check["column"], **bounds)
        case "row_count":
            return e.ExpectTableRowCountToBeBetween(min_value=check["min"])
        case "unique":
            columns = check["columns"]
            if len(columns) == 1:
                return e.ExpectColumnValuesToBeUnique(column=columns[0])
            return e.ExpectCompoundColumnsToBeUnique(column_list=columns)
        case "relationships":
            column, field = check["column"], check["field"]
            return e.UnexpectedRowsExpectation(
                unexpected_rows_query=f"select a.{column} from {schema}.{check['table']} a left join {schema}.{check['to']} b on b.{field} = a.{column} where a.{column} is not null and b.{field} is null"
            )


looked, failed = 0, 0
for table in dict.fromkeys(check["table"] for check in checks):
    asset = source.add_table_asset(table, table_name=table, schema_name=schema)
    suite = gx.ExpectationSuite(name=table)
    for check in checks:
        if check["table"] == table:
            suite.add_expectation(expectation(check))
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    for result in batch.validate(suite, result_format="BOOLEAN_ONLY").results:
        looked += 1
        failed += not result.success
print(f"{looked} checks, {failed} failed")
