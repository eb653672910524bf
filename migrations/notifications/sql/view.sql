-- Read models that catch up in batches, as grants has them: everything here can be thrown away and made again from the
-- log, so the service may write it; the schema stays the owner's, and no service makes or drops a table.
CREATE SCHEMA notifications_view;

CREATE TABLE notifications_view.edition (
    projection text        NOT NULL,
    edition    integer     NOT NULL CHECK (edition > 0),
    version    integer     NOT NULL,            -- of the code that fills it
    position   bigint      NOT NULL DEFAULT 0,  -- every event up to here is in it, or parked
    state      text        NOT NULL CHECK (state IN ('building', 'live', 'retired')),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, edition)
);
CREATE UNIQUE INDEX edition_live ON notifications_view.edition (projection) WHERE state = 'live';
CREATE UNIQUE INDEX edition_building ON notifications_view.edition (projection) WHERE state = 'building';

CREATE TABLE notifications_view.parked (
    projection text        NOT NULL,
    edition    integer     NOT NULL,
    stream     text        NOT NULL,
    position   bigint      NOT NULL,
    topic      text        NOT NULL,
    error      text        NOT NULL,
    attempts   integer     NOT NULL,
    held       integer     NOT NULL,
    parked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, edition, stream),
    FOREIGN KEY (projection, edition) REFERENCES notifications_view.edition ON DELETE CASCADE
);

-- The register of deadlines: what is or was due, of what, and the last thing that happened to it.
CREATE TABLE notifications_view.deadline (
    edition          integer     NOT NULL,
    deadline_id      uuid        NOT NULL,
    stream           text        NOT NULL,  -- whose facts it follows from
    key              text        NOT NULL,  -- what names it there
    kind             text        NOT NULL,
    state            text        NOT NULL CHECK (state IN ('due', 'met', 'fallen')),
    due_on           date        NOT NULL,
    due_at           timestamptz NOT NULL,
    roles            text[]      NOT NULL,
    what             text        NOT NULL,
    part             integer,
    case_ids         uuid[]      NOT NULL,
    case_numbers     text[]      NOT NULL,
    scheme_ids       text[]      NOT NULL,
    posts            text[]      NOT NULL,
    items            text[]      NOT NULL,
    notice_id        uuid,
    year             integer,
    letter_number    integer,
    assignment       text,
    amount_ore       bigint,
    cite             text,
    known_at         timestamptz NOT NULL,
    changed          text        NOT NULL,
    changed_at       timestamptz NOT NULL,
    changed_position bigint      NOT NULL,
    moves            integer     NOT NULL,
    PRIMARY KEY (edition, deadline_id)
) WITH (fillfactor = 80);
CREATE INDEX deadline_days ON notifications_view.deadline (edition, due_on, deadline_id);
CREATE INDEX deadline_due ON notifications_view.deadline (edition, due_on, deadline_id) WHERE state = 'due';
CREATE INDEX deadline_stream ON notifications_view.deadline (edition, stream);
CREATE INDEX deadline_cases ON notifications_view.deadline USING gin (case_ids);

-- When the sweep is to look at a deadline next; null when nothing more can be told of it. Whatever happens to a deadline
-- has it looked at anew. An alarm clock and no more: what is told follows from the register at that moment.
CREATE TABLE notifications_view.deadline_timer (
    deadline_id uuid        PRIMARY KEY,
    look_at     timestamptz
) WITH (fillfactor = 70);
CREATE INDEX deadline_timer_ahead ON notifications_view.deadline_timer (look_at) WHERE look_at IS NOT NULL;

REVOKE ALL ON ALL TABLES IN SCHEMA notifications_view FROM PUBLIC;
GRANT USAGE ON SCHEMA notifications_view TO notifications_service, notifications_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA notifications_view TO notifications_service, notifications_reader;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA notifications_view TO notifications_service;
