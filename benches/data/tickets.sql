SET LOCAL synchronous_commit = off;
INSERT INTO {schema}.users
  SELECT (jsonb_populate_record(u, jsonb_build_object('id', md5('client ' || n)::uuid, 'kind', 'client', 'name', 'Client ' || n,
    'email', 'client' || n || '@clients.example', 'role_id', r.id))).*
  FROM (SELECT u FROM {schema}.users u WHERE kind = 'staff' ORDER BY id LIMIT 1) t(u), {schema}.roles r, generate_series(0, 999) n
  WHERE r.built_in AND r.name = 'CLIENT';
INSERT INTO {schema}.teams (id, name, name_folded, created_at, updated_at)
  SELECT md5('team ' || n)::uuid, 'Team ' || n, 'team ' || n, now(), now() FROM generate_series(0, 9) n;
INSERT INTO {schema}.tags (id, name, name_folded, color, created_at, updated_at)
  SELECT md5('tag ' || n)::uuid, 'Tag ' || n, 'tag ' || n, '#3e7bfa', now(), now() FROM generate_series(0, 9) n;
CREATE TEMP TABLE staff ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM {schema}.users WHERE kind = 'staff';
INSERT INTO {schema}.tickets (id, number, position, title, description, status, category, priority, urgency, severity, requester_id,
    created_by_id, assignee_id, team_id, notes, due_order, resolved_at, closed_at, last_replied_at, comment_count,
    public_comment_count, version, created_at, updated_at, shown_at)
  SELECT md5('ticket ' || t.n)::uuid, 'TKT-2025-' || lpad(t.n::text, greatest(4, length(t.n::text)), '0'), 2025000000000 + t.n, 'The boiler in house ' || t.n,
    'It makes a noise at night, and the pressure falls by half a bar a day.', 'closed', 'support', 'medium', 2, 'normal',
    md5('client ' || t.n % 1000)::uuid, md5('client ' || t.n % 1000)::uuid, CASE WHEN t.n % 3 > 0 THEN s.id END,
    CASE WHEN t.n % 3 = 0 THEN md5('team ' || t.n % 10)::uuid END, '', timestamptz '9999-01-01 00:00Z', at, at, at, 4, 3, 5, at, at, at
  FROM (SELECT n, timestamptz '2025-01-01 00:00Z' + n * interval '60 seconds' AS at FROM generate_series(1, {tickets}) n) t
  JOIN staff s ON s.n = t.n % (SELECT count(*) FROM staff);
INSERT INTO {schema}.entity_tags (tag_id, entity_type, entity_id, created_at)
  SELECT md5('tag ' || n % 10)::uuid, 'ticket', md5('ticket ' || n)::uuid, now() FROM generate_series(1, {tickets}) n;
INSERT INTO {schema}.ticket_comments (id, ticket_id, author_id, sender, visibility, content, created_at, updated_at)
  SELECT md5('comment ' || t.n || ' ' || k)::uuid, md5('ticket ' || t.n)::uuid,
    CASE WHEN k % 2 = 0 THEN md5('client ' || t.n % 1000)::uuid ELSE s.id END, CASE WHEN k % 2 = 0 THEN 'client' ELSE 'staff' END,
    CASE WHEN k = 1 THEN 'internal' ELSE 'public' END, 'Comment ' || k || ' of what there is to say about it.',
    at + k * interval '1 hour', at + k * interval '1 hour'
  FROM (SELECT n, timestamptz '2025-01-01 00:00Z' + n * interval '60 seconds' AS at FROM generate_series(1, {tickets}) n) t
  JOIN staff s ON s.n = t.n % (SELECT count(*) FROM staff)
  CROSS JOIN generate_series(0, 3) k;
