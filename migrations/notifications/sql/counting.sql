-- How the ministry's days are counted: versioned data that only the owner can add to, and the same reckoning as the
-- service's own (services/notifications/counting.py), written a second time on purpose.

CREATE TABLE notifications.policy (
    version               text    PRIMARY KEY,
    valid_from            date    NOT NULL UNIQUE,  -- Europe/Oslo; the latest one begun is in force
    days                  integer NOT NULL CHECK (days BETWEEN 1 AND 365),
    day_of_notice_counted boolean NOT NULL,
    starts                text    NOT NULL CHECK (starts = 'received'),
    min_hours             integer NOT NULL CHECK (min_hours >= 0),
    roll_forward          boolean NOT NULL,
    tz                    text    NOT NULL CHECK (tz = 'Europe/Oslo'),
    basis                 text    NOT NULL,
    stale_after_days      integer NOT NULL CHECK (stale_after_days > days)
);

INSERT INTO notifications.policy
VALUES ('instruks-5.4', '2020-01-01', 14, false, 'received', 336, false, 'Europe/Oslo', 'Instruks 5.4', 90);

-- Easter Day in the Gregorian calendar (the anonymous reckoning of 1876).
CREATE FUNCTION notifications.easter(year integer) RETURNS date LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a integer := year % 19;
    b integer := year / 100;
    c integer := year % 100;
    h integer := (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    l integer := (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    m integer := (a + 11 * h + 22 * l) / 451;
    n integer := h + l - 7 * m + 114;
BEGIN
    RETURN make_date(year, n / 31, n % 31 + 1);
END $$;

CREATE FUNCTION notifications.is_working_day(day date) RETURNS boolean LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT extract(isodow FROM day) < 6
       AND to_char(day, 'MM-DD') NOT IN ('01-01', '05-01', '05-17', '12-25', '12-26')
       AND day - notifications.easter(extract(year FROM day)::integer) NOT IN (-3, -2, 0, 1, 39, 49, 50)
$$;

-- When the gate opens, for days that began to run at `starts`. Both hold: the whole days by the calendar, and the hours.
CREATE FUNCTION notifications.opens_at(starts timestamptz, p notifications.policy) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_day date := (starts AT TIME ZONE p.tz)::date + p.days + CASE WHEN p.day_of_notice_counted THEN 0 ELSE 1 END;
    opens     timestamptz := greatest(first_day::timestamp AT TIME ZONE p.tz, starts + make_interval(hours => p.min_hours));
BEGIN
    WHILE p.roll_forward AND NOT notifications.is_working_day((opens AT TIME ZONE p.tz)::date) LOOP
        opens := ((opens AT TIME ZONE p.tz)::date + 1)::timestamp AT TIME ZONE p.tz;
    END LOOP;
    RETURN opens;
END $$;

-- From when on a notice received then is too old to let anything out.
CREATE FUNCTION notifications.stale_at(received_at timestamptz, p notifications.policy) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ((received_at AT TIME ZONE p.tz)::date + p.stale_after_days)::timestamp AT TIME ZONE p.tz
$$;
