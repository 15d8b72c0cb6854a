CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object(
    'id', 'rpl_' || replace(r.id::text, '-', ''), 'content', r.content, 'emailStatus', upper(r.email_status), 'createdAt', r.created_at,
    'author', (SELECT json_build_object('id', 'stf_' || replace(u.id::text, '-', ''), 'name', u.name) FROM {schema}.users u WHERE u.id = r.author_id))
    ORDER BY r.created_at, r.id), '[]') AS nodes
  FROM (SELECT id, author_id, content, email_status, created_at FROM {schema}.message_replies
        WHERE message_id = m.id ORDER BY created_at, id LIMIT 3) r) r
