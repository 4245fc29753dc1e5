#include <plumbline/table/write.h>

#include <errno.h>
#include <unistd.h>

#define PENDING_BYTES 65536

void pl_output_init(pl_output *output, pl_sink *sink, void *context) {
    *output = (pl_output){.sink = sink, .context = context, .status = PL_OK};
    pl_buffer_init(&output->pending, 0);
}

static void flush(pl_output *output) {
    if (output->status == PL_OK && output->pending.failed) output->status = PL_MEMORY;
    if (output->status == PL_OK && output->pending.len)
        output->status = output->sink(output->context, output->pending.at, output->pending.len);
    pl_buffer_clear(&output->pending);
}

void pl_output_add(pl_output *output, pl_str bytes) {
    if (output->status != PL_OK) return;
    pl_buffer_str(&output->pending, bytes);
    if (output->pending.failed || output->pending.len >= PENDING_BYTES) flush(output);
}

pl_status pl_output_finish(pl_output *output) {
    flush(output);
    pl_buffer_free(&output->pending);
    return output->status;
}

pl_status pl_sink_descriptor(void *context, const char *bytes, size_t size) {
    int file = *(int *)context;
    while (size) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return PL_IO;
        bytes += written;
        size -= (size_t)written;
    }
    return PL_OK;
}

pl_status pl_sink_buffer(void *context, const char *bytes, size_t size) {
    pl_buffer *buffer = context;
    pl_buffer_add(buffer, bytes, size);
    return buffer->failed ? PL_MEMORY : PL_OK;
}
