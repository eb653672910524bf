"""What Alembic runs for dashboard: each revision in one transaction, and last in it what the schema then serves."""

from alembic import context
from alembic.script import ScriptDirectory

from migrations.serving import say_what_is_served

connection, service = context.config.attributes["connection"], context.config.attributes["service"]
context.configure(connection=connection, version_table_schema=service)
with context.begin_transaction():
    context.run_migrations()
    say_what_is_served(connection, service, ScriptDirectory.from_config(context.config))
