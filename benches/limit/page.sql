WITH page AS MATERIALIZED (
  SELECT id, visitor_id, name, email, company, service, content, status, assignee_id, created_at, updated_at
  FROM {schema}.messages ORDER BY created_at DESC, id DESC LIMIT 51)
SELECT json_build_object('data', json_build_object('messages', json_build_object(
  'nodes', json_agg({message} ORDER BY m.created_at DESC, m.id DESC),
  'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page), 'endCursor', min(m.created_at)))))::text
FROM (SELECT * FROM page LIMIT 50) m
JOIN {schema}.visitors v ON v.id = m.visitor_id
LEFT JOIN {schema}.users s ON s.id = m.assignee_id
{replies}
