"""The one door to the database: store, tables, migrations."""
