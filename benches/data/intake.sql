SET LOCAL synchronous_commit = off;
INSERT INTO {schema}.social_accounts (id, platform, account_id, account_name, status, metadata, connected_at, active, version, updated_at)
  VALUES (md5('intake account')::uuid, 'facebook', 'intake', 'Shop', 'connected', '{}', now(), true, 1, now());
INSERT INTO public.social_account_routes (platform, account_id, tenant_id, created_at)
  SELECT 'facebook', 'intake', id, now() FROM public.tenants;
INSERT INTO {schema}.conversations (id, social_account_id, platform_conversation_id, participant_id, status, started_at, last_message_at,
    message_count, version, search_vector, updated_at)
  SELECT md5('intake ' || n)::uuid, md5('intake account')::uuid, 'person' || n, 'person' || n, 'active', at, at, 0, 1,
    array_to_tsvector(ARRAY['person' || n]), at
  FROM (SELECT n, now() - interval '2 days' AS at FROM generate_series(0, {people} - 1) n) people;
