"""The doorstep between dbt and the library: the dbt-duckdb plugin."""
