//! Visitors who were seen in one browser.

crate::dialect::sql_migration! {"
-- Each of two has a row. A hint for whoever may know that they are one person.
CREATE TABLE visitor_acquaintances (
    visitor_id {id} NOT NULL REFERENCES visitors (id),
    other_id {id} NOT NULL REFERENCES visitors (id),
    seen_at {time} NOT NULL,
    PRIMARY KEY (visitor_id, other_id)
);
CREATE INDEX visitor_acquaintances_other ON visitor_acquaintances (other_id);
"}
