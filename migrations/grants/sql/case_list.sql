-- The list of cases follows a case from its application: a case may have no fund yet, and nobody who proposed.
-- All of it is filled anew from the log by the projection's next version.
ALTER TABLE grants_view.case_row
    ALTER COLUMN fund_id DROP NOT NULL,
    ALTER COLUMN chapter DROP NOT NULL,
    ALTER COLUMN post DROP NOT NULL,
    ALTER COLUMN proposed_by DROP NOT NULL,
    ADD COLUMN scheme_id           text,
    ADD COLUMN call_id             text,
    ADD COLUMN round_id            uuid,
    ADD COLUMN municipality_number text,
    ADD COLUMN established_project boolean NOT NULL DEFAULT false,
    ADD COLUMN sought_ore          bigint;
CREATE INDEX case_row_scheme ON grants_view.case_row (edition, scheme_id, opened_position);
CREATE INDEX case_row_granted ON grants_view.case_row (edition, call_id, organisation_number);

-- What waits for whom: one row for each thing to do in a case, worked out from the case's own stream.
CREATE TABLE grants_view.task (
    edition             integer     NOT NULL,
    case_id             uuid        NOT NULL,
    task                text        NOT NULL,  -- what is to be done: its stable code
    part                integer     NOT NULL,  -- which instalment, report, complaint ... it is about; 0 for the case
    role                text        NOT NULL,
    due_on              date,                  -- the day it should be done by, where there is one
    from_on             date,                  -- the first day it can be done, where it must wait
    not_by              text[]      NOT NULL,  -- people who may not do it: their other duty on the case clashes
    recipient           text        NOT NULL,
    fund_id             text,
    amount_ore          bigint,
    since_position      bigint      NOT NULL,
    since_at            timestamptz NOT NULL,
    PRIMARY KEY (edition, case_id, task, part)
);
CREATE INDEX task_role ON grants_view.task (edition, role, since_position);

REVOKE ALL ON grants_view.task FROM PUBLIC;
GRANT SELECT ON grants_view.task TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.task TO grants_service;
