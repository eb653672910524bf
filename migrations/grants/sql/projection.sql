-- Read models that catch up in batches. Everything here can be thrown away and made again from the log, so the service
-- may write it; the schema stays the owner's, and no service makes or drops a table.
--
-- Every row of a read model belongs to an edition. A rebuild fills a new edition beside the one that is read; the
-- switch is one UPDATE in the commit that caught up. So no table is made at run time, and nobody waits.
CREATE SCHEMA grants_view;

-- How far each edition of each projection has come. The row is locked while a batch is applied, and the place is saved
-- in the batch's own commit: two runners never both apply.
CREATE TABLE grants_view.edition (
    projection text        NOT NULL,
    edition    integer     NOT NULL CHECK (edition > 0),
    version    integer     NOT NULL,            -- of the code that fills it
    position   bigint      NOT NULL DEFAULT 0,  -- every event up to here is in it, or parked
    state      text        NOT NULL CHECK (state IN ('building', 'live', 'retired')),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, edition)
);
CREATE UNIQUE INDEX edition_live ON grants_view.edition (projection) WHERE state = 'live';
CREATE UNIQUE INDEX edition_building ON grants_view.edition (projection) WHERE state = 'building';

-- Streams an edition could not follow: from `position` on, their events wait here until somebody has put it right.
CREATE TABLE grants_view.parked (
    projection text        NOT NULL,
    edition    integer     NOT NULL,
    stream     text        NOT NULL,
    position   bigint      NOT NULL,  -- the event that failed
    topic      text        NOT NULL,
    error      text        NOT NULL,
    attempts   integer     NOT NULL,
    held       integer     NOT NULL,  -- events of the stream that wait: the one that failed and those after it
    parked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, edition, stream),
    FOREIGN KEY (projection, edition) REFERENCES grants_view.edition ON DELETE CASCADE
);

-- Cases as a list: what each award is, and how far its money has come. All amounts are whole øre.
CREATE TABLE grants_view.case_row (
    edition             integer     NOT NULL,
    case_id             uuid        NOT NULL,
    opened_position     bigint      NOT NULL,  -- of its first event: the order of the list
    fund_id             text        NOT NULL,
    year                integer     NOT NULL,
    chapter             integer     NOT NULL,
    post                integer     NOT NULL,
    recipient           text        NOT NULL,
    organisation_number text,
    amount_ore          bigint      NOT NULL,
    disbursed_ore       bigint      NOT NULL,
    withheld_ore        bigint      NOT NULL,
    state               text        NOT NULL,
    proposed_by         text        NOT NULL,
    approved_by         text,
    changed_position    bigint      NOT NULL,
    changed_at          timestamptz NOT NULL,
    PRIMARY KEY (edition, case_id)
) WITH (fillfactor = 80);
CREATE INDEX case_row_order ON grants_view.case_row (edition, year, opened_position);

REVOKE ALL ON ALL TABLES IN SCHEMA grants_view FROM PUBLIC;
GRANT USAGE ON SCHEMA grants_view TO grants_service, grants_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA grants_view TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA grants_view TO grants_service;
