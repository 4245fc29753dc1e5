-- Accounts, what roles they hold over which subtrees, and the tokens that stand for them. Times are seconds since 1970.

CREATE TABLE account (
    realm_id {integer} NOT NULL,
    account_id {integer} NOT NULL,
    login {text} NOT NULL,
    login_key {text} NOT NULL,
    name {text} NOT NULL,
    password {text},
    password_changed {integer} NOT NULL,
    first_password {integer} NOT NULL,
    generation {integer} NOT NULL,
    disabled {integer} NOT NULL,
    PRIMARY KEY (realm_id, account_id),
    UNIQUE (realm_id, login_key),
    FOREIGN KEY (realm_id) REFERENCES realm (realm_id),
    CHECK (account_id > 0 AND login <> '' AND first_password IN (0, 1) AND disabled IN (0, 1))
) {strict};

-- Earlier passwords, which some profiles do not take again.
CREATE TABLE account_password (
    realm_id {integer} NOT NULL,
    account_id {integer} NOT NULL,
    generation {integer} NOT NULL,
    password {text} NOT NULL,
    PRIMARY KEY (realm_id, account_id, generation),
    FOREIGN KEY (realm_id, account_id) REFERENCES account (realm_id, account_id)
) {strict};

CREATE TABLE account_role (
    realm_id {integer} NOT NULL,
    account_id {integer} NOT NULL,
    role {text} NOT NULL,
    unit_id {integer} NOT NULL,
    PRIMARY KEY (realm_id, account_id, role, unit_id),
    FOREIGN KEY (realm_id, account_id) REFERENCES account (realm_id, account_id),
    FOREIGN KEY (realm_id, unit_id) REFERENCES unit (realm_id, unit_id)
) {strict};

-- Of a token only the digest is kept.
CREATE TABLE token (
    realm_id {integer} NOT NULL,
    digest {bytes} NOT NULL,
    account_id {integer} NOT NULL,
    kind {integer} NOT NULL,
    scope {integer} NOT NULL,
    label {text} NOT NULL,
    made {integer} NOT NULL,
    expires {integer} NOT NULL,
    seen {integer} NOT NULL,
    idle {integer} NOT NULL,
    generation {integer} NOT NULL,
    revoked {integer} NOT NULL,
    PRIMARY KEY (realm_id, digest),
    FOREIGN KEY (realm_id, account_id) REFERENCES account (realm_id, account_id),
    CHECK (revoked IN (0, 1))
) {strict};
CREATE INDEX token_of_account ON token (realm_id, account_id, made);
CREATE INDEX token_expired ON token (realm_id, expires);
