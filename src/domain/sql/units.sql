-- The tree of units. $1 is the realm, the last parameter the day.

-- name: unit_by_code
SELECT unit_id FROM unit WHERE realm_id = $1 AND code = $2

-- name: unit_next
SELECT COALESCE(MAX(unit_id), 0) + 1 FROM unit WHERE realm_id = $1

-- name: unit_insert
INSERT INTO unit (realm_id, unit_id, code) VALUES ($1, $2, $3)

-- name: unit_state_at
SELECT u.code, s.name, s.unit_group, s.parent_id, s.valid_from
FROM unit_state s JOIN unit u ON u.realm_id = s.realm_id AND u.unit_id = s.unit_id
WHERE s.realm_id = $1 AND s.unit_id = $2 AND s.valid_from <= $3 AND s.valid_to > $3

-- name: unit_state_drop
DELETE FROM unit_state WHERE realm_id = $1 AND unit_id = $2 AND valid_from = $3

-- name: unit_state_close
UPDATE unit_state SET valid_to = $3 WHERE realm_id = $1 AND unit_id = $2 AND valid_to = '9999-12-31'

-- name: unit_state_open
INSERT INTO unit_state (realm_id, unit_id, valid_from, valid_to, name, unit_group, parent_id)
VALUES ($1, $2, $6, '9999-12-31', $3, $4, $5)

-- name: unit_children
SELECT descendant_id FROM unit_path
WHERE realm_id = $1 AND ancestor_id = $2 AND depth = 1 AND valid_to = '9999-12-31' ORDER BY descendant_id

-- name: unit_is_below
SELECT 1 FROM unit_path WHERE realm_id = $1 AND ancestor_id = $2 AND descendant_id = $3 AND valid_to = '9999-12-31'

-- name: unit_last_change
-- The last day on which anything changed in the unit, in what is below it, or in what it lies below.
SELECT MAX(day) FROM (
    SELECT CASE WHEN valid_to = '9999-12-31' THEN valid_from ELSE valid_to END AS day FROM unit_path
    WHERE realm_id = $1 AND (ancestor_id = $2 OR descendant_id = $2)
    UNION ALL
    SELECT CASE WHEN valid_to = '9999-12-31' THEN valid_from ELSE valid_to END AS day FROM unit_state
    WHERE realm_id = $1 AND unit_id = $2
) AS days

-- name: unit_last_above
-- The same of what it lies below; a unit that ended counts with its end.
SELECT MAX(CASE WHEN valid_to = '9999-12-31' THEN valid_from ELSE valid_to END) FROM unit_path
WHERE realm_id = $1 AND descendant_id = $2

-- name: unit_path_self
INSERT INTO unit_path (realm_id, ancestor_id, descendant_id, valid_from, valid_to, depth)
VALUES ($1, $2, $2, $3, '9999-12-31', 0)

-- name: unit_path_loosen_new
-- Of the unit and all below it: what ties them to those above the unit, as far as it is of that day.
DELETE FROM unit_path
WHERE realm_id = $1 AND valid_to = '9999-12-31' AND valid_from = $3
AND descendant_id IN (SELECT descendant_id FROM unit_path WHERE realm_id = $1 AND ancestor_id = $2 AND valid_to = '9999-12-31')
AND ancestor_id IN (SELECT ancestor_id FROM unit_path WHERE realm_id = $1 AND descendant_id = $2 AND depth > 0
    AND valid_to = '9999-12-31')

-- name: unit_path_loosen
UPDATE unit_path SET valid_to = $3
WHERE realm_id = $1 AND valid_to = '9999-12-31' AND valid_from < $3
AND descendant_id IN (SELECT descendant_id FROM unit_path WHERE realm_id = $1 AND ancestor_id = $2 AND valid_to = '9999-12-31')
AND ancestor_id IN (SELECT ancestor_id FROM unit_path WHERE realm_id = $1 AND descendant_id = $2 AND depth > 0
    AND valid_to = '9999-12-31')

-- name: unit_path_tie
-- The unit $2 and all below it are below $3 and all above that.
INSERT INTO unit_path (realm_id, ancestor_id, descendant_id, valid_from, valid_to, depth)
SELECT a.realm_id, a.ancestor_id, d.descendant_id, CAST($4 AS TEXT), '9999-12-31', a.depth + d.depth + 1
FROM unit_path a JOIN unit_path d ON d.realm_id = a.realm_id
WHERE a.realm_id = $1 AND a.descendant_id = $3 AND a.valid_to = '9999-12-31'
AND d.ancestor_id = $2 AND d.valid_to = '9999-12-31'

-- name: unit_path_end_new
DELETE FROM unit_path WHERE realm_id = $1 AND descendant_id = $2 AND valid_to = '9999-12-31' AND valid_from = $3

-- name: unit_path_end
UPDATE unit_path SET valid_to = $3 WHERE realm_id = $1 AND descendant_id = $2 AND valid_to = '9999-12-31'

-- name: unit_heir_add
INSERT INTO unit_heir (realm_id, unit_id, heir_id, valid_from) VALUES ($1, $2, $3, $4)

-- name: units_at
-- All units of a day below $2 and itself, those above before those below.
SELECT p.descendant_id, u.code, s.name, s.unit_group, s.parent_id, p.depth
FROM unit_path p
JOIN unit u ON u.realm_id = p.realm_id AND u.unit_id = p.descendant_id
JOIN unit_state s ON s.realm_id = p.realm_id AND s.unit_id = p.descendant_id AND s.valid_from <= $3 AND s.valid_to > $3
WHERE p.realm_id = $1 AND p.ancestor_id = $2 AND p.valid_from <= $3 AND p.valid_to > $3
ORDER BY p.depth, u.code

-- name: unit_path_at
-- The unit and all above it on a day, itself first.
SELECT ancestor_id FROM unit_path
WHERE realm_id = $1 AND descendant_id = $2 AND valid_from <= $3 AND valid_to > $3 ORDER BY depth

-- name: unit_history
SELECT valid_from, valid_to, name, unit_group, parent_id FROM unit_state
WHERE realm_id = $1 AND unit_id = $2 ORDER BY valid_from

-- name: unit_heirs
SELECT heir_id, valid_from FROM unit_heir WHERE realm_id = $1 AND unit_id = $2 ORDER BY heir_id
