"""What Alembic runs for the dashboard: every revision in one transaction, on the connection it was given."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema=context.config.attributes["service"])
with context.begin_transaction():
    context.run_migrations()
