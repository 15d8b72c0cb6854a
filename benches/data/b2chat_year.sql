CREATE TEMP TABLE made ON COMMIT DROP AS
  SELECT c.id AS old, k.n, k.n * {days} * interval '24 hours' AS back,
    -- In the order in which they began, as they would have been written.
    (lpad(to_hex((extract(epoch FROM c.created_at - k.n * {days} * interval '24 hours') * 1000)::bigint), 12, '0')
      || '7' || substr(md5(random()::text), 1, 3) || 'a' || substr(md5(random()::text), 1, 15))::uuid AS id
  FROM {schema}.b2chat_chats c CROSS JOIN generate_series(1, {year} / {days}) AS k (n)
  WHERE c.created_at - k.n * {days} * interval '24 hours' >= timestamptz '{first} 00:00Z';
INSERT INTO {schema}.b2chat_chats (id, b2chat_id, agent_id, contact_id, department_id, provider, source_provider, status, source_status,
    is_agent_available, alias, tags, priority, priority_order, topic, unread_count, resolution_note, viewer_url, created_at, opened_at,
    picked_up_at, response_at, closed_at, duration_seconds, source_duration_seconds, unknown_fields, message_count, is_deleted,
    last_modified_at, digest, last_sync_at, sync_version)
  SELECT m.id, c.b2chat_id || '-' || m.n, agent_id, contact_id, department_id, provider, source_provider, status, source_status,
    is_agent_available, alias, tags, priority, priority_order, topic, unread_count, resolution_note, viewer_url, created_at - m.back,
    opened_at - m.back, picked_up_at - m.back, response_at - m.back, closed_at - m.back, duration_seconds, source_duration_seconds,
    unknown_fields, message_count, is_deleted, last_modified_at - m.back, digest, last_sync_at, sync_version
  FROM made m JOIN {schema}.b2chat_chats c ON c.id = m.old ORDER BY m.id;
INSERT INTO {schema}.b2chat_chat_tags (chat_id, tag_folded, tag)
  SELECT m.id, t.tag_folded, t.tag FROM made m JOIN {schema}.b2chat_chat_tags t ON t.chat_id = m.old;
