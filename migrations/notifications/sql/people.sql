-- Where two people must differ, subjects are compared folded, as the application does (services/text/people.py). A
-- token's subject is printable ASCII, where only case can be otherwise; but whoever holds the service's role can append
-- a fact that names anybody, so all that the application folds is folded here: compatibility forms, case, white space
-- and whatever is invisible.
CREATE FUNCTION notifications.folded(subject text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT normalize(casefold(regexp_replace(
        normalize(subject, NFKC) COLLATE pg_unicode_fast,
        U&'[\0001-\0020\007F-\00A0\00AD\034F\0600-\0605\061C\06DD\070F\0890\0891\08E2\115F\1160\1680\17B4\17B5\180B-\180F\2000-\200F\2028-\202F\205F-\206F\3000\3164\FE00-\FE0F\FEFF\FFA0\FFF9-\FFFB\+0110BD\+0110CD\+013430-\+01343F\+01BCA0-\+01BCA3\+01D173-\+01D17A\+0E0001-\+0E01EF]',
        '', 'g')), NFKC)
$$;

-- A receipt counts for the last sending, and lies between it and now; two people of the directorate found it.
CREATE OR REPLACE FUNCTION notifications.receive(which text, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told notifications.notice;
    at   timestamptz := (d ->> 'received_at')::timestamptz;
BEGIN
    SELECT * INTO told FROM notifications.notice n WHERE n.notice = which;
    PERFORM notifications.refuse_unless(told.dispatch = (d ->> 'dispatch')::integer, 'not-the-last-sending', which);
    PERFORM notifications.refuse_unless(at >= told.dispatched_at, 'received-before-sent', which);
    -- A minute's difference between clocks is borne: a later receipt only opens later.
    PERFORM notifications.refuse_unless(
        at <= notifications.log_clock() + interval '60 seconds', 'received-in-the-future', which);
    PERFORM notifications.refuse_unless(
        notifications.folded(d ->> 'proposed_by') IS DISTINCT FROM notifications.folded(d ->> 'told_by'),
        'same-person-twice', which);
    UPDATE notifications.notice SET received_at = at WHERE notice = which;
END $$;

-- Waivers that stand are judged by the rule of their day, so only new rows are checked.
ALTER TABLE notifications.waiver DROP CONSTRAINT waiver_check;
ALTER TABLE notifications.waiver ADD CONSTRAINT waiver_by_two
    CHECK (notifications.folded(confirmed_by) <> notifications.folded(proposed_by)) NOT VALID;

REVOKE ALL ON FUNCTION notifications.folded FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications.folded TO notifications_service, notifications_reader;
