WITH page AS MATERIALIZED (
  SELECT id, visitor_id, visitor_name, visitor_email, status, started_at, last_message_at, unread_by_staff, assignee_id,
    last_message_id, created_at, updated_at
  FROM {schema}.chat_sessions ORDER BY started_at DESC, id DESC LIMIT 51)
SELECT json_build_object('data', json_build_object('chats', json_build_object(
  'nodes', json_agg(json_build_object(
    'id', 'cht_' || replace(c.id::text, '-', ''), 'name', c.visitor_name, 'email', c.visitor_email, 'status', upper(c.status),
    'startedAt', c.started_at, 'lastMessageAt', c.last_message_at, 'unreadCount', c.unread_by_staff,
    'createdAt', c.created_at, 'updatedAt', c.updated_at,
    'visitor', json_build_object('id', 'vis_' || replace(v.id::text, '-', ''), 'name', v.name, 'email', v.email, 'source', v.source),
    'assignee', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', 'stf_' || replace(s.id::text, '-', ''), 'name', s.name, 'email', s.email) END,
    'lastMessage', CASE WHEN l.id IS NOT NULL THEN json_build_object('id', 'chm_' || replace(l.id::text, '-', ''),
      'sender', upper(l.sender_type), 'content', l.content, 'createdAt', l.created_at) END)
    ORDER BY c.started_at DESC, c.id DESC),
  'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page), 'endCursor', min(c.started_at)))))::text
FROM (SELECT * FROM page LIMIT 50) c
JOIN {schema}.visitors v ON v.id = c.visitor_id
LEFT JOIN {schema}.users s ON s.id = c.assignee_id
LEFT JOIN {schema}.chat_messages l ON l.id = c.last_message_id
