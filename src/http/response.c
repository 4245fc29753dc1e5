#include "http/exchange.h"

#include "http/target.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void pl_response_begin(pl_response *response, pl_arena *arena, pl_language language) {
    *response = (pl_response){.arena = arena, .language = language, .file = -1};
    pl_buffer_init(&response->buffer, 0);
}

/* Forgets the body that was begun. */
static void drop_body(pl_response *response) {
    if (response->writes_json) pl_output_finish(&response->output);
    if (response->file >= 0) close(response->file);
    if (response->events) pl_events_gone(response->events);
    pl_buffer_free(&response->buffer);
    response->events = NULL;
    response->writes_json = false;
    response->file = -1;
    response->body = PL_BODY_NONE;
    response->etag = NULL;
}

void pl_response_free(pl_response *response) { drop_body(response); }

void pl_response_status(pl_response *response, unsigned status) { response->status = status; }

static const char *keep(pl_response *response, const char *text) {
    pl_str copy;
    if (pl_str_copy(&copy, response->arena, pl_str_of(text))) return copy.at;
    response->failed = true;
    return NULL;
}

static bool is_header_value(const char *value) {
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f) return false;
    return true;
}

void pl_response_header(pl_response *response, const char *name, const char *value) {
    pl_header *header = pl_arena_alloc(response->arena, sizeof *header);
    if (!header || !pl_is_token(pl_str_of(name)) || !is_header_value(value)) {
        response->failed = true;
        return;
    }
    *header = (pl_header){keep(response, name), keep(response, value), NULL};
    if (response->failed) return;
    if (response->last)
        response->last->next = header;
    else
        response->first = header;
    response->last = header;
}

void pl_response_etag(pl_response *response, const char *tag) {
    if (!is_header_value(tag) || strchr(tag, '"'))
        response->failed = true;
    else
        response->etag = keep(response, tag);
}

pl_json_writer *pl_response_json(pl_response *response) {
    drop_body(response);
    response->body = PL_BODY_BUFFER;
    response->type = "application/json";
    response->writes_json = true;
    pl_output_init(&response->output, pl_sink_buffer, &response->buffer);
    pl_json_begin(&response->json, &response->output, false);
    return &response->json;
}

pl_buffer *pl_response_bytes(pl_response *response, const char *type) {
    drop_body(response);
    response->body = PL_BODY_BUFFER;
    response->type = type;
    return &response->buffer;
}

void pl_response_static(pl_response *response, const char *type, const char *tag, pl_str bytes) {
    drop_body(response);
    response->body = PL_BODY_STATIC;
    response->type = type;
    response->bytes = bytes;
    if (tag) pl_response_etag(response, tag);
}

pl_status pl_response_file(pl_response *response, const char *type, const char *path) {
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return PL_IO;
    if (fstat(file, &about) || !S_ISREG(about.st_mode)) {
        close(file);
        return PL_IO;
    }
    drop_body(response);
    response->body = PL_BODY_FILE;
    response->type = type;
    response->file = file;
    response->file_size = (uint64_t)about.st_size;
    return PL_OK;
}

void pl_response_take_events(pl_response *response, pl_events *events) {
    drop_body(response);
    response->body = PL_BODY_EVENTS;
    response->type = "text/event-stream";
    response->events = events;
}

pl_status pl_response_problem(pl_response *response, const pl_problem_type *type, const char *chinese, const char *english) {
    const char *detail = response->language == PL_ENGLISH ? english : chinese;
    drop_body(response);
    response->problem = type;
    response->detail = detail ? pl_str_of(keep(response, detail)) : (pl_str){NULL, 0};
    return PL_INPUT;
}

void pl_response_field(pl_response *response, const char *pointer, const char *chinese, const char *english) {
    pl_field_error *error = pl_arena_alloc(response->arena, sizeof *error);
    if (!error) {
        response->failed = true;
        return;
    }
    error->pointer = pl_str_of(keep(response, pointer));
    error->detail = pl_str_of(keep(response, response->language == PL_ENGLISH ? english : chinese));
    if (response->last_error)
        response->last_error->next = error;
    else
        response->first_error = error;
    response->last_error = error;
}

static void write_errors(const pl_response *response, pl_json_writer *json) {
    if (!response->first_error) return;
    pl_json_key(json, "errors");
    pl_json_array(json);
    for (const pl_field_error *error = response->first_error; error; error = error->next) {
        pl_json_object(json);
        pl_json_key(json, "pointer");
        pl_json_text(json, error->pointer);
        pl_json_key(json, "detail");
        pl_json_text(json, error->detail);
        pl_json_end(json);
    }
    pl_json_end(json);
}

static void write_problem(pl_response *response, pl_str id) {
    const pl_problem_type *type = response->problem;
    pl_json_writer *json = pl_response_json(response);
    char name[80];
    snprintf(name, sizeof name, "/problems/%s", type->name);
    pl_json_object(json);
    pl_json_key(json, "type");
    pl_json_text(json, pl_str_of(name));
    pl_json_key(json, "title");
    pl_json_text(json, pl_str_of(type->title[response->language]));
    pl_json_key(json, "status");
    pl_json_integer(json, type->status);
    if (response->detail.len) {
        pl_json_key(json, "detail");
        pl_json_text(json, response->detail);
    }
    write_errors(response, json);
    pl_json_key(json, "request");
    pl_json_text(json, id);
    pl_json_end(json);
    response->status = type->status;
    response->type = "application/problem+json";
}

/* Ends a JSON body; false when something about the response failed. */
static bool complete(pl_response *response) {
    if (response->writes_json && pl_output_finish(&response->output) != PL_OK) response->failed = true;
    response->writes_json = false;
    return !response->failed && !response->buffer.failed;
}

void pl_response_finish(pl_response *response, pl_status status, pl_str id, unsigned success) {
    if (status != PL_OK && !response->problem) {
        const pl_problem_type *type = status == PL_INPUT ? &pl_problem_bad_request : &pl_problem_busy;
        pl_response_problem(response, type, NULL, NULL);
    }
    if (!response->problem && !complete(response)) {
        response->failed = false;
        pl_response_problem(response, &pl_problem_busy, NULL, NULL);
    }
    if (!response->problem) {
        if (!response->status) response->status = success;
        return;
    }
    write_problem(response, id);
    /* Where there is no memory even for a problem, its status alone goes out. */
    if (!complete(response)) drop_body(response);
}
