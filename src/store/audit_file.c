/* An exported chain, walked without any store. */
#include "store/audit.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    pl_audit_walk walk;
    size_t line;
    bool begun, ended;
} reading;

static pl_status refuse(reading *r, const char *code, const char *text) {
    return pl_problem_add(r->walk.problems, PL_ERROR, code, (pl_place){.file = r->walk.name, .row = r->line}, "%s", text);
}

static bool text_of(const json_t *object, const char *key, pl_str *out) {
    const json_t *value = json_object_get(object, key);
    *out = (pl_str){json_string_value(value), json_string_length(value)};
    return json_is_string(value) || json_is_null(value);
}

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static bool hash_of(const json_t *object, const char *key, unsigned char out[PL_DIGEST_SIZE]) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value) || json_string_length(value) != 2 * PL_DIGEST_SIZE) return false;
    const char *hex = json_string_value(value);
    for (size_t i = 0; i < PL_DIGEST_SIZE; i++) {
        int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool integer_of(const json_t *object, const char *key, int64_t *out) {
    const json_t *value = json_object_get(object, key);
    *out = json_integer_value(value);
    return json_is_integer(value);
}

static bool row_of(const json_t *object, pl_audit_row *row) {
    pl_audit_entry *e = &row->entry;
    return json_object_size(object) == 11 && integer_of(object, "realm", &row->realm) &&
           integer_of(object, "sequence", &row->sequence) && text_of(object, "at", &e->at) && text_of(object, "actor", &e->actor) &&
           text_of(object, "address", &e->address) && text_of(object, "action", &e->action) &&
           text_of(object, "subject", &e->subject) && text_of(object, "before", &e->before) &&
           text_of(object, "after", &e->after) && hash_of(object, "previous", row->previous) && hash_of(object, "hash", row->hash);
}

static pl_status take_end(reading *r, const json_t *object) {
    unsigned char hash[PL_DIGEST_SIZE];
    int64_t realm, sequence;
    if (json_object_size(object) != 3 || !integer_of(object, "realm", &realm) || !integer_of(object, "end", &sequence) ||
        !hash_of(object, "hash", hash))
        return refuse(r, "E925", "this is no line of an exported audit");
    r->ended = true;
    if (!r->begun) r->walk.realm = realm;
    if (realm != r->walk.realm) return refuse(r, "E923", "the end is that of another realm");
    return pl_audit_walk_end(&r->walk, sequence, hash);
}

static pl_status take_object(reading *r, const json_t *object) {
    pl_audit_row row = {0};
    if (r->ended) return refuse(r, "E925", "there are lines behind the end");
    if (json_object_get(object, "end")) return take_end(r, object);
    if (!row_of(object, &row)) return refuse(r, "E925", "this is no line of an exported audit");
    if (!r->begun) r->walk.realm = row.realm;
    r->begun = true;
    return pl_audit_walk_row(&r->walk, &row);
}

static pl_status take_line(reading *r, const char *line, size_t length) {
    json_error_t error;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (!object && json_error_code(&error) == json_error_out_of_memory) return PL_MEMORY;
    pl_status status = object ? take_object(r, object) : refuse(r, "E925", "this is no JSON");
    json_decref(object);
    return status;
}

static pl_status take_lines(reading *r, FILE *file) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    pl_status status = PL_OK;
    while (status >= PL_INPUT && (length = getline(&line, &capacity, file)) > 0) {
        r->line++;
        status = pl_status_worse(status, take_line(r, line, (size_t)length));
    }
    if (status >= PL_INPUT && !feof(file)) status = ferror(file) ? PL_IO : PL_MEMORY;
    free(line);
    if (status >= PL_INPUT && !r->ended)
        status = pl_status_worse(status, refuse(r, "E926", "the last line is missing: the file is cut short"));
    return status;
}

static pl_status cannot_read(const char *path, pl_problems *problems) {
    pl_status status = pl_problem_add(problems, PL_ERROR, "E101", (pl_place){.file = path}, "cannot be read: %s", strerror(errno));
    return status == PL_MEMORY ? status : PL_IO;
}

pl_status pl_audit_verify_file(const char *path, size_t *rows, pl_problems *problems) {
    reading r = {0};
    FILE *file = fopen(path, "rbe");
    if (!file) return cannot_read(path, problems);
    pl_audit_walk_begin(&r.walk, path, 0, problems);
    pl_status status = take_lines(&r, file);
    if (status == PL_IO) status = cannot_read(path, problems);
    fclose(file);
    if (rows) *rows = r.walk.rows;
    return status;
}
