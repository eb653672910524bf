-- Applications as a list: what came in, how far it is assessed, and what stands beside it. All amounts are whole øre.
CREATE TABLE grants_view.application (
    edition             integer NOT NULL,
    case_id             uuid    NOT NULL,
    call_id             text    NOT NULL,
    scheme_id           text    NOT NULL,
    year                integer NOT NULL,  -- the budget year applied to
    applicant           text    NOT NULL,
    applicant_kind      text    NOT NULL,
    organisation_number text,
    municipality_number text,
    title               text    NOT NULL,
    sought_ore          bigint  NOT NULL,
    versions            integer NOT NULL,
    counting            integer,           -- the version that counts; null while everything came late
    first_arrived_on    date    NOT NULL,
    last_arrived_on     date    NOT NULL,
    reply_by            date,              -- of the request that waits for an answer
    assessments         integer NOT NULL,  -- of the version that counts
    stale_assessments   integer NOT NULL,  -- of other versions
    mean_basis_points   integer,           -- of the assessments that count
    recommended_min_ore bigint,            -- the least and the most that they recommend
    recommended_max_ore bigint,
    state               text    NOT NULL,
    PRIMARY KEY (edition, case_id)
);
CREATE INDEX application_call ON grants_view.application (edition, call_id, first_arrived_on, case_id);
CREATE INDEX application_organisation ON grants_view.application (edition, organisation_number);
CREATE INDEX application_municipality ON grants_view.application (edition, municipality_number);
CREATE INDEX application_name ON grants_view.application (edition, lower(applicant));

REVOKE ALL ON grants_view.application FROM PUBLIC;
GRANT SELECT ON grants_view.application TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.application TO grants_service;
