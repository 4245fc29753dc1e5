#include "server.h"

#include <ftw.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 65534

static char folder[64], programs[256], address[256];
static pid_t server;
static unsigned stores;
const char *server_folder = folder;
bool server_is_postgresql;

static void give_up(const char *what) {
    fprintf(stderr, "PostgreSQL for the tests: %s\n", what);
    exit(1);
}

void server_become_nobody(void) {
    if (geteuid() == 0 && (setgid(NOBODY) || setuid(NOBODY))) _exit(1);
}

/* The newest that is installed, as Debian lays it out. */
static bool find_programs(void) {
    glob_t found;
    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) != 0) return false;
    snprintf(programs, sizeof programs, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    *strrchr(programs, '/') = 0;
    return true;
}

/* Runs one of its programs as a user who is not root, with what it says kept in a file. The programs look for one another beside
 * the path that they are called by, which takes the place of arguments[0]. */
static pid_t run(const char *program, const char **arguments, int dying_signal) {
    char path[300], log[128];
    snprintf(path, sizeof path, "%s/%s", programs, program);
    snprintf(log, sizeof log, "%s/%s.log", folder, program);
    arguments[0] = path;
    pid_t child = fork();
    if (child) return child;
    server_become_nobody();
    if (!freopen(log, "w", stdout) || dup2(fileno(stdout), STDERR_FILENO) < 0) _exit(1);
    if (dying_signal) prctl(PR_SET_PDEATHSIG, dying_signal);
    unsetenv("LD_PRELOAD");
    if (chdir("/") == 0) execv(path, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static void initialise(char *data) {
    const char *arguments[] = {"initdb", "-D", data,   "-U",         "plumbline", "-A",
                               "trust",  "-E", "UTF8", "--locale=C", "--no-sync", NULL};
    int status = 0;
    pid_t child = run("initdb", arguments, 0);
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) give_up("initdb failed");
}

/* It listens on a socket in the folder and on no port. What is durable is the server's promise; here it may be quick. */
static void start(void) {
    char data[80], ping[128];
    snprintf(data, sizeof data, "%s/data", folder);
    const char *arguments[] = {"postgres",
                               "-D",
                               data,
                               "-k",
                               folder,
                               "-c",
                               "listen_addresses=",
                               "-c",
                               "deadlock_timeout=20ms",
                               "-c",
                               "fsync=off",
                               "-c",
                               "max_connections=60",
                               "-c",
                               "shared_buffers=16MB",
                               NULL};
    snprintf(ping, sizeof ping, "postgresql://plumbline@/postgres?host=%s", folder);
    server = run("postgres", arguments, SIGQUIT);
    for (int turn = 0; turn < 3000; turn++) {
        if (PQping(ping) == PQPING_OK) return;
        if (waitpid(server, NULL, WNOHANG) == server) give_up("the server ended");
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    give_up("the server does not answer");
}

bool server_start(bool postgresql) {
    char data[80];
    server_is_postgresql = postgresql;
    if (postgresql && !find_programs()) return false;
    snprintf(folder, sizeof folder, "/tmp/plumbline-store-XXXXXX");
    if (!mkdtemp(folder)) give_up("no folder");
    if (!postgresql) return true;
    if (geteuid() == 0 && chown(folder, NOBODY, NOBODY)) give_up("no folder");
    snprintf(data, sizeof data, "%s/data", folder);
    initialise(data);
    start();
    return true;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about, (void)kind, (void)where;
    return remove(path);
}

void server_go(void) {
    kill(server, SIGQUIT);
    waitpid(server, NULL, 0);
    server = 0;
}

void server_come_back(void) { start(); }

void server_stop(void) {
    if (server > 0) server_go();
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void create_database(const char *name) {
    char command[128], link[128];
    snprintf(link, sizeof link, "postgresql://plumbline@/postgres?host=%s", folder);
    snprintf(command, sizeof command, "CREATE DATABASE %s", name);
    PGconn *c = PQconnectdb(link);
    PGresult *result = PQexec(c, command);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) give_up(PQerrorMessage(c));
    PQclear(result);
    PQfinish(c);
}

const char *server_new_store(void) {
    char name[32];
    snprintf(name, sizeof name, "store%u", ++stores);
    if (!server_is_postgresql) {
        snprintf(address, sizeof address, "sqlite:%s/%s.db", folder, name);
        return address;
    }
    create_database(name);
    snprintf(address, sizeof address, "postgresql://plumbline@/%s?host=%s", name, folder);
    return address;
}
