//! How often a session was refreshed, and the codes that stand in for a lost second factor.

crate::dialect::sql_migration! {"
-- The place in the family of refresh tokens. Old tokens are removed some day, so counting them would not do.
ALTER TABLE sessions ADD COLUMN refreshes integer NOT NULL DEFAULT 0;
UPDATE sessions SET refreshes = (SELECT count(*) FROM refresh_tokens t
    WHERE t.session_id = sessions.id AND t.replaced_by IS NOT NULL);

-- Each is good once. Of a code only the SHA-256 is stored; it has 80 random bits, so a slow hash would add nothing.
CREATE TABLE recovery_codes (
    user_id {id} NOT NULL REFERENCES users (id),
    hash {bytes} NOT NULL,
    used_at {time},
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, hash)
);
"}
