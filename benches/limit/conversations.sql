WITH page AS MATERIALIZED (
  SELECT id, social_account_id, participant_id, participant_name, status, assignee_id, started_at, last_message_at, last_message_id,
    last_inbound_at, message_count, closed_at, updated_at
  FROM {schema}.conversations ORDER BY last_message_at DESC, id DESC LIMIT 51)
SELECT json_build_object('data', json_build_object('conversations', json_build_object(
  'nodes', json_agg(json_build_object(
    'id', 'cnv_' || replace(c.id::text, '-', ''), 'platform', upper(a.platform), 'accountName', a.account_name,
    'participantId', c.participant_id, 'participantName', c.participant_name, 'status', upper(c.status), 'startedAt', c.started_at,
    'lastMessageAt', c.last_message_at, 'lastInboundAt', c.last_inbound_at, 'messageCount', c.message_count, 'closedAt', c.closed_at,
    'updatedAt', c.updated_at,
    'assignee', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', 'stf_' || replace(s.id::text, '-', ''), 'name', s.name, 'email', s.email) END,
    'lastMessage', CASE WHEN l.id IS NOT NULL THEN json_build_object('id', 'cvm_' || replace(l.id::text, '-', ''),
      'direction', upper(l.direction), 'content', l.content, 'receivedAt', l.received_at) END,
    'tags', COALESCE(t.tags, '[]'),
    'replies', json_build_object('nodes', r.nodes))
    ORDER BY c.last_message_at DESC, c.id DESC),
  'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page), 'endCursor', min(c.last_message_at)))))::text
FROM (SELECT * FROM page LIMIT 50) c
JOIN {schema}.social_accounts a ON a.id = c.social_account_id
LEFT JOIN {schema}.users s ON s.id = c.assignee_id
LEFT JOIN LATERAL (
  SELECT id, direction, content, received_at FROM {schema}.conversation_messages
  WHERE id = c.last_message_id AND received_at = c.last_message_at) l ON true
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('id', 'tag_' || replace(g.id::text, '-', ''), 'name', g.name, 'color', g.color) ORDER BY g.name) AS tags
  FROM {schema}.entity_tags e JOIN {schema}.tags g ON g.id = e.tag_id WHERE e.entity_type = 'conversation' AND e.entity_id = c.id) t ON true
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object(
    'id', 'crp_' || replace(r.id::text, '-', ''), 'status', upper(r.status), 'content', r.content, 'confidence', r.confidence,
    'generatedAt', r.generated_at,
    'approvedBy', (SELECT json_build_object('id', 'stf_' || replace(u.id::text, '-', ''), 'name', u.name) FROM {schema}.users u WHERE u.id = r.approved_by_id))
    ORDER BY r.generated_at, r.id), '[]') AS nodes
  FROM (SELECT id, status, content, confidence, generated_at, approved_by_id FROM {schema}.conversation_replies
        WHERE conversation_id = c.id ORDER BY generated_at, id LIMIT 2) r) r
