"""Changes of the schema, one Alembic migration each."""
