#include <plumbline/table/write.h>

#include <errno.h>
#include <stdlib.h>
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

/* What each thread makes its parts in. */
typedef struct part_maker {
    pl_output output;
    pl_buffer made;
} part_maker;

typedef struct parts {
    pl_output *output;
    part_maker *makers;
    pl_output_part *write;
    void *context;
} parts;

static void make_part(void *context, size_t part, unsigned worker) {
    parts *p = context;
    p->write(p->context, part, &p->makers[worker].output);
    flush(&p->makers[worker].output);
}

static void take_part(void *context, size_t part, unsigned worker) {
    (void)part;
    parts *p = context;
    part_maker *maker = &p->makers[worker];
    if (p->output->status == PL_OK) p->output->status = maker->output.status;
    pl_output_add(p->output, pl_buffer_view(&maker->made));
    pl_buffer_clear(&maker->made);
}

void pl_output_parts(pl_output *output, pl_pool *pool, size_t count, pl_output_part *write, void *context) {
    unsigned workers = pl_pool_threads(pool);
    parts p = {output, calloc(workers, sizeof *p.makers), write, context};
    if (!p.makers) {
        output->status = pl_status_worse(output->status, PL_MEMORY);
        return;
    }
    for (unsigned i = 0; i < workers; i++) pl_output_init(&p.makers[i].output, pl_sink_buffer, &p.makers[i].made);
    pl_pool_run_in_order(pool, count, make_part, take_part, &p);
    for (unsigned i = 0; i < workers; i++) {
        pl_buffer_free(&p.makers[i].output.pending);
        pl_buffer_free(&p.makers[i].made);
    }
    free(p.makers);
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
