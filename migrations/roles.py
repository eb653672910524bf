"""Who may do what in the database, from the first day.

Tables and functions belong to `tilsagn_owner`, who cannot log in. The migrator may become it; a service may not. What a
service or a reader may touch inside its schema is granted by the migrations, table by table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

OWNER = "tilsagn_owner"
MIGRATOR = "tilsagn_migrator"

# Roles belong to the whole cluster: test workers and a migration at the same instant take turns.
TURN = 7_215_201_920_200_002


@dataclass(frozen=True, kw_only=True)
class Login:
    """A role that logs in, and the schema it works in (none: the migrator, who works as the owner, and who reads what
    several services show)."""

    name: str
    schema: str | None
    settings: Mapping[str, str]


# A session that sits in an open transaction holds back every reader of the log, so it is ended.
WRITES = {"idle_in_transaction_session_timeout": "60s"}  # services/eventlog/connections/rights.py refuses any other
READS = {"idle_in_transaction_session_timeout": "60s", "default_transaction_read_only": "on"}

LOGINS = (
    Login(name=MIGRATOR, schema=None, settings={}),
    Login(name="grants_service", schema="grants", settings=WRITES),
    Login(name="grants_reader", schema="grants", settings=READS),
    Login(name="notifications_service", schema="notifications", settings=WRITES),
    Login(name="notifications_reader", schema="notifications", settings=READS),
    Login(name="tilsagn_dashboard", schema=None, settings=READS),
    Login(name="dashboard_sessions", schema="dashboard", settings=WRITES),
)


def prepare(admin_dsn: str, database: str, passwords: Mapping[str, str]) -> None:
    """Make the roles and the database as they should be, whatever was there; harmless to repeat.

    `admin_dsn` may create roles and databases. A role without a password in `passwords` keeps the one it has.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (TURN,))
        make_roles(connection, passwords)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            make_database(connection, database)
        close_to_strangers(connection, database)
    with psycopg.connect(url(admin_dsn, database=database), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (TURN,))
        make_schemas(connection)
        close_the_server(connection)


def make_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """The owner and everybody who logs in."""
    plain = sql.SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    if OWNER not in known:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN {}").format(sql.Identifier(OWNER), plain))
    for login in LOGINS:
        name = sql.Identifier(login.name)
        if login.name not in known:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(name, plain))
        for setting, value in {**login.settings, **search_path(login)}.items():
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            connection.execute(statement.format(name, sql.Identifier(setting), sql.Literal(value)))
        if login.name in passwords:
            verifier = connection.pgconn.encrypt_password(
                passwords[login.name].encode(), login.name.encode(), b"scram-sha-256"
            )  # made here, so that no password reaches the server's log
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(verifier.decode())))
    member = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
    connection.execute(member.format(sql.Identifier(OWNER), sql.Identifier(MIGRATOR)))
    if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() != (True,):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE").format(sql.Identifier(OWNER)))


def search_path(login: Login) -> dict[str, str]:
    """A session finds its own service's tables and nothing else."""
    return {} if login.schema is None else {"search_path": login.schema}


def make_database(connection: psycopg.Connection, database: str) -> None:
    """An empty database of the owner's, with the same order of text on every machine."""
    statement = sql.SQL(
        "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' "
        "LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    )
    connection.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER)))


def close_to_strangers(connection: psycopg.Connection, database: str) -> None:
    """Only our own roles connect, and none of them makes temporary tables. A copied database needs it anew."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for login in LOGINS:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(login.name)))


# Reading is no bar to them: they write into tables of the server's own, as much as there is room for.
LARGE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")
OTHER_DATABASES = ("postgres", "template1")


def close_the_server(connection: psycopg.Connection) -> None:
    """What PostgreSQL opens to everybody and nobody here needs: large objects, and the databases that come with it.

    Only a superuser can; an administrator who is none is told how in docs/operations.md."""
    if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() != (True,):
        return
    for function in LARGE_OBJECTS:
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC").format(sql.SQL(function)))
    for name in OTHER_DATABASES:
        connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def make_schemas(connection: psycopg.Connection) -> None:
    """One schema a service; `public` for nobody; a new function is nobody's until it is granted."""
    owner = sql.Identifier(OWNER)
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    revoke = "ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    connection.execute(sql.SQL(revoke).format(owner))
    for login in LOGINS:
        if login.schema is not None:
            schema = sql.Identifier(login.schema)
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, owner))
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, sql.Identifier(login.name)))


def url(dsn: str, *, database: str | None = None, user: str | None = None, password: str | None = None) -> str:
    """The same server, as a URL: another database, another role. Other settings of the DSN are kept."""
    known = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    old_user, old_password = known.pop("user", ""), known.pop("password", "")
    login = quote(user or old_user, safe="")
    secret = quote(password if user is not None and password is not None else old_password, safe="")
    name = quote(database or known.pop("dbname", "postgres"), safe="")
    known.pop("dbname", None)
    return f"postgresql://{login}:{secret}@/{name}?{urlencode(known, quote_via=quote)}"
