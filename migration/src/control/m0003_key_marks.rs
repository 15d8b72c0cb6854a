//! What tells whether a secret key is one that this database knows.

crate::dialect::sql_migration! {"
CREATE TABLE key_marks (
    id text NOT NULL PRIMARY KEY,
    mark {bytes} NOT NULL,
    created_at {time} NOT NULL
);
"}
