#include "table/xlsx_workbook.h"
#include "table/xlsx_xml.h"

#include <stdlib.h>

typedef struct relations {
    pl_workbook *workbook;
    pl_xml_reader xml;
    pl_str folder; /* of the part whose relations they are, with its slash */
    pl_relation_taker *take;
    void *context;
    size_t count;
} relations;

/* Takes the last folder off a path that ends in a slash. */
static void step_up(pl_buffer *path) {
    if (path->len) path->len--;
    while (path->len && path->at[path->len - 1] != '/') path->len--;
}

/* The archive's path of a target: absolute where it begins with a slash, otherwise from the folder on. */
static const char *resolve(relations *r, const char *target) {
    pl_buffer path;
    pl_buffer_init(&path, 4096);
    if (*target != '/') pl_buffer_str(&path, r->folder);
    while (*target && !path.failed) {
        size_t length = strcspn(target, "/");
        bool last = !target[length];
        if (length == 2 && memcmp(target, "..", 2) == 0)
            step_up(&path);
        else if (length && !(length == 1 && *target == '.'))
            pl_buffer_print(&path, "%.*s%s", (int)length, target, last ? "" : "/");
        target += length + !last;
    }
    pl_str copy;
    bool good = !path.failed && pl_str_copy(&copy, &r->workbook->arena, pl_buffer_view(&path));
    pl_buffer_free(&path);
    return good ? copy.at : NULL;
}

static void on_start(void *context, const char *name, const char **attributes) {
    relations *r = context;
    if (strcmp(name, "Relationship") != 0) return;
    const char *id = pl_xml_attribute(attributes, "Id"), *type = pl_xml_attribute(attributes, "Type"),
               *target = pl_xml_attribute(attributes, "Target"), *mode = pl_xml_attribute(attributes, "TargetMode");
    if (!id || !type || !target || (mode && strcmp(mode, "External") == 0) || strlen(target) > 2048) return;
    if (++r->count > PL_MOST_RELATIONS) {
        pl_xml_stop(&r->xml, pl_problem_add(r->xml.problems, PL_ERROR, "E112", (pl_place){.file = r->workbook->name},
                                            "has over %d relations between its parts", PL_MOST_RELATIONS));
        return;
    }
    const char *path = resolve(r, target);
    pl_status status = path ? r->take(r->context, pl_str_of(id), pl_str_of(type), path) : PL_MEMORY;
    if (status != PL_OK) pl_xml_stop(&r->xml, status);
}

/* xl/workbook.xml has its relations in xl/_rels/workbook.xml.rels. */
pl_status pl_relations_read(pl_workbook *workbook, const char *of, pl_relation_taker *take, void *context, pl_problems *problems) {
    const char *slash = strrchr(of, '/'), *file = slash ? slash + 1 : of;
    pl_buffer path;
    pl_buffer_init(&path, 0);
    pl_buffer_print(&path, "%.*s_rels/%s.rels", (int)(file - of), of, file);
    relations r = {workbook, {0}, {of, (size_t)(file - of)}, take, context, 0};
    r.xml = (pl_xml_reader){.context = &r, .start = on_start};
    pl_status status = path.failed ? PL_MEMORY : pl_xml_read(&r.xml, &workbook->archive, path.at, problems);
    pl_buffer_free(&path);
    return status;
}
