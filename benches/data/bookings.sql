INSERT INTO {schema}.services (id, name, name_folded, duration_minutes, buffer_before_minutes, buffer_after_minutes, step_minutes,
    notice_minutes, days_ahead, is_active, created_at, updated_at)
  VALUES (md5('service')::uuid, 'Survey', 'survey', 30, 0, 0, 30, 0, 60, true, now(), now());
INSERT INTO {schema}.service_staff (service_id, staff_id, is_active)
  SELECT md5('service')::uuid, id, true FROM {schema}.users WHERE kind = 'staff' ORDER BY id LIMIT 20;
INSERT INTO {schema}.opening_hours (id, weekday, from_minute, to_minute)
  SELECT md5(day)::uuid, day, 480, 1080
  FROM unnest(ARRAY['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']) day;
INSERT INTO {schema}.consultations (id, visitor_id, service_id, service, name, email, booking_date, booking_time, time_zone,
    starts_at, ends_at, blocked_from, blocked_until, status, assignee_id, ics_uid, ics_sequence, version, created_at, updated_at)
  SELECT md5('booking ' || b.n)::uuid, v.id, md5('service')::uuid, 'Survey', v.name, v.email, at::date, at::time, 'UTC',
    at AT TIME ZONE 'UTC', (at + interval '30 minutes') AT TIME ZONE 'UTC', at AT TIME ZONE 'UTC',
    (at + interval '30 minutes') AT TIME ZONE 'UTC', 'scheduled', s.staff_id, 'bench-' || b.n, 0, 1, now(), now()
  FROM (SELECT n, (current_date + 1 + (n / 20 / 9)::int) + time '08:00' + (n / 20 % 9) * interval '1 hour' AS at
        FROM generate_series(0, 4999) n) b
  JOIN (SELECT row_number() OVER (ORDER BY staff_id) - 1 AS n, staff_id FROM {schema}.service_staff) s ON s.n = b.n % 20
  CROSS JOIN (SELECT id, name, email FROM {schema}.visitors ORDER BY id LIMIT 1) v;
