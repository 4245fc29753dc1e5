#include <plumbline/base/number.h>
#include <plumbline/base/text.h>

#include <stdio.h>
#include <stdlib.h>

void pl_buffer_init(pl_buffer *buffer, size_t limit) { *buffer = (pl_buffer){.limit = limit}; }

void pl_buffer_free(pl_buffer *buffer) {
    free(buffer->at);
    *buffer = (pl_buffer){.limit = buffer->limit};
}

void pl_buffer_clear(pl_buffer *buffer) {
    buffer->len = 0;
    buffer->failed = false;
    if (buffer->at) buffer->at[0] = 0;
}

static bool make_room(pl_buffer *buffer, size_t size) {
    if (buffer->failed) return false;
    bool too_much = buffer->limit && size > buffer->limit - buffer->len;
    void *bytes = buffer->at;
    if (too_much || size > SIZE_MAX / 2 || pl_reserve(&bytes, &buffer->capacity, buffer->len + size + 1, 1, 0)) {
        buffer->failed = true;
        return false;
    }
    buffer->at = bytes;
    return true;
}

void pl_buffer_add(pl_buffer *buffer, const void *bytes, size_t size) {
    if (!make_room(buffer, size)) return;
    if (size) memcpy(buffer->at + buffer->len, bytes, size);
    buffer->len += size;
    buffer->at[buffer->len] = 0;
}

void pl_buffer_str(pl_buffer *buffer, pl_str text) { pl_buffer_add(buffer, text.at, text.len); }
void pl_buffer_text(pl_buffer *buffer, const char *text) { pl_buffer_str(buffer, pl_str_of(text)); }
void pl_buffer_char(pl_buffer *buffer, char c) { pl_buffer_add(buffer, &c, 1); }

void pl_buffer_number(pl_buffer *buffer, double x) {
    char text[PL_NUMBER_SIZE];
    pl_buffer_add(buffer, text, pl_number_print(text, x));
}

void pl_buffer_vprint(pl_buffer *buffer, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size < 0) buffer->failed = true;
    if (size < 0 || !make_room(buffer, (size_t)size)) return;
    vsnprintf(buffer->at + buffer->len, (size_t)size + 1, format, arguments);
    buffer->len += (size_t)size;
}

void pl_buffer_print(pl_buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pl_buffer_vprint(buffer, format, arguments);
    va_end(arguments);
}
