CREATE TEMP TABLE made ON COMMIT DROP AS SELECT n, md5('crm lead ' || n)::uuid AS id FROM generate_series(1, {leads}) n;
INSERT INTO {schema}.leads (id, name, name_order, email, company, notes, status, score_order, source_kind, version, created_at, updated_at)
  SELECT id, 'Ada Lovelace' || n, 'ada lovelace' || n, 'ada' || n || '@crm.example', 'Company ' || n, '', 'new', -1, 'manual', 1, now(), now()
  FROM made;
INSERT INTO {schema}.crm_syncs (id, lead_id, connection_id, action, status, retry_count, next_retry_at, round, created_at, updated_at)
  SELECT md5('sync ' || n)::uuid, id, replace('{connection}', 'crc_', '')::uuid, 'create', 'pending', 0, now(), 0, now(), now() FROM made;
INSERT INTO {schema}.jobs (id, kind, payload, state, run_at, attempts, created_at)
  VALUES (md5('{connection}')::uuid, 'crm.sync', '{"connection": "{connection}"}', 'queued', now(), 0, now());
