"""Everything a database of this release holds beside its rows, line by line: what was shipped, to compare with.

Functions, columns, constraints, indexes, triggers, views, rights, owners, roles and their settings, as PostgreSQL
itself writes them; and what anybody has given our roles, or everybody, of what PostgreSQL brings along.
`description.json` is made from a fresh database and committed; `make check` makes it again and finds it the same, and
`make verify` holds a running database against it. It needs no right but to connect.

It does not depend on PostgreSQL's minor version: none of them changes what is described here. Names that differ from
place to place (the database's, the administrator's) stand in no line.
"""

import json
from pathlib import Path
from typing import Any

from psycopg import Connection

from migrations.roles import LOGINS, OWNER

FILE = Path(__file__).parent / "description.json"
OURS = [OWNER, *(login.name for login in LOGINS)]

# Schemas PostgreSQL brings along. Everything else in the database is described, wherever it stands.
_OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'"
# A right as "whom:what", a star where it may be passed on. What is granted by default is written out too.
_RIGHTS = """
    (SELECT coalesce(string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ':'
         || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ' '
         ORDER BY CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END COLLATE "C", a.privilege_type)
         , 'nobody')
     FROM aclexplode(coalesce({acl}, acldefault('{kind}', {owner}))) AS a)
"""


# What our roles, or everybody, may do with a thing that PostgreSQL brings along, beyond what they could from the start.
_GIVEN = """
    SELECT {what} || {name}, string_agg(concat_ws(':', CASE g.grantee WHEN 0 THEN 'PUBLIC'
           ELSE g.grantee::regrole::text END, g.privilege_type, CASE WHEN g.is_grantable THEN '*' END), ' '
           ORDER BY g.grantee::regrole::text COLLATE "C", g.privilege_type)
    FROM {of} o
    LEFT JOIN pg_init_privs i ON (i.classoid, i.objoid, i.objsubid) = ('{class_of}'::regclass, {oid}, {part}),
    LATERAL (SELECT grantee, privilege_type, is_grantable
             FROM aclexplode(coalesce({acl}, acldefault('{kind}', {owner})))
             EXCEPT SELECT grantee, privilege_type, is_grantable
             FROM aclexplode(coalesce(i.initprivs, acldefault('{kind}', {owner})))) AS g
    WHERE {within} AND (g.grantee = 0 OR g.grantee IN (SELECT r.oid FROM pg_roles r WHERE r.rolname = ANY (%(ours)s)))
    GROUP BY 1
"""


def _rights(acl: str, kind: str, owner: str) -> str:
    return _RIGHTS.format(acl=acl, kind=kind, owner=owner)


def _in(namespace: str) -> str:
    return f"{namespace}::regnamespace::text IN ('pg_catalog', 'information_schema', 'pg_toast')"


def _given(what: str, of: str, acl: str, kind: str, name: str, *, within: str = "true") -> str:
    """`acl` is the column that holds the rights, its owner's column by the same beginning, where it has one."""
    owner = {"attacl": "10::oid", "paracl": "10::oid"}.get(acl, f"o.{acl.removesuffix('acl')}owner")
    place = ("pg_class", "o.attrelid", "o.attnum") if acl == "attacl" else (of, "o.oid", "0")
    told = dict(zip(("class_of", "oid", "part"), place, strict=True))
    return _GIVEN.format(
        of=of, acl=f"o.{acl}", kind=kind, owner=owner, what=f"'{what} '", name=name, within=within, **told
    )


def _added(catalog: str, name: str, what: str) -> str:
    """What does not come from PostgreSQL itself: its own things have lower numbers."""
    return f"SELECT '{what} ' || o.{name}, 'it stands there' FROM {catalog} o WHERE o.oid >= 16384"


