-- Reports that recipients owe, over all cases: one row each, worked out from the case's own stream.
CREATE TABLE grants_view.report_row (
    edition          integer NOT NULL,
    case_id          uuid    NOT NULL,
    number           integer NOT NULL,  -- its own in the case
    kind             text    NOT NULL,
    recipient        text    NOT NULL,
    fund_id          text    NOT NULL,
    scheme_id        text,
    due_on           date    NOT NULL,  -- as it stands now
    state            text    NOT NULL,
    received_on      date,              -- the latest version
    reminders        integer NOT NULL,
    next_reminder_on date,              -- the first day a reminder is due; null where nothing is waited for
    PRIMARY KEY (edition, case_id, number)
);
CREATE INDEX report_row_due ON grants_view.report_row (edition, due_on, case_id, number);
CREATE INDEX report_row_remind ON grants_view.report_row (edition, next_reminder_on) WHERE next_reminder_on IS NOT NULL;

REVOKE ALL ON grants_view.report_row FROM PUBLIC;
GRANT SELECT ON grants_view.report_row TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.report_row TO grants_service;
