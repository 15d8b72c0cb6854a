//! Departments, roles, users, sessions and their refresh tokens.

crate::dialect::sql_migration! {"
CREATE TABLE departments (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);

-- A built-in role's permissions are the code's and null here; a tenant's own role lists them.
CREATE TABLE roles (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    built_in {bool} NOT NULL,
    permissions {json},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE users (
    id {id} NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('staff', 'client')),
    -- Stored in one form (NFKC, lower case), so a plain unique constraint ignores case.
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    role_id {id} NOT NULL REFERENCES roles (id),
    department_id {id} REFERENCES departments (id),
    is_active {bool} NOT NULL,
    token_version integer NOT NULL,
    last_sign_in_at {time},
    created_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX users_role ON users (role_id);
CREATE INDEX users_department ON users (department_id);
CREATE INDEX users_created_by ON users (created_by);
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_name ON users (name, id);

CREATE TABLE sessions (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    token_version integer NOT NULL,
    address text,
    agent text,
    created_at {time} NOT NULL,
    last_active_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    revoked_at {time},
    revoked_reason text CHECK (revoked_reason IN ('signed_out', 'reused'))
);
-- The seed's idx_active_sessions_user, for the sessions that count.
CREATE INDEX sessions_user_live ON sessions (user_id, last_active_at) WHERE revoked_at IS NULL;

CREATE TABLE refresh_tokens (
    id {id} NOT NULL PRIMARY KEY,
    session_id {id} NOT NULL REFERENCES sessions (id),
    hash {bytes} NOT NULL UNIQUE,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    replaced_by {id}
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
"}
