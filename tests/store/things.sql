-- Tables and statements of the tests of the store.

-- name: thing_table
CREATE TABLE thing (
    realm_id {integer} NOT NULL,
    number {integer} NOT NULL,
    label {text},
    bytes {bytes},
    over {integer},
    PRIMARY KEY (realm_id, number),
    FOREIGN KEY (realm_id, over) REFERENCES thing (realm_id, number),
    CHECK (number < 9000000)
) {strict}

-- name: anything_table
CREATE TABLE anything (number {integer}, label {text}, bytes {bytes}) {strict}

-- name: anything_add
INSERT INTO anything (number, label, bytes) VALUES ($1, $2, $3)

-- name: anything_all
SELECT number, label, bytes FROM anything ORDER BY number

-- name: thing_add
INSERT INTO thing (realm_id, number, label, bytes, over) VALUES ($1, $2, $3, $4, $5)

-- name: thing_count
SELECT count(*) FROM thing WHERE realm_id = $1

-- name: thing_numbers
SELECT number FROM thing WHERE realm_id = $1 ORDER BY number

-- name: thing_set_over
UPDATE thing SET over = $3 WHERE realm_id = $1 AND number = $2

-- name: thing_highest
SELECT max(number) FROM thing WHERE realm_id = $1

-- name: thing_relabel
UPDATE thing SET label = $2 WHERE number = $1

-- name: thing_delete
DELETE FROM thing WHERE realm_id = $1 AND number = $2

-- name: realm_add
INSERT INTO realm (realm_id, code, name, created_at) VALUES ($1, $2, $3, '2026-01-31T08:00:00.000Z')

-- name: migration_number
UPDATE migration SET number = $1 WHERE number = 1

-- name: migration_hash
UPDATE migration SET hash = $1

-- name: migration_more
INSERT INTO migration (number, name, hash, at) VALUES ($1, 'more', 'x', 'x')

-- name: migration_drop
DROP TABLE migration

-- name: audit_touch
UPDATE audit SET actor = 'x' WHERE realm_id = $1

-- name: audit_erase
DELETE FROM audit WHERE realm_id = $1

-- name: audit_unlock
-- sqlite:
DROP TRIGGER audit_no_update
-- postgresql:
DROP TRIGGER audit_no_change ON audit

-- name: audit_unlock_more
-- sqlite:
DROP TRIGGER audit_no_delete
-- postgresql:
DROP TRIGGER audit_no_truncate ON audit

-- name: audit_change
UPDATE audit SET after = $2 WHERE realm_id = 1 AND sequence = $1

-- name: audit_drop
DELETE FROM audit WHERE realm_id = 1 AND sequence = $1

-- name: audit_move
UPDATE audit SET sequence = $2 WHERE realm_id = 1 AND sequence = $1

-- name: end_own_link
-- sqlite:
SELECT 1
-- postgresql:
SELECT pg_terminate_backend(pg_backend_pid())

-- name: end_other_links
-- sqlite:
SELECT 1
-- postgresql:
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()

-- name: a_fraction
-- sqlite:
SELECT 0.5
-- postgresql:
SELECT CAST(0.5 AS DOUBLE PRECISION)
