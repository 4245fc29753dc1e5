/* Makes a model and its data for timing: generate FOLDER UNITS INDICATORS GROUPS PILLARS [PERIODS].
 *
 * Values have four decimals, 2 % of them are missing, every second indicator points down, weights differ. The same arguments
 * make the same bytes. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* xorshift64* (Vigna 2016) */
static uint64_t next(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static FILE *create(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(3);
    }
    return file;
}

static void close_file(FILE *file) {
    if (fclose(file) == 0) return;
    perror("generate");
    exit(3);
}

static void write_indicators(const char *folder, int indicators, int pillars) {
    FILE *file = create(folder, "indicators.csv");
    fprintf(file, "code,parent,weight,direction\ntotal,,,\n");
    for (int p = 0; p < pillars; p++) fprintf(file, "p%d,total,%d,1\n", p + 1, p % 3 + 1);
    for (int i = 0; i < indicators; i++) fprintf(file, "i%d,p%d,%d,%d\n", i + 1, i % pillars + 1, i % 4 + 1, i % 2 ? -1 : 1);
    close_file(file);
    file = create(folder, "settings.csv");
    fprintf(file, "key,value\nscore,\"minmax(x, 0, 100)\"\ncombine,mean\n");
    close_file(file);
}

/* A row of each unit in each year from 2001; without periods one row of each unit, and no such column. */
static void write_data(const char *folder, long units, int indicators, int groups, int periods) {
    uint64_t state = UINT64_C(0x9E3779B97F4A7C15);
    FILE *file = create(folder, "data.csv");
    fprintf(file, periods ? "unit,period,group" : "unit,group");
    for (int i = 0; i < indicators; i++) fprintf(file, ",i%d", i + 1);
    for (long row = 0; row < units * (periods ? periods : 1); row++) {
        long unit = row % units;
        fprintf(file, "\nu%07ld", unit + 1);
        if (periods) fprintf(file, ",%ld", 2001 + row / units);
        fprintf(file, ",g%ld", unit % groups + 1);
        for (int i = 0; i < indicators; i++) {
            uint64_t draw = next(&state);
            if (draw % 50 == 0)
                fputc(',', file);
            else
                fprintf(file, ",%u.%04u", (unsigned)(draw >> 16) % 1000, (unsigned)(draw >> 40) % 10000);
        }
    }
    fprintf(file, "\n");
    close_file(file);
}

int main(int argc, char **argv) {
    if (argc != 6 && argc != 7) {
        fprintf(stderr, "usage: generate FOLDER UNITS INDICATORS GROUPS PILLARS [PERIODS]\n");
        return 2;
    }
    mkdir(argv[1], 0777);
    write_indicators(argv[1], atoi(argv[3]), atoi(argv[5]));
    write_data(argv[1], atol(argv[2]), atoi(argv[3]), atoi(argv[4]), argc == 7 ? atoi(argv[6]) : 0);
    return 0;
}
