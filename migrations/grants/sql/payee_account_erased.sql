-- That an account number is erased is a fact, and the row is emptied in the transaction that records it. Nobody empties it
-- otherwise: what is gone without a fact has been tampered with.
CREATE FUNCTION grants.erase_account_told() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE grants.payee_account SET account_number = NULL, erased_at = NEW.recorded_at
    WHERE id = (convert_from(NEW.data, 'UTF8')::jsonb ->> 'account_id')::uuid AND erased_at IS NULL;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION grants.erase_account_told FROM PUBLIC;
CREATE TRIGGER event_erases_account AFTER INSERT ON grants.event FOR EACH ROW
    WHEN (NEW.topic = 'disbursement.payee-account-erased.v1') EXECUTE FUNCTION grants.erase_account_told();
ALTER TABLE grants.event ENABLE ALWAYS TRIGGER event_erases_account;
REVOKE UPDATE (account_number, erased_at) ON grants.payee_account FROM grants_service;

-- Those that were erased before, when it left no fact, are told in one.
DO $$
DECLARE
    erased jsonb;
BEGIN
    PERFORM grants.take_turn();
    SELECT jsonb_agg(jsonb_build_object('id', a.id, 'digest', NULL) ORDER BY a.id) INTO erased
        FROM grants.payee_account a WHERE a.erased_at IS NOT NULL;
    IF erased IS NOT NULL THEN
        PERFORM grants.tell_of_log(
            'upgrade', 'log.rows-bound.v1', jsonb_build_object('table', 'payee_account', 'rows', erased),
            greatest(grants.log_clock(), (SELECT e.recorded_at FROM grants.event e ORDER BY e.position DESC LIMIT 1)));
    END IF;
END $$;
