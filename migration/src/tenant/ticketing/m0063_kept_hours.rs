//! What a clock that has ended was measured by stays, whatever the opening hours are later.

crate::dialect::sql_migration! {"
ALTER TABLE ticket_clocks ADD COLUMN worked {json};
"}
