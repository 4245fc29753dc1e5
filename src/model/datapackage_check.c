#include <plumbline/model/interchange.h>

#include <plumbline/table/json.h>

#include <sys/stat.h>
#include <unistd.h>

static const char descriptor[] = "datapackage.json";

/* A descriptor while its resources are compared with the files. */
typedef struct checking {
    const char *folder;
    pl_problems *problems;
    size_t index; /* of the resource */
} checking;

static pl_place place_of(const checking *c, const char *field) {
    return (pl_place){"datapackage.json:resources", PL_ENTRY | c->index, field};
}

/* Relative, downwards, on this machine: what the specification calls a safe path. */
static bool stays_inside(const char *path) {
    if (path[0] == '/' || path[0] == '~' || strchr(path, '\\')) return false;
    for (const char *at = path; at; at = strchr(at, '/')) {
        if (*at == '/') at++;
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || !at[2])) return false;
    }
    return true;
}

static bool is_remote(const char *path) { return strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0; }

static pl_status compare_hash(const checking *c, const char *name, const char *path, const char *hash) {
    if (strncmp(hash, "sha256:", 7) != 0) return PL_OK; /* others prove little, or are not known here */
    pl_digest *sum;
    unsigned char digest[PL_DIGEST_SIZE];
    char hex[PL_DIGEST_HEX];
    pl_status status = pl_digest_create(&sum, PL_SHA256);
    if (status != PL_OK) return status;
    status = pl_digest_add_file(sum, path);
    if (status == PL_OK) status = pl_digest_finish(sum, digest);
    pl_digest_free(sum);
    if (status == PL_IO) return pl_problem_add(c->problems, PL_WARNING, "W341", place_of(c, "path"), "%s cannot be read", name);
    if (status != PL_OK) return status;
    pl_digest_hex(digest, hex);
    if (pl_str_is_fold(pl_str_of(hash + 7), hex)) return PL_OK;
    return pl_problem_add(c->problems, PL_WARNING, "W341", place_of(c, "hash"),
                          "%s is not the file that was described: its SHA-256 is %s", name, hex);
}

static pl_status check_file(const checking *c, const char *name, const char *path, const json_t *hash, const json_t *bytes) {
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return pl_problem_add(c->problems, PL_WARNING, "W341", place_of(c, "path"), "there is no file %s", name);
    if (json_is_real(bytes) && json_real_value(bytes) != (double)about.st_size)
        return pl_problem_add(c->problems, PL_WARNING, "W341", place_of(c, "bytes"),
                              "%s is not the file that was described: it has %lld bytes", name, (long long)about.st_size);
    return json_is_string(hash) ? compare_hash(c, name, path, json_string_value(hash)) : PL_OK;
}

/* `hash` and `bytes` are of the resource, where it is one file; NULL otherwise. */
static pl_status check_path(const checking *c, const char *name, const json_t *hash, const json_t *bytes) {
    if (is_remote(name)) return PL_OK;
    if (!stays_inside(name))
        return pl_problem_add(c->problems, PL_WARNING, "W342", place_of(c, "path"),
                              "\"%s\" leads out of the folder; it is not followed", name);
    pl_buffer path;
    pl_buffer_init(&path, 0);
    pl_buffer_print(&path, "%s/%s", c->folder, name);
    pl_status status = path.failed ? PL_MEMORY : check_file(c, name, path.at, hash, bytes);
    pl_buffer_free(&path);
    return status;
}

static pl_status check_resource(const checking *c, const json_t *resource) {
    const json_t *path = json_object_get(resource, "path");
    if (json_is_string(path))
        return check_path(c, json_string_value(path), json_object_get(resource, "hash"), json_object_get(resource, "bytes"));
    if (!json_is_array(path)) {
        if (json_object_get(resource, "data")) return PL_OK; /* it stands in the descriptor itself */
        return pl_problem_add(c->problems, PL_WARNING, "W343", place_of(c, "path"), "this resource has no path");
    }
    pl_status status = PL_OK;
    for (size_t i = 0; i < json_array_size(path) && status == PL_OK; i++)
        if (json_is_string(json_array_get(path, i))) status = check_path(c, json_string_value(json_array_get(path, i)), NULL, NULL);
    return status;
}

/* What is wrong with the descriptor does not make the model wrong: it becomes a warning. */
static pl_status read_descriptor(json_t **out, const char *path, pl_problems *problems) {
    pl_problems own;
    pl_problems_init(&own, 1);
    pl_status status = pl_json_read(out, path, descriptor, &own);
    if (status != PL_OK && own.count)
        status = pl_problem_add(problems, PL_WARNING, "W343", own.items[0].place, "%s", own.items[0].text);
    pl_problems_free(&own);
    return status;
}

pl_status pl_datapackage_check(const char *folder, pl_problems *problems) {
    pl_buffer path;
    pl_buffer_init(&path, 0);
    pl_buffer_print(&path, "%s/%s", folder, descriptor);
    json_t *package = NULL;
    pl_status status = path.failed ? PL_MEMORY : PL_OK;
    bool there = status == PL_OK && access(path.at, F_OK) == 0;
    if (there) status = read_descriptor(&package, path.at, problems);
    const json_t *resources = json_object_get(package, "resources");
    if (package && !json_is_array(resources))
        status = pl_problem_add(problems, PL_WARNING, "W343", (pl_place){.file = descriptor}, "has no list \"resources\"");
    for (size_t i = 0; i < json_array_size(resources) && status == PL_OK; i++) {
        checking c = {folder, problems, i};
        status = check_resource(&c, json_array_get(resources, i));
    }
    json_decref(package);
    pl_buffer_free(&path);
    return status;
}
