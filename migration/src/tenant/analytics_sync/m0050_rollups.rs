//! The facts of each day in one piece, counted ahead.

crate::dialect::sql_migration! {"
CREATE TABLE metric_days (
    -- Days since 1970 in UTC: whole whatever the zone that is asked for.
    day integer NOT NULL PRIMARY KEY,
    -- Raised whenever something of the day changed; and what it was when the day was last counted.
    mark bigint NOT NULL,
    counted bigint NOT NULL,
    things integer NOT NULL,
    block {bytes} NOT NULL
);
-- What is to be counted anew.
CREATE INDEX metric_days_behind ON metric_days (day) WHERE mark <> counted;
"}
