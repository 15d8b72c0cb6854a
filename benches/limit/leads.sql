WITH page AS MATERIALIZED (
  SELECT id, name, email, phone, company, status, score, score_value, source_kind, owner_id, visitor_id, created_by_id, created_at, updated_at
  FROM {schema}.leads WHERE merged_into_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT 51)
SELECT json_build_object('data', json_build_object('leads', json_build_object(
  'nodes', json_agg(json_build_object(
    'id', 'led_' || replace(l.id::text, '-', ''), 'name', l.name, 'email', l.email, 'phone', l.phone, 'company', l.company,
    'status', upper(l.status), 'score', upper(l.score), 'scoreValue', l.score_value, 'sourceKind', upper(l.source_kind),
    'createdAt', l.created_at, 'updatedAt', l.updated_at,
    'owner', CASE WHEN o.id IS NOT NULL THEN json_build_object('id', 'stf_' || replace(o.id::text, '-', ''), 'name', o.name, 'email', o.email) END,
    'createdBy', CASE WHEN m.id IS NOT NULL THEN json_build_object('id', 'stf_' || replace(m.id::text, '-', ''), 'name', m.name) END,
    'visitor', CASE WHEN v.id IS NOT NULL THEN json_build_object('id', 'vis_' || replace(v.id::text, '-', ''), 'name', v.name, 'email', v.email, 'source', v.source) END,
    'tags', COALESCE(t.tags, '[]'),
    'scores', json_build_object('nodes', s.nodes),
    'crmRecords', COALESCE(r.records, '[]'))
    ORDER BY l.updated_at DESC, l.id DESC),
  'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page), 'endCursor', min(l.updated_at)))))::text
FROM (SELECT * FROM page LIMIT 50) l
LEFT JOIN {schema}.users o ON o.id = l.owner_id
LEFT JOIN {schema}.users m ON m.id = l.created_by_id
LEFT JOIN {schema}.visitors v ON v.id = l.visitor_id
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('id', 'tag_' || replace(g.id::text, '-', ''), 'name', g.name, 'color', g.color) ORDER BY g.name) AS tags
  FROM {schema}.entity_tags e JOIN {schema}.tags g ON g.id = e.tag_id WHERE e.entity_type = 'lead' AND e.entity_id = l.id) t ON true
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object('id', 'lsc_' || replace(s.id::text, '-', ''), 'score', upper(s.score),
    'scoreValue', s.score_value, 'reasoning', s.reasoning, 'scoredAt', s.scored_at) ORDER BY s.scored_at DESC, s.id DESC), '[]') AS nodes
  FROM (SELECT id, score, score_value, reasoning, scored_at FROM {schema}.lead_scores
        WHERE lead_id = l.id ORDER BY scored_at DESC, id DESC LIMIT 1) s) s
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('connectionId', 'crc_' || replace(r.connection_id::text, '-', ''), 'externalId', r.external_id,
    'syncedAt', r.synced_at) ORDER BY r.connection_id) AS records
  FROM {schema}.crm_records r WHERE r.lead_id = l.id) r ON true
