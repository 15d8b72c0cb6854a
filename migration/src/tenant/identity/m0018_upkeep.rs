//! What identity lacked of the five products: sessions end for good.

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
"}
