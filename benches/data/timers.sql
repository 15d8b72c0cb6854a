SET LOCAL synchronous_commit = off;
INSERT INTO {schema}.service_level_policies (id, name, name_folded, position, resolution_minutes, business_hours, warn_percent,
    is_active, created_at, updated_at)
  VALUES (md5('policy')::uuid, 'Within an hour', 'within an hour', 1, 60, false, 80, true, now(), now());
CREATE TEMP TABLE open ON COMMIT DROP AS
  SELECT id, row_number() OVER (ORDER BY id) AS n FROM (SELECT id FROM {schema}.tickets ORDER BY id LIMIT {tickets}) t;
UPDATE {schema}.tickets SET status = 'open', resolved_at = NULL, closed_at = NULL FROM open WHERE tickets.id = open.id;
-- Those that are due were warned of already; the others are not due for days.
INSERT INTO {schema}.ticket_clocks (id, ticket_id, kind, policy_id, started_at, target_minutes, business_hours, warn_percent,
    used_seconds, due_at, warn_at, next_at, warned_at)
  SELECT md5('clock ' || id)::uuid, id, 'resolution', md5('policy')::uuid, at, minutes, false, 80, 0,
    at + minutes * interval '1 minute', at + minutes * interval '48 seconds',
    at + minutes * CASE WHEN n <= {due} THEN interval '1 minute' ELSE interval '48 seconds' END,
    CASE WHEN n <= {due} THEN at + minutes * interval '48 seconds' END
  FROM (SELECT id, n, CASE WHEN n <= {due} THEN 60 ELSE 14400 END AS minutes,
      now() - interval '1 hour' + interval '1 second' * ({first} + (n % {due}) * {spread}.0 / {due}) AS at FROM open) o;