# What is described, by kind. Each statement answers (name, line); a name is unique within its kind.
QUESTIONS = {
    "schema": f"""
        SELECT n.nspname, concat_ws('; ', CASE WHEN n.nspname <> 'public' THEN n.nspowner::regrole::text END,
               {_rights("n.nspacl", "n", "n.nspowner")})
        FROM pg_namespace n WHERE {_OWN}
    """,
    "relation": f"""
        SELECT c.oid::regclass::text, concat_ws('; ', c.relkind, c.relpersistence, c.relowner::regrole::text,
               nullif(array_to_string(c.reloptions, ','), ''), CASE WHEN c.relrowsecurity THEN 'row security' END,
               CASE WHEN c.relforcerowsecurity THEN 'row security for its owner' END,
               (SELECT 'inherits ' || string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno)
                FROM pg_inherits h WHERE h.inhrelid = c.oid),
               (SELECT 'as a type ' || {_rights("t.typacl", "T", "t.typowner")}
                FROM pg_type t WHERE t.oid = c.reltype AND t.typacl IS NOT NULL),
               (SELECT concat_ws(' ', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle)
                FROM pg_sequence q WHERE q.seqrelid = c.oid),
               CASE WHEN c.relispartition THEN 'partition' END,
               {_rights("c.relacl", "r", "c.relowner")},
               CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OWN} AND c.relkind NOT IN ('i', 'I')
    """,
    "column": f"""
        SELECT c.oid::regclass::text || '.' || a.attname,
               concat_ws('; ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
               nullif(a.attgenerated::text, ''), nullif(a.attidentity::text, ''), pg_get_expr(d.adbin, d.adrelid),
               nullif(a.attcollation, t.typcollation)::regcollation::text,
               CASE WHEN a.attacl IS NOT NULL THEN {_rights("a.attacl", "c", "c.relowner")} END)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
        WHERE {_OWN} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('i', 'I')
    """,
    "constraint": f"""
        SELECT coalesce(nullif(k.conrelid, 0)::regclass::text,
                        nullif(k.contypid, 0)::regtype::text) || '.' || k.conname,
               concat_ws('; ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not validated' END,
               (SELECT string_agg(DISTINCT g.tgenabled::text, ',') FROM pg_trigger g
                WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O'))
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {_OWN}
    """,
    "index": f"""
        SELECT c.oid::regclass::text,
               concat_ws('; ', pg_get_indexdef(c.oid), CASE WHEN NOT i.indisvalid THEN 'invalid' END)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OWN}
    """,
    "trigger": f"""
        SELECT c.oid::regclass::text || '.' || g.tgname, concat_ws('; ', pg_get_triggerdef(g.oid), g.tgenabled)
        FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OWN} AND NOT g.tgisinternal
    """,
    "rule": f"""
        SELECT c.oid::regclass::text || '.' || r.rulename, pg_get_ruledef(r.oid)
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OWN} AND r.rulename <> '_RETURN'
    """,
    "policy": f"""
        SELECT c.oid::regclass::text || '.' || p.polname, concat_ws('; ', p.polcmd, p.polpermissive,
               pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OWN}
    """,
    "function": f"""
        SELECT p.oid::regprocedure::text, concat_ws('; ', p.proowner::regrole::text,
               {_rights("p.proacl", "f", "p.proowner")},
               CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid)
                    ELSE coalesce((to_jsonb(a) - 'aggfnoid')::text, p.prosrc) END)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
        WHERE {_OWN}
    """,
    "type": f"""
        SELECT t.oid::regtype::text, concat_ws('; ', t.typtype, t.typowner::regrole::text,
               format_type(t.typbasetype, t.typtypmod), {_rights("t.typacl", "T", "t.typowner")},
               (SELECT string_agg(l.enumlabel, ' ' ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid))
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE {_OWN} AND t.typelem = 0 AND (c.oid IS NULL OR c.relkind = 'c') AND t.typtype <> 'm'
    """,
    # What somebody has added to, or put in the place of, what PostgreSQL brings along.
    "built in": """
        SELECT 'functions', md5(string_agg(concat_ws(' ', p.oid::regprocedure, p.prosrc, p.prolang, p.probin,
               p.provolatile, p.prosecdef, p.proisstrict, p.proleakproof, p.proconfig), E'\\n' ORDER BY p.oid))
        FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
        UNION ALL SELECT 'operators', md5(string_agg(concat_ws(' ', o.oid::regoperator, o.oprcode),
               E'\\n' ORDER BY o.oid))
        FROM pg_operator o
        UNION ALL SELECT 'casts', md5(string_agg(concat_ws(' ', k.castsource, k.casttarget, k.castfunc, k.castcontext),
               E'\\n' ORDER BY k.castsource, k.casttarget)) FROM pg_cast k
        UNION ALL SELECT 'languages', string_agg(l.lanname, ' ' ORDER BY l.lanname) FROM pg_language l
        UNION ALL SELECT 'extensions', string_agg(e.extname, ' ' ORDER BY e.extname) FROM pg_extension e
        UNION ALL SELECT 'event triggers', coalesce(string_agg(e.evtname, ' ' ORDER BY e.evtname), 'none')
        FROM pg_event_trigger e
        UNION ALL SELECT 'large objects', count(*)::text FROM pg_largeobject_metadata
        UNION ALL SELECT 'labels', count(*)::text FROM pg_seclabels
        UNION ALL SELECT 'triggers fire as', current_setting('session_replication_role')
    """,
    # None of these is shipped: each that stands there was added.
    "added": " UNION ALL ".join(
        [
            *(
                _added(f"pg_{catalog}", name, what)
                for catalog, name, what in (
                    ("am", "amname", "access method"),
                    ("opclass", "opcname", "operator class"),
                    ("opfamily", "opfname", "operator family"),
                    ("collation", "collname", "collation"),
                    ("conversion", "conname", "conversion"),
                    ("ts_config", "cfgname", "text search configuration"),
                    ("ts_dict", "dictname", "text search dictionary"),
                    ("ts_parser", "prsname", "text search parser"),
                    ("ts_template", "tmplname", "text search template"),
                    ("transform", "trftype", "transform"),
                    ("statistic_ext", "stxname", "statistics"),
                    ("foreign_data_wrapper", "fdwname", "foreign data wrapper"),
                    ("foreign_server", "srvname", "foreign server"),
                    ("publication", "pubname", "publication"),
                )
            ),
            "SELECT 'subscription ' || o.subname, 'it stands there' FROM pg_subscription o"
            " WHERE o.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())",
        ]
    ),
    "given": " UNION ALL ".join(
        (
            _given("function", "pg_proc", "proacl", "f", "o.oid::regprocedure::text", within=_in("o.pronamespace")),
            _given("relation", "pg_class", "relacl", "r", "o.oid::regclass::text", within=_in("o.relnamespace")),
            _given(
                "column",
                "pg_attribute",
                "attacl",
                "c",
                "o.attrelid::regclass::text || '.' || o.attname",
                within=_in("(SELECT c.relnamespace FROM pg_class c WHERE c.oid = o.attrelid)"),
            ),
            _given("type", "pg_type", "typacl", "T", "o.oid::regtype::text", within=_in("o.typnamespace")),
            _given("schema", "pg_namespace", "nspacl", "n", "o.nspname", within=_in("o.oid")),
            _given("language", "pg_language", "lanacl", "l", "o.lanname"),
            _given("tablespace", "pg_tablespace", "spcacl", "t", "o.spcname"),
            _given("setting", "pg_parameter_acl", "paracl", "p", "o.parname"),
        )
    ),
    "default right": """
        SELECT concat_ws(' ', d.defaclrole::regrole, nullif(d.defaclnamespace, 0)::regnamespace, d.defaclobjtype),
               (SELECT coalesce(string_agg(x::text, ' ' ORDER BY x::text), 'nobody') FROM unnest(d.defaclacl) AS x)
        FROM pg_default_acl d
    """,
    "database": f"""
        SELECT 'this', concat_ws('; ', d.datdba::regrole, pg_encoding_to_char(d.encoding), d.datlocprovider,
               d.datlocale, {_rights("d.datacl", "d", "d.datdba")})
        FROM pg_database d WHERE d.datname = current_database()
    """,
    "role": """
        SELECT r.rolname, concat_ws('; ', CASE WHEN r.rolsuper THEN 'superuser' END,
               CASE WHEN r.rolcanlogin THEN 'logs in' END,
               CASE WHEN r.rolcreaterole THEN 'creates roles' END, CASE WHEN r.rolcreatedb THEN 'creates databases' END,
               CASE WHEN r.rolreplication THEN 'replicates' END,
               CASE WHEN NOT r.rolinherit THEN 'inherits nothing' END,
               CASE WHEN r.rolbypassrls THEN 'passes row security' END)
        FROM pg_roles r WHERE r.rolname = ANY (%(ours)s)
    """,
    # An administrator who creates roles without being superuser must be a member of the owner, so is not told here.
    "membership": """
        SELECT concat(m.roleid::regrole, ' has ', m.member::regrole), concat_ws(' ',
               CASE WHEN m.admin_option THEN 'admin' END,
               CASE WHEN m.inherit_option THEN 'inherit' END, CASE WHEN m.set_option THEN 'set' END)
        FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
        WHERE (g.rolname = ANY (%(ours)s) AND NOT (r.rolcreaterole AND r.rolname <> ALL (%(ours)s)))
           OR r.rolname = ANY (%(ours)s)
    """,
    "role setting": """
        SELECT coalesce(nullif(s.setrole, 0)::regrole::text,
               'anybody') || CASE s.setdatabase WHEN 0 THEN '' ELSE ' here' END,
               (SELECT string_agg(x, '; ' ORDER BY x) FROM unnest(s.setconfig) AS x)
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
        WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          AND (s.setrole = 0 OR r.rolname = ANY (%(ours)s))
    """,
}


def read(connection: Connection[Any]) -> dict[str, str]:
    """The database of this connection, a line for each thing in it, under "kind name"."""
    lines: dict[str, str] = {}
    with connection.transaction():
        connection.execute("SET LOCAL search_path = pg_catalog")  # every name is then written whole
        for kind, question in QUESTIONS.items():
            rows = connection.execute(question.encode(), {"ours": OURS} if "%(ours)s" in question else None)
            lines |= {f"{kind} {name}": str(line) for name, line in rows}
    return dict(sorted(lines.items()))


def shipped() -> dict[str, str]:
    """What a fresh database of this release holds."""
    told: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return told


def write(connection: Connection[Any]) -> None:
    """Keep this connection's database, a fresh one, as what is shipped."""
    FILE.write_text(json.dumps(read(connection), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def differences(found: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """What stands in the database and is not what was shipped, by name: `changed`, `added` or `gone`."""
    said = []
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            what = "added" if name not in wanted else "gone" if name not in found else "changed"
            said.append(f"{name}: {what}")
    return said
