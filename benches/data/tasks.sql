SET LOCAL synchronous_commit = off;
CREATE TEMP TABLE made ON COMMIT DROP AS
  SELECT md5('task ' || id)::uuid AS id, id AS message FROM {schema}.messages ORDER BY created_at DESC, id DESC LIMIT {tasks};
INSERT INTO {schema}.ai_tasks (id, task_type, status, subject_type, subject_id, input, provider, retry_count, created_at, updated_at)
  SELECT id, 'classify', 'queued', 'message', message,
    jsonb_build_object('subject', 'msg_' || replace(message::text, '-', '')), 'builtin', 0, now(), now()
  FROM made;
INSERT INTO {schema}.jobs (id, kind, payload, state, run_at, attempts, created_at)
  SELECT md5('job ' || id)::uuid, 'crm_leads.run_ai_task', jsonb_build_object('task', 'ait_' || replace(id::text, '-', '')), 'queued', now(), 0, now()
  FROM made;
