//! How far what somebody set up reaches, and sign-ins at a provider that wait for a second factor.

crate::dialect::sql_migration! {"
-- The permissions of whoever set it up last; null for all of them.
ALTER TABLE identity_providers ADD COLUMN ceiling {json};
ALTER TABLE smtp_settings ADD COLUMN ceiling {json};

-- Nobody wrote down who set up a provider. Where others than super administrators could, it serves only people without
-- permissions until it is saved again.
UPDATE identity_providers SET ceiling = '[]'
WHERE EXISTS (SELECT 1 FROM roles WHERE NOT built_in AND CAST(permissions AS text) LIKE '%MANAGE_SIGN_IN%')
    OR EXISTS (SELECT 1 FROM user_permissions WHERE permission = 'MANAGE_SIGN_IN');
UPDATE smtp_settings SET ceiling = '[]'
WHERE NOT EXISTS (
    SELECT 1 FROM users JOIN roles ON roles.id = users.role_id
    WHERE users.id = smtp_settings.updated_by AND roles.built_in AND roles.name = 'SUPER_ADMIN'
);

-- What the provider said of somebody whose second factor is still to be shown; encrypted.
ALTER TABLE oidc_sign_ins ADD COLUMN answer {bytes};
"}
