/* The one place that decides who may do what.
 *
 * A role is held over a unit and all units below it. What the roles may do stands once, in the table of access.c; docs/security.md
 * shows it. Whoever has no role over a unit must not learn that there is one: the answer is then `unseen`, to be given as "not
 * found". */
#ifndef PLUMBLINE_DOMAIN_ACCESS_H
#define PLUMBLINE_DOMAIN_ACCESS_H

#include <plumbline/base/text.h>

typedef enum pl_role {
    PL_ADMINISTRATOR,
    PL_COORDINATOR,
    PL_VERIFIER,
    PL_REPORTER,
    PL_APPROVER,
    PL_LEADER,
    PL_AUDITOR,
    PL_ROLES
} pl_role;

typedef enum pl_right {
    PL_UNIT_SEE,
    PL_UNIT_CHANGE,
    PL_PEOPLE_SEE,
    PL_PEOPLE_CHANGE,
    PL_FRAMEWORK_SEE,
    PL_FRAMEWORK_CHANGE,
    PL_FRAMEWORK_PUBLISH,
    PL_VALUE_SEE,
    PL_VALUE_ENTER,
    PL_VALUE_VERIFY,
    PL_VALUE_APPROVE,
    PL_RUN_SEE,
    PL_RUN_START,
    PL_RUN_PUBLISH,
    PL_EXPORT,
    PL_AUDIT_SEE,
    PL_SETTINGS_CHANGE,
    PL_BACKUP,
    PL_RIGHTS
} pl_right;

/* A set of rights: 1 << right each. */
typedef uint32_t pl_rights;
#define PL_RIGHT(right) ((pl_rights)1 << (right))
#define PL_RIGHTS_ALL (PL_RIGHT(PL_RIGHTS) - 1)

const char *pl_role_name(pl_role role, bool chinese);    /* English names are what the API and the store use */
const char *pl_right_name(pl_right right, bool chinese); /* unit.see; 查看单位 */
bool pl_role_find(pl_str name, pl_role *out);
bool pl_right_find(pl_str name, pl_right *out);
pl_rights pl_role_rights(pl_role role);
/* Whether using it changes nothing. */
bool pl_right_only_reads(pl_right right);

/* Reads names of rights, separated as in any list a person writes; the scope of a token. False when one is unknown (*wrong is it)
 * or there is none. */
bool pl_rights_read(pl_str text, pl_rights *out, pl_str *wrong);
void pl_rights_write(pl_buffer *out, pl_rights rights); /* separated by spaces, in the order above */

/* A role over the subtree of a unit. */
typedef struct pl_grant {
    pl_role role;
    int64_t unit;
} pl_grant;

/* Who asks: the grants of the account, all of one realm, and what the session or token may use of them (PL_RIGHTS_ALL: everything).
 */
typedef struct pl_asker {
    const pl_grant *grants;
    size_t count;
    pl_rights scope;
} pl_asker;

/* A unit and all units above it, in any order; what the closure table gives. Empty stands for a unit that there is not. */
typedef struct pl_unit_path {
    const int64_t *units;
    size_t count;
} pl_unit_path;

typedef enum pl_access {
    PL_UNSEEN,    /* answer exactly as if there were no such unit */
    PL_FORBIDDEN, /* the unit may be seen, but this must not be done to it */
    PL_ALLOWED
} pl_access;

pl_access pl_access_may(const pl_asker *asker, pl_right right, pl_unit_path path);

/* The units over whose subtrees the asker has the right, for a list or a count: join them with the closure table. Writes at most
 * asker->count of them to `out`, each once, and returns how many; none: an empty list, not a refusal. */
size_t pl_access_subtrees(const pl_asker *asker, pl_right right, int64_t *out);

/* Whether the asker may give or take a role over a unit: needs people.change there. Nobody may do it to the own account, which the
 * caller says with `own`: an administrator who wants more asks another. */
pl_access pl_access_may_grant(const pl_asker *asker, bool own, pl_unit_path path);

/* Adds the table of roles and rights as Markdown. */
void pl_access_table(pl_buffer *out);

#endif
