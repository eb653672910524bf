-- A log that already holds facts says from where on it is judged by the eighth rules, and that the seventh held until here.
-- Every such log has come to the seventh by now: it began under them, or said so when it was upgraded to them.
DO $$
BEGIN
    PERFORM grants.take_turn();
    IF EXISTS (SELECT FROM grants.event) THEN
        PERFORM grants.tell_of_log(
            'upgrade', 'log.rules-changed.v2', jsonb_build_object('rules', 8, 'before', 7),
            greatest(grants.log_clock(), (SELECT e.recorded_at FROM grants.event e ORDER BY e.position DESC LIMIT 1)));
    END IF;
END $$;
