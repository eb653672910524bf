-- Grant letters as they were frozen, under the SHA-256 of their bytes. A letter that an event names is here whole and
-- unaltered, or the event would name another; nothing here is ever changed or thrown away.
CREATE TABLE grants.letter_file (
    sha256     bytea       PRIMARY KEY,
    content    bytea       NOT NULL,
    size_bytes integer     NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
    stored_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT letter_file_is_what_it_is_called CHECK (sha256 = pg_catalog.sha256(content)),
    CONSTRAINT letter_file_is_a_pdf CHECK (substring(content FOR 5) = '%PDF-'::bytea)
);
-- PDFs are compressed already; trying again costs time and gains nothing.
ALTER TABLE grants.letter_file ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TRIGGER letter_file_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.letter_file
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.letter_file ENABLE ALWAYS TRIGGER letter_file_is_final;

REVOKE ALL ON grants.letter_file FROM PUBLIC;
GRANT SELECT ON grants.letter_file TO grants_service, grants_reader;
GRANT INSERT (sha256, content) ON grants.letter_file TO grants_service;
