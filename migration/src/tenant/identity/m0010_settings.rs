//! Settings, the company's own mail server, and its wordings of mails.

crate::dialect::sql_migration! {"
-- The company's where user_id is null, otherwise one person's.
CREATE TABLE settings (
    id {id} NOT NULL PRIMARY KEY,
    key text NOT NULL,
    user_id {id} REFERENCES users (id),
    kind text NOT NULL CHECK (kind IN ('string', 'number', 'boolean', 'json')),
    value {json} NOT NULL,
    description text,
    updated_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX settings_of_company ON settings (key) WHERE user_id IS NULL;
CREATE UNIQUE INDEX settings_of_person ON settings (user_id, key) WHERE user_id IS NOT NULL;
CREATE INDEX settings_updated_by ON settings (updated_by);

-- One row at the most. The password is encrypted.
CREATE TABLE smtp_settings (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    host text NOT NULL,
    port integer NOT NULL,
    encryption text NOT NULL CHECK (encryption IN ('tls', 'ssl', 'none')),
    username text,
    password {bytes},
    from_email text NOT NULL,
    from_name text,
    is_active {bool} NOT NULL,
    updated_by {id} REFERENCES users (id),
    updated_at {time} NOT NULL
);
CREATE INDEX smtp_settings_updated_by ON smtp_settings (updated_by);

-- A mail without a row has the wording that it comes with.
CREATE TABLE email_templates (
    id {id} NOT NULL PRIMARY KEY,
    key text NOT NULL UNIQUE,
    subject text NOT NULL,
    html text NOT NULL,
    text text NOT NULL,
    updated_by {id} REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX email_templates_updated_by ON email_templates (updated_by);
"}
