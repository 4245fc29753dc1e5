/* What the machine can do: machine FILE. Prints how fast one thread copies memory, brings fresh memory in, and only looks at every
 * byte of a file that the system has in memory already; the least that reading it can cost. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK ((size_t)256 << 20)
#define RUNS 3

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "machine: %s: %s\n", what, strerror(errno));
    exit(3);
}

static void print(const char *what, double bytes, double seconds) {
    printf("%-36s %7.0f MB  %6.3f s  %6.1f GB/s\n", what, bytes / 1e6, seconds, bytes / seconds / 1e9);
}

/* Fresh memory is brought in when it is written first, and costs more than writing it again. */
static void measure_memory(void) {
    double fresh = 1e9, copy = 1e9;
    for (int run = 0; run < RUNS; run++) {
        char *from = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        char *to = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (from == MAP_FAILED || to == MAP_FAILED) fail("memory");
        double start = now();
        memset(from, 1, BLOCK);
        fresh = now() - start < fresh ? now() - start : fresh;
        memset(to, 2, BLOCK);
        start = now();
        memcpy(to, from, BLOCK);
        copy = now() - start < copy ? now() - start : copy;
        munmap(from, BLOCK);
        munmap(to, BLOCK);
    }
    print("write memory for the first time", (double)BLOCK, fresh);
    print("copy memory", (double)BLOCK, copy);
}

static void measure_file(const char *path) {
    struct stat about;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &about)) fail(path);
    size_t size = (size_t)about.st_size;
    double best = 1e9;
    for (int run = 0; run < RUNS; run++) {
        double start = now();
        char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes == MAP_FAILED) fail(path);
        size_t lines = 0;
        for (char *at = bytes; (at = memchr(at, '\n', size - (size_t)(at - bytes))); at++) lines++;
        munmap(bytes, size);
        best = lines && now() - start < best ? now() - start : best;
    }
    close(file);
    print("find the lines of the file", (double)size, best);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: machine FILE\n");
        return 2;
    }
    measure_memory();
    measure_file(argv[1]);
    return 0;
}
