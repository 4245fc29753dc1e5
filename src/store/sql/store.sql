-- What the store itself asks.

-- name: migration_table
CREATE TABLE migration (
    number {integer} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    hash {text} NOT NULL,
    at {text} NOT NULL
) {strict}

-- name: migration_all
SELECT number, name, hash FROM migration ORDER BY number

-- name: migration_add
INSERT INTO migration (number, name, hash, at) VALUES ($1, $2, $3, $4)

-- name: table_names
-- Tables of our own space, so that an empty store and one of another program are told apart.
-- sqlite:
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' ESCAPE '#'
-- postgresql:
SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables WHERE schemaname = CAST(current_schema() AS NAME)

-- name: realm_lock
-- Only asked of PostgreSQL: SQLite has one writer.
-- sqlite:
SELECT $1
-- postgresql:
SELECT CAST(pg_advisory_xact_lock(CAST($1 AS BIGINT)) AS TEXT)

-- name: setting
-- Only asked of PostgreSQL.
-- sqlite:
SELECT $1, $2
-- postgresql:
SELECT set_config(CAST($1 AS TEXT), CAST($2 AS TEXT), FALSE)

-- name: realms
SELECT realm_id, code FROM realm ORDER BY realm_id

-- name: audit_begin
INSERT INTO audit_head (realm_id, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (realm_id) DO NOTHING

-- name: audit_head
SELECT sequence, hash FROM audit_head WHERE realm_id = $1 {for_update}

-- name: audit_head_read
SELECT sequence, hash FROM audit_head WHERE realm_id = $1

-- name: audit_head_move
UPDATE audit_head SET sequence = $2, hash = $3 WHERE realm_id = $1

-- name: audit_add
INSERT INTO audit (realm_id, sequence, at, actor, address, action, subject, before, after, previous, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: audit_page
SELECT sequence, at, actor, address, action, subject, before, after, previous, hash
FROM audit WHERE realm_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3

-- name: job_begin
SAVEPOINT job

-- name: job_undo
ROLLBACK TO SAVEPOINT job

-- name: job_end
RELEASE SAVEPOINT job
