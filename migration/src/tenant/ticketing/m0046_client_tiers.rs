//! What clients are promised by the tier that they are in.

crate::dialect::sql_migration! {"
ALTER TABLE users ADD COLUMN tier text CHECK (tier IN ('basic', 'standard', 'premium', 'enterprise'));
-- For tickets of clients of which tiers: a list of words, null for all.
ALTER TABLE service_level_policies ADD COLUMN tiers {json};
"}
