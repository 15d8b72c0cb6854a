SET LOCAL synchronous_commit = off;
-- What refers to what is right here; to prove it of five million rows one by one takes minutes.
SET LOCAL session_replication_role = replica;
INSERT INTO {schema}.social_accounts (id, platform, account_id, account_name, status, metadata, connected_at, active, version, updated_at)
  SELECT md5('account ' || platform)::uuid, platform, 'bench', 'Shop on ' || platform, 'connected', '{}', now(), true, 1, now()
  FROM unnest(ARRAY['facebook', 'x', 'linkedin']) platform;
INSERT INTO {schema}.tags (id, name, name_folded, color, created_at, updated_at)
  SELECT md5('topic ' || n)::uuid, 'Topic ' || n, 'topic ' || n, '#3e7bfa', now(), now() FROM generate_series(0, 9) n;
DO $$
DECLARE
  first timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
  month timestamp;
BEGIN
  FOR n IN 1..3 LOOP
    month := first - make_interval(months => n);
    EXECUTE format('CREATE TABLE {schema}.%I PARTITION OF {schema}.conversation_messages FOR VALUES FROM (%L) TO (%L)',
      'conversation_messages_' || to_char(month, '"y"YYYY"m"MM'), month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
END $$;
CREATE TEMP TABLE staff ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM {schema}.users WHERE kind = 'staff';
-- Each has a message every ten minutes for four hours, and the last of them yesterday: none is old enough to be archived.
CREATE TEMP TABLE made ON COMMIT DROP AS
  SELECT c.n, md5('conversation ' || c.n)::uuid AS id, md5('account ' || (ARRAY['facebook', 'x', 'linkedin'])[1 + c.n % 3])::uuid AS account,
    s.id AS staff, now() - interval '60 days' + c.n * (interval '59 days' / {conversations}) AS at
  FROM generate_series(0, {conversations} - 1) AS c (n)
  JOIN staff s ON s.n = c.n % (SELECT count(*) FROM staff);
INSERT INTO {schema}.conversations (id, social_account_id, platform_conversation_id, participant_id, participant_name, status, assignee_id,
    started_at, last_message_at, last_message_id, last_inbound_at, message_count, closed_at, version, search_vector, updated_at)
  SELECT id, account, 'person' || n, 'person' || n, 'Person ' || n, CASE WHEN n % 2 = 0 THEN 'active' ELSE 'closed' END,
    CASE WHEN n % 3 > 0 THEN staff END, at, at + interval '240 minutes', md5('said ' || n || ' ' || 24)::uuid, at + interval '240 minutes',
    25, CASE WHEN n % 2 = 1 THEN at + interval '250 minutes' END, 26, array_to_tsvector(ARRAY['person', 'person' || n, n::text]),
    at + interval '250 minutes'
  FROM made;
INSERT INTO {schema}.conversation_messages (id, conversation_id, platform_message_id, direction, content, sender_id, received_at, metadata)
  SELECT md5('said ' || m.n || ' ' || k)::uuid, m.id, 'm' || m.n || '.' || k, CASE k % 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END,
    'Line ' || k || ' of what both sides have to say about the boiler in the cellar.',
    CASE k % 2 WHEN 0 THEN 'person' || m.n ELSE 'bench' END, m.at + k * interval '10 minutes', '{}'
  FROM made m CROSS JOIN generate_series(0, 24) k;
INSERT INTO {schema}.conversation_message_keys (social_account_id, platform_message_id, message_id, received_at, arrived)
  SELECT m.account, 'm' || m.n || '.' || k, md5('said ' || m.n || ' ' || k)::uuid, m.at + k * interval '10 minutes', true
  FROM made m CROSS JOIN generate_series(0, 24) k;
INSERT INTO {schema}.conversation_replies (id, conversation_id, message_id, message_received_at, source, status, content, confidence,
    is_automatic, approved_by_id, generated_at, approved_at, sent_at, attempts, platform_message_id, sent_message_id, version, updated_at)
  SELECT md5('reply ' || m.n || ' ' || k)::uuid, m.id, md5('said ' || m.n || ' ' || k * 2)::uuid, m.at + k * interval '20 minutes', 'suggestion',
    'sent', 'Thank you for writing. Our engineer could look at it on Thursday.', 0.75, false, m.staff, t, t, t, 1, 'm' || m.n || '.' || k * 2 + 1,
    md5('said ' || m.n || ' ' || k * 2 + 1)::uuid, 3, t
  FROM made m CROSS JOIN generate_series(0, 1) k CROSS JOIN LATERAL (SELECT m.at + (k * 20 + 10) * interval '1 minute') a (t);
INSERT INTO {schema}.entity_tags (tag_id, entity_type, entity_id, created_at)
  SELECT md5('topic ' || (n + k) % 10)::uuid, 'conversation', id, now() FROM made CROSS JOIN generate_series(0, 1) k;
