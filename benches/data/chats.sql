SET LOCAL synchronous_commit = off;
CREATE TEMP TABLE whose ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, name, email FROM {schema}.visitors;
CREATE UNIQUE INDEX ON whose (n);
CREATE TEMP TABLE staff ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM {schema}.users WHERE kind = 'staff';
CREATE TEMP TABLE made ON COMMIT DROP AS
  SELECT c.n, md5('chat ' || c.n)::uuid AS id, w.id AS visitor, w.name, w.email, s.id AS staff,
    timestamptz '2024-01-01 00:00Z' + c.n * interval '200 seconds' AS at
  FROM generate_series(0, {chats} - 1) AS c (n)
  JOIN whose w ON w.n = c.n % (SELECT count(*) FROM whose)
  JOIN staff s ON s.n = c.n % (SELECT count(*) FROM staff);
INSERT INTO {schema}.chat_sessions (id, visitor_id, visitor_name, visitor_email, status, assignee_id, token_hash, started_at,
    claimed_at, first_answer_at, ended_at, ended_by, visitor_lines, staff_lines, unread_by_visitor, unread_by_staff,
    last_message_at, last_message_id, version, created_at, updated_at)
  SELECT id, visitor, name, email, 'ended', staff, sha256(n::text::bytea), at, at + interval '20 seconds', at + interval '30 seconds',
    at + interval '10 minutes', 'visitor', 5, 5, 0, 0, at + interval '9 minutes', md5('line ' || n || ' ' || 9)::uuid, 4, at,
    at + interval '10 minutes'
  FROM made;
INSERT INTO {schema}.chat_messages (id, session_id, sender_type, staff_id, content, created_at)
  SELECT md5('line ' || m.n || ' ' || k)::uuid, m.id, CASE k % 2 WHEN 0 THEN 'visitor' ELSE 'staff' END,
    CASE k % 2 WHEN 1 THEN m.staff END, 'Line ' || k || ' of what both sides have to say about the boiler in the cellar.',
    m.at + k * interval '1 minute'
  FROM made m CROSS JOIN generate_series(0, 9) k;
