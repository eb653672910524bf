-- A released letter waits for grants' word, and for its channel. What closes the gate meanwhile keeps it here: an objection,
-- a receipt that was none, a notice withdrawn, sent again or replaced, or grown stale. What may have left had its days
-- when it did, so that the same bytes are sent once more unless the ministry objects.

CREATE FUNCTION notifications.refuse_closed(which text, may_have_left boolean) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clock timestamptz := notifications.log_clock();
    gate  record;
BEGIN
    PERFORM notifications.refuse_unless(
        NOT EXISTS (SELECT FROM notifications.objection o WHERE o.item = which AND o.lifted_at IS NULL),
        'notice-objected', which);
    IF may_have_left THEN
        RETURN;
    END IF;
    SELECT * INTO gate FROM notifications.standing(which, true);
    PERFORM notifications.refuse_unless(gate.code IS NULL, gate.code, which);
    PERFORM notifications.refuse_unless(gate.opens_at <= clock, 'notice-too-young', which);
    PERFORM notifications.refuse_unless(gate.stale_at IS NULL OR clock < gate.stale_at, 'notice-stale', which);
END $$;

REVOKE ALL ON FUNCTION notifications.refuse_closed, notifications.standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications.standing TO notifications_service, notifications_reader;
