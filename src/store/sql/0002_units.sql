-- Units as a dated tree. A code is never given twice. What holds from a day on holds up to, not including, `valid_to`; what holds still
-- has 9999-12-31 there, so that one comparison finds a day.

CREATE TABLE unit (
    realm_id {integer} NOT NULL,
    unit_id {integer} NOT NULL,
    code {text} NOT NULL,
    PRIMARY KEY (realm_id, unit_id),
    UNIQUE (realm_id, code),
    FOREIGN KEY (realm_id) REFERENCES realm (realm_id),
    CHECK (unit_id > 0 AND code <> '')
) {strict};

CREATE TABLE unit_state (
    realm_id {integer} NOT NULL,
    unit_id {integer} NOT NULL,
    valid_from {text} NOT NULL,
    valid_to {text} NOT NULL,
    name {text} NOT NULL,
    unit_group {text},
    parent_id {integer},
    PRIMARY KEY (realm_id, unit_id, valid_from),
    FOREIGN KEY (realm_id, unit_id) REFERENCES unit (realm_id, unit_id),
    FOREIGN KEY (realm_id, parent_id) REFERENCES unit (realm_id, unit_id),
    CHECK (valid_from < valid_to)
) {strict};

-- The closure: every unit below itself (depth 0) and below all that are above it.
CREATE TABLE unit_path (
    realm_id {integer} NOT NULL,
    ancestor_id {integer} NOT NULL,
    descendant_id {integer} NOT NULL,
    valid_from {text} NOT NULL,
    valid_to {text} NOT NULL,
    depth {integer} NOT NULL,
    PRIMARY KEY (realm_id, ancestor_id, descendant_id, valid_from),
    FOREIGN KEY (realm_id, ancestor_id) REFERENCES unit (realm_id, unit_id),
    FOREIGN KEY (realm_id, descendant_id) REFERENCES unit (realm_id, unit_id),
    CHECK (valid_from < valid_to AND depth >= 0)
) {strict};
CREATE INDEX unit_path_up ON unit_path (realm_id, descendant_id, valid_from);

-- Which units took over from which.
CREATE TABLE unit_heir (
    realm_id {integer} NOT NULL,
    unit_id {integer} NOT NULL,
    heir_id {integer} NOT NULL,
    valid_from {text} NOT NULL,
    PRIMARY KEY (realm_id, unit_id, heir_id),
    FOREIGN KEY (realm_id, unit_id) REFERENCES unit (realm_id, unit_id),
    FOREIGN KEY (realm_id, heir_id) REFERENCES unit (realm_id, unit_id),
    CHECK (unit_id <> heir_id)
) {strict};
CREATE INDEX unit_heir_back ON unit_heir (realm_id, heir_id);
