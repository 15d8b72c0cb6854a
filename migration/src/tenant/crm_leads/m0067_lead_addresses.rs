//! The mailbox that a lead's address is of: `ada+fair@example.com` is `ada@example.com`'s, by which who may be the same person is found.

crate::dialect::sql_migration! {"
ALTER TABLE leads ADD COLUMN email_key text;
--postgres
UPDATE leads SET email_key = regexp_replace(email, '^([^+@]+)[+][^@]*@', '\\1@') WHERE email IS NOT NULL;
--end
--sqlite
UPDATE leads SET email_key = CASE WHEN instr(email, '+') BETWEEN 2 AND instr(email, '@')
        THEN substr(email, 1, instr(email, '+') - 1) || substr(email, instr(email, '@')) ELSE email END
    WHERE email IS NOT NULL;
--end
CREATE INDEX leads_email_key ON leads (email_key, id) WHERE email_key IS NOT NULL;
"}
