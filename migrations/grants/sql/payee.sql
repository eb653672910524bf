-- What recipients are paid to, and what accounting was asked to pay.

-- The accounts themselves. The log refers to a row by its id, so a number can be erased and every fold still works. The
-- service may add a row and erase a number, and change nothing else; readers do not see them.
CREATE TABLE grants.payee_account (
    id                  uuid        PRIMARY KEY,
    account_number      text        CHECK (account_number ~ '^[0-9]{11}$'),
    organisation_number text        NOT NULL CHECK (organisation_number ~ '^[0-9]{9}$'),
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at           timestamptz,
    CONSTRAINT payee_account_is_whole_or_erased CHECK ((account_number IS NULL) = (erased_at IS NOT NULL))
);

-- The exact bytes of each batch's file, stored before the batch is recorded: the batch's event holds their SHA-256. A
-- row that no batch names is an attempt that came to nothing. Files are accounting records and stay when an account is
-- erased; the owner removes them when accounts no longer need to be kept.
CREATE TABLE grants.payment_file (
    sha256    text        PRIMARY KEY CHECK (sha256 = encode(sha256(content), 'hex')),
    batch_id  uuid        NOT NULL,
    content   bytea       NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

REVOKE ALL ON grants.payee_account, grants.payment_file FROM PUBLIC, grants_service, grants_reader;
GRANT SELECT, INSERT, UPDATE (account_number, erased_at) ON grants.payee_account TO grants_service;
GRANT SELECT, INSERT ON grants.payment_file TO grants_service;

-- An erased number never comes back, and no number becomes another.
CREATE FUNCTION grants.only_erase() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.account_number IS NOT NULL OR OLD.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'a payee account is erased, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION grants.only_erase FROM PUBLIC;
CREATE TRIGGER payee_account_is_only_erased BEFORE UPDATE ON grants.payee_account
    FOR EACH ROW EXECUTE FUNCTION grants.only_erase();
ALTER TABLE grants.payee_account ENABLE ALWAYS TRIGGER payee_account_is_only_erased;
CREATE TRIGGER payment_file_is_final BEFORE UPDATE ON grants.payment_file
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.payment_file ENABLE ALWAYS TRIGGER payment_file_is_final;

-- Payments as a list: what waits, what accounting has, what it answered. A credited repayment counts against what was
-- paid, and has a row of its own. All amounts are whole øre.
CREATE TABLE grants_view.payment (
    edition     integer NOT NULL,
    payment_id  uuid    NOT NULL,
    case_id     uuid    NOT NULL,
    instalment  integer NOT NULL,
    account_id  uuid,
    batch_id    uuid,
    amount_ore  bigint  NOT NULL,
    state       text    NOT NULL CHECK (state IN ('attested', 'requested', 'refused', 'paid', 'imported', 'repaid')),
    pay_on      date,
    attested_on date,
    answered_on date,
    voucher     text,
    PRIMARY KEY (edition, payment_id)
);
CREATE INDEX payment_waiting ON grants_view.payment (edition, attested_on) WHERE state = 'attested';
CREATE INDEX payment_case ON grants_view.payment (edition, case_id);

CREATE TABLE grants_view.payment_batch (
    edition           integer NOT NULL,
    batch_id          uuid    NOT NULL,
    made_position     bigint  NOT NULL,  -- the order of the list
    made_on           date    NOT NULL,
    made_by           text    NOT NULL,
    count             integer NOT NULL,
    control_total_ore bigint  NOT NULL,
    file_name         text    NOT NULL,
    sha256            text    NOT NULL,
    answered          integer NOT NULL DEFAULT 0,
    handed_over_on    date,
    PRIMARY KEY (edition, batch_id)
);
CREATE INDEX payment_batch_order ON grants_view.payment_batch (edition, made_position);
CREATE INDEX payment_batch_waiting ON grants_view.payment_batch (edition, made_position) WHERE handed_over_on IS NULL;

REVOKE ALL ON grants_view.payment, grants_view.payment_batch FROM PUBLIC;
GRANT SELECT ON grants_view.payment, grants_view.payment_batch TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.payment, grants_view.payment_batch TO grants_service;
