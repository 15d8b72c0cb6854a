json_build_object(
  'id', 'msg_' || replace(m.id::text, '-', ''), 'name', m.name, 'email', m.email, 'company', m.company, 'service', m.service,
  'content', m.content, 'status', upper(m.status), 'createdAt', m.created_at, 'updatedAt', m.updated_at,
  'visitor', json_build_object('id', 'vis_' || replace(v.id::text, '-', ''), 'name', v.name, 'email', v.email, 'source', v.source),
  'assignee', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', 'stf_' || replace(s.id::text, '-', ''), 'name', s.name, 'email', s.email) END,
  'replies', json_build_object('nodes', r.nodes))
