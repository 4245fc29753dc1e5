-- The ground: realms, the audit, and what is to leave the house. Words in braces are explained in generate.py.
-- A migration that was ever released is never edited; what is to change comes in the next one.

CREATE TABLE realm (
    realm_id {integer} NOT NULL,
    code {text} NOT NULL,
    name {text} NOT NULL,
    settings {text} NOT NULL DEFAULT '{}',
    created_at {text} NOT NULL,
    PRIMARY KEY (realm_id),
    UNIQUE (code),
    CHECK (realm_id > 0 AND code <> '')
) {strict};

-- Every change, chained by hash: `previous` is the hash of the row before (of none: 32 zeros).
CREATE TABLE audit (
    realm_id {integer} NOT NULL,
    sequence {integer} NOT NULL,
    at {text} NOT NULL,
    actor {text},
    address {text},
    action {text} NOT NULL,
    subject {text} NOT NULL,
    before {text},
    after {text},
    previous {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (realm_id, sequence),
    FOREIGN KEY (realm_id) REFERENCES realm (realm_id),
    CHECK (sequence > 0)
) {strict};

-- Where each chain ends, so that rows dropped from its end are missed.
CREATE TABLE audit_head (
    realm_id {integer} NOT NULL,
    sequence {integer} NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (realm_id),
    FOREIGN KEY (realm_id) REFERENCES realm (realm_id)
) {strict};

-- What others are to be told, written with the change it tells of and sent later.
CREATE TABLE outbox (
    realm_id {integer} NOT NULL,
    sequence {integer} NOT NULL,
    at {text} NOT NULL,
    kind {text} NOT NULL,
    body {text} NOT NULL,
    sent_at {text},
    PRIMARY KEY (realm_id, sequence),
    FOREIGN KEY (realm_id) REFERENCES realm (realm_id)
) {strict};
CREATE INDEX outbox_waiting ON outbox (realm_id, sequence) WHERE sent_at IS NULL;

-- The audit only grows.
-- sqlite:
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
-- postgresql:
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
