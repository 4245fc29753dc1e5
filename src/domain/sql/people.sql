-- Accounts, roles and tokens. $1 is the realm.

-- name: account_next
SELECT COALESCE(MAX(account_id), 0) + 1 FROM account WHERE realm_id = $1

-- name: account_insert
INSERT INTO account (realm_id, account_id, login, login_key, name, password, password_changed, first_password, generation, disabled)
VALUES ($1, $2, $3, $4, $5, NULL, 0, 1, 0, 0)

-- name: account_by_login
SELECT account_id, login, name, password, password_changed, first_password, generation, disabled
FROM account WHERE realm_id = $1 AND login_key = $2

-- name: account_by_number
SELECT account_id, login, name, password, password_changed, first_password, generation, disabled
FROM account WHERE realm_id = $1 AND account_id = $2

-- name: account_set_password
UPDATE account SET password = $3, password_changed = $4, first_password = $5, generation = generation + 1
WHERE realm_id = $1 AND account_id = $2

-- name: account_renew_hash
UPDATE account SET password = $3 WHERE realm_id = $1 AND account_id = $2 AND generation = $4

-- name: account_keep_password
INSERT INTO account_password (realm_id, account_id, generation, password)
SELECT realm_id, account_id, generation, password FROM account WHERE realm_id = $1 AND account_id = $2 AND password IS NOT NULL

-- name: account_forget_passwords
DELETE FROM account_password WHERE realm_id = $1 AND account_id = $2 AND generation NOT IN (
    SELECT generation FROM account_password WHERE realm_id = $1 AND account_id = $2 ORDER BY generation DESC LIMIT $3)

-- name: account_passwords
SELECT password FROM account_password WHERE realm_id = $1 AND account_id = $2 ORDER BY generation DESC

-- name: account_set_name
UPDATE account SET name = $3 WHERE realm_id = $1 AND account_id = $2

-- name: account_set_disabled
UPDATE account SET disabled = $3 WHERE realm_id = $1 AND account_id = $2

-- name: account_end_tokens
UPDATE account SET generation = generation + 1 WHERE realm_id = $1 AND account_id = $2

-- name: role_unit
SELECT code FROM unit WHERE realm_id = $1 AND unit_id = $2

-- name: role_add
INSERT INTO account_role (realm_id, account_id, role, unit_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: role_remove
DELETE FROM account_role WHERE realm_id = $1 AND account_id = $2 AND role = $3 AND unit_id = $4

-- name: roles_of
SELECT role, unit_id FROM account_role WHERE realm_id = $1 AND account_id = $2 ORDER BY unit_id, role

-- name: token_add
INSERT INTO token (realm_id, digest, account_id, kind, scope, label, made, expires, seen, idle, generation, revoked)
SELECT realm_id, $2, account_id, $4, $5, $6, $7, $8, $7, $9, generation, 0 FROM account WHERE realm_id = $1 AND account_id = $3

-- name: token_by_digest
SELECT t.account_id, t.kind, t.scope, t.made, t.expires, t.seen, t.idle, t.generation, t.revoked, a.generation, a.disabled
FROM token t JOIN account a ON a.realm_id = t.realm_id AND a.account_id = t.account_id
WHERE t.realm_id = $1 AND t.digest = $2

-- name: token_seen
UPDATE token SET seen = $3 WHERE realm_id = $1 AND digest = $2 AND seen < $3

-- name: token_revoke
UPDATE token SET revoked = 1 WHERE realm_id = $1 AND digest = $2 AND revoked = 0

-- name: token_sweep
DELETE FROM token WHERE realm_id = $1 AND expires <= $2
