#include "table/xlsx_archive.h"

#define END_RECORD 22 /* bytes of the end-of-directory record, without its comment */
#define END_RECORD_64 56
#define DIRECTORY_ENTRY 46
#define LONGEST_COMMENT 65535

static uint64_t little_endian(const char *at, unsigned bytes) {
    uint64_t value = 0;
    while (bytes-- > 0) value = value << 8 | (unsigned char)at[bytes];
    return value;
}

/* An entry of the directory costs more memory than bytes, so the directory is judged before libzip reads it: true when a record
 * at the end of the file claims very many entries and has room for them. */
static bool claims_too_many(pl_str bytes) {
    size_t tail = LONGEST_COMMENT + END_RECORD + END_RECORD_64 + 20;
    size_t from = bytes.len > tail ? bytes.len - tail : 0;
    for (const char *at = bytes.at + from, *end = bytes.at + bytes.len; end - at >= END_RECORD; at++) {
        uint64_t count = 0;
        at = memchr(at, 'P', (size_t)(end - at));
        if (!at || end - at < END_RECORD) break;
        if (memcmp(at, "PK\5\6", 4) == 0) count = little_endian(at + 10, 2);
        if (memcmp(at, "PK\6\6", 4) == 0 && end - at >= END_RECORD_64) count = little_endian(at + 32, 8);
        if (count > PL_MOST_ENTRIES && count <= (uint64_t)(at - bytes.at) / DIRECTORY_ENTRY) return true;
    }
    return false;
}

/* What a file that is no zip archive is instead. */
static const char *diagnose(pl_str bytes) {
    static const char compound[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    if (bytes.len >= 8 && memcmp(bytes.at, compound, 8) == 0)
        return "is an old .xls file or has a password; save it as .xlsx without one";
    if (bytes.len >= 2 && memcmp(bytes.at, "PK", 2) == 0) return "is damaged or not complete; save or send it again";
    return "is no .xlsx workbook; open it in a spreadsheet program and save it as .xlsx";
}

pl_status pl_archive_open(pl_archive *archive, pl_problems *problems) {
    pl_place place = {.file = archive->name};
    pl_str bytes = archive->source.bytes;
    if (claims_too_many(bytes))
        return pl_problem_add(problems, PL_ERROR, "E112", place, "has over %d parts, which no workbook needs", PL_MOST_ENTRIES);
    if (bytes.len < END_RECORD) return pl_problem_add(problems, PL_ERROR, "E111", place, "%s", diagnose(bytes));
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *from = zip_source_buffer_create(bytes.at, bytes.len, 0, &error);
    if (from) archive->zip = zip_open_from_source(from, ZIP_RDONLY, &error);
    bool memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
    if (from && !archive->zip) zip_source_free(from);
    zip_error_fini(&error);
    if (archive->zip) return PL_OK;
    return memory ? PL_MEMORY : pl_problem_add(problems, PL_ERROR, "E111", place, "%s", diagnose(bytes));
}

void pl_archive_close(pl_archive *archive) {
    if (archive->zip) zip_discard(archive->zip);
    archive->zip = NULL;
    pl_source_close(&archive->source);
}

/* Names of parts ignore case. */
static zip_int64_t locate(const pl_archive *archive, const char *path) {
    zip_int64_t index = zip_name_locate(archive->zip, path, 0);
    return index >= 0 ? index : zip_name_locate(archive->zip, path, ZIP_FL_NOCASE);
}

static pl_status cannot_open(const pl_part *part, pl_problems *problems) {
    pl_place place = {.file = part->archive->name};
    int error = zip_error_code_zip(zip_get_error(part->archive->zip));
    if (error == ZIP_ER_MEMORY) return PL_MEMORY;
    if (error == ZIP_ER_NOPASSWD || error == ZIP_ER_WRONGPASSWD || error == ZIP_ER_ENCRNOTSUPP)
        return pl_problem_add(problems, PL_ERROR, "E111", place, "has a password; save it without one");
    if (error == ZIP_ER_NOENT)
        return pl_problem_add(problems, PL_ERROR, "E113", place, "lacks its part %s; save it again", part->path);
    return pl_problem_add(problems, PL_ERROR, "E113", place, "its part %s cannot be read: %s", part->path,
                          zip_strerror(part->archive->zip));
}

static pl_status too_large(const pl_part *part, pl_problems *problems) {
    return pl_problem_add(problems, PL_ERROR, "E112", (pl_place){.file = part->archive->name},
                          "its part %s unpacks to over %llu MB, which is more than is read", part->path,
                          (unsigned long long)(part->most >> 20));
}

pl_status pl_part_open(pl_part *part, const pl_archive *archive, const char *path, pl_problems *problems) {
    *part = (pl_part){.archive = archive, .path = path};
    zip_int64_t index = locate(archive, path);
    if (index >= 0) part->file = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
    if (!part->file) return cannot_open(part, problems);
    zip_stat_t about;
    if (zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE) ||
        !(about.valid & ZIP_STAT_COMP_SIZE)) {
        pl_part_close(part);
        return cannot_open(part, problems);
    }
    uint64_t packed = archive->source.bytes.len; /* a packed size beyond the file's is a lie */
    if (about.comp_size < packed) packed = about.comp_size;
    part->most = PL_FREELY_UNPACKED + packed * PL_MOST_RATIO;
    if (part->most > PL_MOST_UNPACKED) part->most = PL_MOST_UNPACKED;
    part->declared = about.size;
    if (part->declared <= part->most) return PL_OK;
    pl_part_close(part);
    return too_large(part, problems);
}

static pl_status damaged(const pl_part *part, const char *how, pl_problems *problems) {
    return pl_problem_add(problems, PL_ERROR, "E111", (pl_place){.file = part->archive->name}, "is damaged in its part %s: %s",
                          part->path, how);
}

pl_status pl_part_read(pl_part *part, void *at, size_t size, size_t *got, pl_problems *problems) {
    zip_int64_t count = zip_fread(part->file, at, size);
    *got = count > 0 ? (size_t)count : 0;
    part->taken += *got;
    if (count < 0) {
        zip_error_t *error = zip_file_get_error(part->file);
        if (zip_error_code_zip(error) == ZIP_ER_MEMORY) return PL_MEMORY;
        return damaged(part, zip_error_strerror(error), problems);
    }
    if (count == 0 && part->taken != part->declared) return damaged(part, "its size is not what the archive says", problems);
    return part->taken <= part->most ? PL_OK : too_large(part, problems);
}

void pl_part_close(pl_part *part) {
    if (part->file) zip_fclose(part->file);
    part->file = NULL;
}
