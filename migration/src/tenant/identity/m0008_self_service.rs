//! Tokens of links in mails, pictures of people, invitations.

crate::dialect::sql_migration! {"
-- Of each purpose a person has one at most: a new one takes the older one's place.
CREATE TABLE one_time_tokens (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    purpose text NOT NULL
        CHECK (purpose IN ('verify_email', 'reset_password', 'change_email_old', 'change_email_new')),
    hash {bytes} NOT NULL UNIQUE,
    payload {json},
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    used_at {time},
    UNIQUE (user_id, purpose)
);
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);

CREATE TABLE avatars (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL UNIQUE REFERENCES users (id),
    image {bytes} NOT NULL,
    created_at {time} NOT NULL
);

CREATE TABLE invitations (
    id {id} NOT NULL PRIMARY KEY,
    email text NOT NULL,
    name text,
    role_id {id} NOT NULL REFERENCES roles (id),
    department_id {id} REFERENCES departments (id),
    hash {bytes} NOT NULL UNIQUE,
    invited_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    accepted_at {time},
    accepted_as {id} REFERENCES users (id),
    revoked_at {time}
);
CREATE INDEX invitations_role ON invitations (role_id);
CREATE INDEX invitations_department ON invitations (department_id);
CREATE INDEX invitations_invited_by ON invitations (invited_by);
CREATE INDEX invitations_accepted_as ON invitations (accepted_as);
CREATE INDEX invitations_created ON invitations (created_at, id);
-- An address is invited once at a time.
CREATE UNIQUE INDEX invitations_open ON invitations (email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
"}
