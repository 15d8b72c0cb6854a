//! What identity lacked of the five products: sessions end for good, invitations carry names, mails can be switched off,
//! channels know where they lead, notifications carry what they are about, departments are named among their siblings,
//! ANALYST is a role, and what STAFF held of work each person holds by themselves.

crate::dialect::sql_migration! {"
-- When a refresh token was first used, and a reference to what that bought. The next one comes after its mention in the
-- transaction; one that was removed is not missed. The seed's index on the end of tokens does not know used ones, which end
-- at their use.
--postgres
ALTER TABLE refresh_tokens ADD COLUMN used_at timestamptz;
UPDATE refresh_tokens AS t SET used_at = coalesce((SELECT n.created_at FROM refresh_tokens AS n WHERE n.id = t.replaced_by), t.created_at)
    WHERE replaced_by IS NOT NULL;
UPDATE refresh_tokens AS t SET replaced_by = NULL
    WHERE replaced_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM refresh_tokens AS n WHERE n.id = t.replaced_by);
ALTER TABLE refresh_tokens ADD FOREIGN KEY (replaced_by) REFERENCES refresh_tokens (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
DROP INDEX refresh_tokens_expires;
--sqlite
CREATE TABLE refresh_tokens_2 (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    hash BLOB NOT NULL UNIQUE,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    replaced_by BLOB REFERENCES refresh_tokens_2 (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    used_at DATETIME
);
INSERT INTO refresh_tokens_2
    SELECT t.id, t.session_id, t.hash, t.created_at, t.expires_at, n.id,
        CASE WHEN t.replaced_by IS NOT NULL THEN coalesce(n.created_at, t.created_at) END
    FROM refresh_tokens AS t LEFT JOIN refresh_tokens AS n ON n.id = t.replaced_by;
DROP TABLE refresh_tokens;
ALTER TABLE refresh_tokens_2 RENAME TO refresh_tokens;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
--end
CREATE INDEX refresh_tokens_ended ON refresh_tokens (coalesce(used_at, expires_at));
CREATE INDEX refresh_tokens_replaced_by ON refresh_tokens (replaced_by);
CREATE INDEX sessions_ended ON sessions (coalesce(revoked_at, expires_at));

ALTER TABLE invitations ADD COLUMN first_name text;
ALTER TABLE invitations ADD COLUMN last_name text;

-- A mail may be switched off and still have the wording that it comes with: then its parts are null.
--postgres
ALTER TABLE email_templates ALTER COLUMN subject DROP NOT NULL, ALTER COLUMN html DROP NOT NULL, ALTER COLUMN text DROP NOT NULL;
ALTER TABLE email_templates ADD COLUMN is_active boolean NOT NULL DEFAULT TRUE;
--sqlite
CREATE TABLE email_templates_2 (
    id BLOB NOT NULL PRIMARY KEY,
    key text NOT NULL UNIQUE,
    subject text,
    html text,
    text text,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    updated_by BLOB REFERENCES users (id),
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
INSERT INTO email_templates_2 (id, key, subject, html, text, updated_by, created_at, updated_at)
    SELECT id, key, subject, html, text, updated_by, created_at, updated_at FROM email_templates;
DROP TABLE email_templates;
ALTER TABLE email_templates_2 RENAME TO email_templates;
CREATE INDEX email_templates_updated_by ON email_templates (updated_by);
--end

-- Where a channel leads in Microsoft Teams, as far as somebody says: its address does not tell.
ALTER TABLE notification_channels ADD COLUMN teams_team_id text;
ALTER TABLE notification_channels ADD COLUMN teams_team_name text;
ALTER TABLE notification_channels ADD COLUMN teams_channel_id text;
ALTER TABLE notification_channels ADD COLUMN teams_channel_name text;

ALTER TABLE notifications ADD COLUMN metadata {json};

-- A provider's picture of somebody is asked for once.
ALTER TABLE external_identities ADD COLUMN picture_asked_at {time};

-- A department's name is its own among its siblings, and not in the whole tree.
--postgres
ALTER TABLE departments DROP CONSTRAINT departments_name_key;
--sqlite
-- Who refers to a department finds it again when the transaction ends.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE departments_2 AS SELECT * FROM departments;
DROP TABLE departments;
CREATE TABLE departments (
    id BLOB NOT NULL PRIMARY KEY,
    name text NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    description text,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    parent_id BLOB REFERENCES departments (id),
    path text NOT NULL DEFAULT '',
    level integer NOT NULL DEFAULT 0
);
INSERT INTO departments SELECT id, name, created_at, updated_at, description, is_active, parent_id, path, level FROM departments_2;
DROP TABLE departments_2;
CREATE INDEX departments_path ON departments (path);
--end
DROP INDEX IF EXISTS departments_parent;
CREATE UNIQUE INDEX departments_siblings ON departments (parent_id, name);
CREATE UNIQUE INDEX departments_roots ON departments (name) WHERE parent_id IS NULL;

-- A seventh built-in role, where the others are already: a new company gets all of them later. One of the company's own that
-- has its name gives way.
--postgres
UPDATE roles SET name = name || '_' || upper(right(replace(id::text, '-', ''), 8)) WHERE name = 'ANALYST' AND NOT built_in;
INSERT INTO roles (id, name, built_in, is_active, requires_totp, created_at, updated_at)
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || left(md5(random()::text), 3) || '8' ||
        left(md5(random()::text), 15))::uuid, 'ANALYST', TRUE, TRUE, FALSE, now(), now()
    WHERE EXISTS (SELECT 1 FROM roles WHERE built_in) AND NOT EXISTS (SELECT 1 FROM roles WHERE name = 'ANALYST');
--sqlite
UPDATE roles SET name = name || '_' || substr(hex(id), -8) WHERE name = 'ANALYST' AND NOT built_in;
INSERT INTO roles (id, name, built_in, is_active, requires_totp, created_at, updated_at)
    SELECT unhex(printf('%012x', CAST(unixepoch('subsec') * 1000 AS integer)) || '7' || substr(hex(randomblob(2)), 1, 3) || '8' ||
        substr(hex(randomblob(8)), 1, 15)), 'ANALYST', TRUE, TRUE, FALSE, {now}, {now}
    WHERE EXISTS (SELECT 1 FROM roles WHERE built_in) AND NOT EXISTS (SELECT 1 FROM roles WHERE name = 'ANALYST');
--end
-- STAFF holds three permissions no more, but those who have it keep them.
INSERT INTO user_permissions (user_id, permission, granted_by, created_at)
    SELECT u.id, p.permission, NULL, {now}
    FROM users AS u JOIN roles AS r ON r.id = u.role_id
    CROSS JOIN (SELECT 'MANAGE_CHATS' AS permission UNION ALL SELECT 'MANAGE_CONSULTATIONS' UNION ALL SELECT 'MANAGE_MESSAGES') AS p
    WHERE r.built_in AND r.name = 'STAFF'
        AND NOT EXISTS (SELECT 1 FROM user_permissions AS g WHERE g.user_id = u.id AND g.permission = p.permission);
"}
