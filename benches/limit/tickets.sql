WITH page AS MATERIALIZED (
  SELECT id, number, title, status, category, priority, requester_id, assignee_id, team_id, comment_count, created_at, updated_at
  FROM {schema}.tickets ORDER BY updated_at DESC, id DESC LIMIT 51)
SELECT json_build_object('data', json_build_object('tickets', json_build_object(
  'nodes', json_agg(json_build_object(
    'id', 'tkt_' || replace(t.id::text, '-', ''), 'number', t.number, 'title', t.title, 'status', upper(t.status),
    'category', upper(t.category), 'priority', upper(t.priority), 'createdAt', t.created_at, 'updatedAt', t.updated_at,
    'requester', CASE WHEN r.id IS NOT NULL THEN json_build_object('id', 'cli_' || replace(r.id::text, '-', ''), 'name', r.name, 'email', r.email) END,
    'assignee', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', 'stf_' || replace(s.id::text, '-', ''), 'name', s.name, 'email', s.email) END,
    'team', CASE WHEN g.id IS NOT NULL THEN json_build_object('id', 'tem_' || replace(g.id::text, '-', ''), 'name', g.name) END,
    'tags', COALESCE(l.tags, '[]'),
    'commentCount', t.comment_count,
    'lastComment', CASE WHEN c.id IS NOT NULL THEN json_build_object('id', 'tcm_' || replace(c.id::text, '-', ''),
      'sender', upper(c.sender), 'content', c.content, 'createdAt', c.created_at) END)
    ORDER BY t.updated_at DESC, t.id DESC),
  'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page), 'endCursor', min(t.updated_at)))))::text
FROM (SELECT * FROM page LIMIT 50) t
LEFT JOIN {schema}.users r ON r.id = t.requester_id
LEFT JOIN {schema}.users s ON s.id = t.assignee_id
LEFT JOIN {schema}.teams g ON g.id = t.team_id
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('id', 'tag_' || replace(a.id::text, '-', ''), 'name', a.name, 'color', a.color) ORDER BY a.name) AS tags
  FROM {schema}.entity_tags e JOIN {schema}.tags a ON a.id = e.tag_id WHERE e.entity_type = 'ticket' AND e.entity_id = t.id) l ON true
LEFT JOIN LATERAL (
  SELECT id, sender, content, created_at FROM {schema}.ticket_comments WHERE ticket_id = t.id
  ORDER BY created_at DESC, id DESC LIMIT 1) c ON true
