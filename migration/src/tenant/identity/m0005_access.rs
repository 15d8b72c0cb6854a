//! People as all five products know them, permissions of single people, teams, and the tree of departments.

crate::dialect::sql_migration! {"
ALTER TABLE users ADD COLUMN first_name text;
ALTER TABLE users ADD COLUMN last_name text;
ALTER TABLE users ADD COLUMN company text;
ALTER TABLE users ADD COLUMN phone text;
ALTER TABLE users ADD COLUMN avatar_id {id};
ALTER TABLE users ADD COLUMN must_change_password {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN email_verified_at {time};
-- Who must confirm it, encrypted; confirmed; the last step that was used, which is not good again (RFC 6238, 5.2).
ALTER TABLE users ADD COLUMN totp_secret {bytes};
ALTER TABLE users ADD COLUMN totp_confirmed_at {time};
ALTER TABLE users ADD COLUMN totp_last_step bigint;
ALTER TABLE users ADD COLUMN deactivated_at {time};
-- The lists of active people of a kind, in the order of their names.
CREATE INDEX users_kind ON users (kind, is_active, name, id);

ALTER TABLE roles ADD COLUMN description text;
-- Whether it can still be given to people.
ALTER TABLE roles ADD COLUMN is_active {bool} NOT NULL DEFAULT TRUE;
-- Whether everybody who holds the role needs a second factor.
ALTER TABLE roles ADD COLUMN requires_totp {bool} NOT NULL DEFAULT FALSE;

-- Permissions of one person beyond their role (the can_manage_* of the first product).
CREATE TABLE user_permissions (
    user_id {id} NOT NULL REFERENCES users (id),
    permission text NOT NULL,
    granted_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, permission)
);
CREATE INDEX user_permissions_granted_by ON user_permissions (granted_by);

ALTER TABLE departments ADD COLUMN description text;
ALTER TABLE departments ADD COLUMN is_active {bool} NOT NULL DEFAULT TRUE;
ALTER TABLE departments ADD COLUMN parent_id {id} REFERENCES departments (id);
-- The ids from the root down to this one, each with a slash behind it: a subtree is a prefix.
ALTER TABLE departments ADD COLUMN path text NOT NULL DEFAULT '';
ALTER TABLE departments ADD COLUMN level integer NOT NULL DEFAULT 0;
--postgres
UPDATE departments SET path = replace(id::text, '-', '') || '/';
--sqlite
UPDATE departments SET path = lower(hex(id)) || '/';
--end
CREATE INDEX departments_parent ON departments (parent_id);
CREATE INDEX departments_path ON departments (path);

CREATE TABLE teams (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    description text,
    created_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX teams_created_by ON teams (created_by);

CREATE TABLE team_members (
    team_id {id} NOT NULL REFERENCES teams (id),
    user_id {id} NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('member', 'admin')),
    created_at {time} NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user ON team_members (user_id);

-- Sessions may end for more reasons, and remember when they were opened with what. SQLite cannot change a constraint.
--postgres
ALTER TABLE sessions DROP CONSTRAINT sessions_revoked_reason_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_revoked_reason_check
    CHECK (revoked_reason IN ('signed_out', 'reused', 'revoked', 'password_changed', 'deactivated'));
--sqlite
CREATE TABLE sessions_2 (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    token_version integer NOT NULL,
    address text,
    agent text,
    created_at DATETIME NOT NULL,
    last_active_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    revoked_reason text CHECK (revoked_reason IN ('signed_out', 'reused', 'revoked', 'password_changed', 'deactivated'))
);
CREATE TABLE refresh_tokens_2 (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions_2 (id),
    hash BLOB NOT NULL UNIQUE,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    replaced_by BLOB
);
INSERT INTO sessions_2 SELECT id, user_id, token_version, address, agent, created_at, last_active_at, expires_at, revoked_at,
    revoked_reason FROM sessions;
INSERT INTO refresh_tokens_2 SELECT id, session_id, hash, created_at, expires_at, replaced_by FROM refresh_tokens;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
ALTER TABLE sessions_2 RENAME TO sessions;
ALTER TABLE refresh_tokens_2 RENAME TO refresh_tokens;
CREATE INDEX sessions_user_live ON sessions (user_id, last_active_at) WHERE revoked_at IS NULL;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
--end
"}
