#include "domain/access.h"

static const struct {
    const char *english, *chinese;
} roles[PL_ROLES] = {
    [PL_ADMINISTRATOR] = {"administrator", "管理员"},
    [PL_COORDINATOR] = {"coordinator", "统筹员"},
    [PL_VERIFIER] = {"verifier", "核验员"},
    [PL_REPORTER] = {"reporter", "填报员"},
    [PL_APPROVER] = {"approver", "审批人"},
    [PL_LEADER] = {"leader", "领导"},
    [PL_AUDITOR] = {"auditor", "审计员"},
};

enum {
    ADM = 1 << PL_ADMINISTRATOR,
    CO = 1 << PL_COORDINATOR,
    VER = 1 << PL_VERIFIER,
    REP = 1 << PL_REPORTER,
    APP = 1 << PL_APPROVER,
    LEA = 1 << PL_LEADER,
    AUD = 1 << PL_AUDITOR,
    EVERYBODY = (1 << PL_ROLES) - 1
};

/* Duties are kept apart: who runs the system neither makes figures nor reads the audit; who enters a value does not verify it; who
 * looks after others' work changes nothing. */
static const struct {
    const char *english, *chinese;
    unsigned roles;
    bool reads;
} rights[PL_RIGHTS] = {
    [PL_UNIT_SEE] = {"unit.see", "查看单位", EVERYBODY, true},
    [PL_UNIT_CHANGE] = {"unit.change", "变更单位", ADM | CO, false},
    [PL_PEOPLE_SEE] = {"people.see", "查看人员与角色", ADM | CO | AUD, true},
    [PL_PEOPLE_CHANGE] = {"people.change", "管理人员与角色", ADM, false},
    [PL_FRAMEWORK_SEE] = {"framework.see", "查看指标体系", EVERYBODY & ~ADM, true},
    [PL_FRAMEWORK_CHANGE] = {"framework.change", "编制指标体系", CO, false},
    [PL_FRAMEWORK_PUBLISH] = {"framework.publish", "发布指标体系", CO, false},
    [PL_VALUE_SEE] = {"value.see", "查看数据", EVERYBODY & ~ADM, true},
    [PL_VALUE_ENTER] = {"value.enter", "填报数据", REP | CO, false},
    [PL_VALUE_VERIFY] = {"value.verify", "核验数据", VER, false},
    [PL_VALUE_APPROVE] = {"value.approve", "审批数据", APP, false},
    [PL_RUN_SEE] = {"run.see", "查看考核结果", EVERYBODY & ~ADM, true},
    [PL_RUN_START] = {"run.start", "进行考核运算", CO, false},
    [PL_RUN_PUBLISH] = {"run.publish", "发布考核结果", CO, false},
    [PL_EXPORT] = {"export", "导出", EVERYBODY & ~ADM, true},
    [PL_AUDIT_SEE] = {"audit.see", "查看审计记录", AUD, true},
    [PL_SETTINGS_CHANGE] = {"settings.change", "修改设置", ADM, false},
    [PL_BACKUP] = {"backup", "备份与恢复", ADM, false},
};

const char *pl_role_name(pl_role role, bool chinese) { return chinese ? roles[role].chinese : roles[role].english; }
const char *pl_right_name(pl_right right, bool chinese) { return chinese ? rights[right].chinese : rights[right].english; }
bool pl_right_only_reads(pl_right right) { return rights[right].reads; }

bool pl_role_find(pl_str name, pl_role *out) {
    for (int role = 0; role < PL_ROLES; role++)
        if (pl_str_is(name, roles[role].english)) {
            *out = (pl_role)role;
            return true;
        }
    return false;
}

bool pl_right_find(pl_str name, pl_right *out) {
    for (int right = 0; right < PL_RIGHTS; right++)
        if (pl_str_is(name, rights[right].english)) {
            *out = (pl_right)right;
            return true;
        }
    return false;
}

pl_rights pl_role_rights(pl_role role) {
    pl_rights set = 0;
    for (int right = 0; right < PL_RIGHTS; right++)
        if (rights[right].roles >> role & 1) set |= PL_RIGHT(right);
    return set;
}

bool pl_rights_read(pl_str text, pl_rights *out, pl_str *wrong) {
    pl_str item;
    pl_rights set = 0;
    *wrong = text;
    while (pl_list_next(&text, &item)) {
        pl_right right;
        *wrong = item;
        if (!pl_right_find(item, &right)) return false;
        set |= PL_RIGHT(right);
    }
    *out = set;
    return set != 0;
}

void pl_rights_write(pl_buffer *out, pl_rights set) {
    const char *between = "";
    for (int right = 0; right < PL_RIGHTS; right++) {
        if (!(set & PL_RIGHT(right))) continue;
        pl_buffer_print(out, "%s%s", between, rights[right].english);
        between = " ";
    }
}

/* ---- deciding ---- */

static bool has(const pl_asker *asker, const pl_grant *grant, pl_right right) {
    return pl_role_rights(grant->role) & asker->scope & PL_RIGHT(right);
}

static bool lies_in(pl_unit_path path, int64_t unit) {
    for (size_t i = 0; i < path.count; i++)
        if (path.units[i] == unit) return true;
    return false;
}

/* A right is good for a unit that its holder may see, and a scope without unit.see sees none. */
pl_access pl_access_may(const pl_asker *asker, pl_right right, pl_unit_path path) {
    bool seen = false, allowed = false;
    for (size_t i = 0; i < asker->count; i++) {
        const pl_grant *grant = &asker->grants[i];
        if (!lies_in(path, grant->unit)) continue;
        seen |= has(asker, grant, PL_UNIT_SEE);
        allowed |= has(asker, grant, right);
    }
    if (!seen) return PL_UNSEEN;
    return allowed ? PL_ALLOWED : PL_FORBIDDEN;
}

size_t pl_access_subtrees(const pl_asker *asker, pl_right right, int64_t *out) {
    size_t count = 0;
    for (size_t i = 0; i < asker->count; i++) {
        const pl_grant *grant = &asker->grants[i];
        if (!has(asker, grant, right) || !has(asker, grant, PL_UNIT_SEE)) continue;
        if (!lies_in((pl_unit_path){out, count}, grant->unit)) out[count++] = grant->unit;
    }
    return count;
}

pl_access pl_access_may_grant(const pl_asker *asker, bool own, pl_unit_path path) {
    pl_access access = pl_access_may(asker, PL_PEOPLE_CHANGE, path);
    return own && access == PL_ALLOWED ? PL_FORBIDDEN : access;
}

void pl_access_table(pl_buffer *out) {
    pl_buffer_text(out, "| right | 权限 |");
    for (int role = 0; role < PL_ROLES; role++) pl_buffer_print(out, " %s %s |", roles[role].english, roles[role].chinese);
    pl_buffer_text(out, "\n|---|---|");
    for (int role = 0; role < PL_ROLES; role++) pl_buffer_text(out, "---|");
    pl_buffer_char(out, '\n');
    for (int right = 0; right < PL_RIGHTS; right++) {
        pl_buffer_print(out, "| `%s` | %s |", rights[right].english, rights[right].chinese);
        for (int role = 0; role < PL_ROLES; role++) pl_buffer_text(out, rights[right].roles >> role & 1 ? " yes |" : " |");
        pl_buffer_char(out, '\n');
    }
}
