-- The notices to the ministry that list a case, as the notifications service tells of them.
CREATE TABLE grants_view.case_notice (
    edition     integer     NOT NULL,
    notice_id   uuid        NOT NULL,
    case_id     uuid        NOT NULL,
    position    bigint      NOT NULL,  -- of the fact that lists it
    state       text        NOT NULL,  -- prepared, sent, received, objected, withdrawn: for this case
    planned_on  date,
    sent_at     timestamptz,
    received_at timestamptz,
    PRIMARY KEY (edition, notice_id, case_id)
);
CREATE INDEX case_notice_case ON grants_view.case_notice (edition, case_id, position);

REVOKE ALL ON grants_view.case_notice FROM PUBLIC;
GRANT SELECT ON grants_view.case_notice TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.case_notice TO grants_service;
