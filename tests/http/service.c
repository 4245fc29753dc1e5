/* What a service manager hands over and is told: the test plays its part. */
#include "http/service.h"
#include "http/fixture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* In a process of its own, since the socket has to be number 3. The exit status tells what came out. */
static int handed_over(int socket, const char *pid, const char *count) {
    pid_t child = fork();
    if (!child) {
        pl_problems problems;
        char own[24];
        int taken = -1;
        snprintf(own, sizeof own, "%ld", (long)getpid());
        pl_problems_init(&problems, 0);
        if (dup2(socket, 3) != 3) _exit(100);
        pl_status status = pl_service_socket(&taken, pid ? pid : own, count, &problems);
        pl_problems_free(&problems);
        _exit(status != PL_OK ? 50 : taken < 0 ? 0 : taken);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_socket_is_handed_over(void **state) {
    pl_problems problems;
    int listening, plain = socket(AF_INET, SOCK_STREAM, 0);
    unsigned port;
    (void)state;
    pl_problems_init(&problems, 0);
    assert_int_equal(pl_listen(&listening, "127.0.0.1:0", &port, &problems), PL_OK);
    assert_int_equal(handed_over(listening, NULL, "1"), 3);
    assert_int_equal(handed_over(listening, "1", "1"), 0);
    assert_int_equal(handed_over(listening, NULL, NULL), 0);
    assert_int_equal(handed_over(listening, NULL, "2"), 50);
    assert_int_equal(handed_over(listening, NULL, "x"), 50);
    assert_int_equal(handed_over(plain, NULL, "1"), 50);
    close(listening);
    close(plain);
    pl_problems_free(&problems);
}

/* A name in the abstract space, which needs no folder, and is written with an @. */
static void the_manager_is_told(void **state) {
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    char name[60], text[40] = "";
    (void)state;
    int length = snprintf(name, sizeof name, "@plumbline-test-%ld", (long)getpid());
    memcpy(own.sun_path + 1, name + 1, (size_t)length - 1);
    int manager = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(manager, (struct sockaddr *)&own, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length)),
                     0);
    assert_int_equal(pl_service_notify(name, "READY=1"), PL_OK);
    assert_int_equal(recv(manager, text, sizeof text - 1, 0), 7);
    assert_string_equal(text, "READY=1");
    close(manager);
    assert_int_equal(pl_service_notify(name, "READY=1"), PL_IO);
    assert_int_equal(pl_service_notify(NULL, "READY=1"), PL_OK);
    assert_int_equal(pl_service_notify("", "READY=1"), PL_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_socket_is_handed_over), cmocka_unit_test(the_manager_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
