-- name: bench_table
CREATE TABLE bench_value (
    realm_id {integer} NOT NULL,
    unit {integer} NOT NULL,
    number {integer} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (realm_id, unit, number)
) {strict}

-- name: bench_add
INSERT INTO bench_value (realm_id, unit, number, value) VALUES ($1, $2, $3, $4)
