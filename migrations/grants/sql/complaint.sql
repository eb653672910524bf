-- Complaints over all cases: one row each, worked out from the case's own stream.
CREATE TABLE grants_view.complaint_row (
    edition         integer NOT NULL,
    case_id         uuid    NOT NULL,
    number          integer NOT NULL,  -- its own in the case
    disputed        text    NOT NULL,  -- what kind of decision
    decision_number integer,           -- which withholding, reclaim or reduction
    party           text    NOT NULL,  -- the organisation it is with now
    lodged_on       date    NOT NULL,
    last_day_on     date    NOT NULL,
    late            boolean NOT NULL,
    state           text    NOT NULL,
    suspends        text,
    forwarded_on    date,
    outcome         text,
    decided_on      date,
    PRIMARY KEY (edition, case_id, number)
);
CREATE INDEX complaint_row_order ON grants_view.complaint_row (edition, lodged_on, case_id, number);

REVOKE ALL ON grants_view.complaint_row FROM PUBLIC;
GRANT SELECT ON grants_view.complaint_row TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.complaint_row TO grants_service;
