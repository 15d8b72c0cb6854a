WITH page AS MATERIALIZED (
  SELECT id, at, kind, severity, success, actor_kind, action, resource_kind, resource_id, old_values, new_values, request_id
  FROM {schema}.audit_logs WHERE resource_id = '00000000-0000-4000-8000-000000000001' ORDER BY at DESC, id DESC LIMIT 51)
SELECT json_build_object('data', json_build_object('auditLogs', json_build_object(
  'nodes', (SELECT json_agg(json_build_object(
    'id', 'aud_' || replace(a.id::text, '-', ''), 'at', a.at, 'eventType', a.kind, 'severity', upper(a.severity), 'success', a.success,
    'actorKind', upper(a.actor_kind), 'action', upper(a.action), 'resourceType', a.resource_kind, 'resourceId', replace(a.resource_id::text, '-', ''),
    'oldValues', a.old_values, 'newValues', a.new_values, 'requestId', a.request_id, 'sequence', c.sequence::text,
    'hash', encode(c.hash, 'hex')) ORDER BY a.at DESC, a.id DESC)
    FROM (SELECT * FROM page LIMIT 50) a LEFT JOIN {schema}.audit_chain c ON c.audit_log_id = a.id),
  'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page), 'endCursor', (SELECT min(at) FROM page)))))::text
