SET LOCAL synchronous_commit = off;
-- What refers to what is right here; to prove it of each row takes long.
SET LOCAL session_replication_role = replica;
INSERT INTO {schema}.tags (id, name, name_folded, color, created_at, updated_at)
  SELECT md5('market ' || n)::uuid, 'Market ' || n, 'market ' || n, '#3e7bfa', now(), now() FROM generate_series(0, 9) n;
-- Paused, so that nobody brings anything there meanwhile.
INSERT INTO {schema}.crm_connections (id, provider, name, name_folded, method, renewed, field_mappings, auto_sync, pull, active, status,
    connected_at, version, created_at, updated_at)
  VALUES (md5('crm')::uuid, 'hubspot', 'Sales', 'sales', 'oauth', 0, '[]', false, false, true, 'paused', now(), 1, now(), now());
CREATE TEMP TABLE staff ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM {schema}.users WHERE kind = 'staff';
CREATE TEMP TABLE whose ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM {schema}.visitors;
CREATE TEMP TABLE made ON COMMIT DROP AS
  SELECT c.n, md5('lead ' || c.n)::uuid AS id, s.id AS staff, w.id AS visitor, c.n * 7 % 101 AS value,
    timestamptz '2025-01-01 00:00Z' + c.n * interval '100 seconds' AS at
  FROM generate_series(0, {leads} - 1) AS c (n)
  JOIN staff s ON s.n = c.n % (SELECT count(*) FROM staff)
  JOIN whose w ON w.n = c.n % (SELECT count(*) FROM whose);
INSERT INTO {schema}.leads (id, name, name_order, name_key, email, phone, company, company_key, notes, status, score, score_value,
    score_order, scored_at, owner_id, source_kind, visitor_id, created_by_id, version, search_vector, created_at, updated_at)
  SELECT id, 'Person ' || n, 'person ' || n, 'p' || n, 'person' || n || '@lead.example', '+4930' || 1000000 + n, 'Company ' || n % 5000,
    'company ' || n % 5000, 'Wants an offer for the boiler in the cellar.', (ARRAY['new', 'contacted', 'qualified', 'converted'])[1 + n % 4],
    CASE WHEN value >= 70 THEN 'hot' WHEN value >= 40 THEN 'warm' ELSE 'cold' END, value, value, at + interval '2 hours',
    CASE WHEN n % 4 > 0 THEN staff END, 'manual', visitor, staff, 3, array_to_tsvector(ARRAY['person', n::text]), at, at + interval '2 hours'
  FROM made;
INSERT INTO {schema}.lead_scores (id, lead_id, score, score_value, signals, reasoning, rule_set_number, provider, scored_at)
  SELECT md5('score ' || n || ' ' || k)::uuid, id, CASE WHEN value >= 70 THEN 'hot' WHEN value >= 40 THEN 'warm' ELSE 'cold' END, value,
    '[{"name": "has_company", "weight": 15}, {"name": "wrote_often", "weight": 10}]', 'They named a company and wrote several times.', 0,
    'rules', at + (k + 1) * interval '1 hour'
  FROM made CROSS JOIN generate_series(0, 1) k;
INSERT INTO {schema}.crm_records (connection_id, lead_id, external_id, fields, synced_at)
  SELECT md5('crm')::uuid, id, (100000 + n)::text, '{}', at + interval '3 hours' FROM made WHERE n % 2 = 0;
INSERT INTO {schema}.entity_tags (tag_id, entity_type, entity_id, created_at)
  SELECT md5('market ' || (n + k) % 10)::uuid, 'lead', id, now() FROM made CROSS JOIN generate_series(0, 1) k;
