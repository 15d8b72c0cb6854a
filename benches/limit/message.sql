SELECT json_build_object('data', json_build_object('message', {message}))::text
FROM {schema}.messages m
JOIN {schema}.visitors v ON v.id = m.visitor_id
LEFT JOIN {schema}.users s ON s.id = m.assignee_id
{replies}
WHERE m.id = $1
