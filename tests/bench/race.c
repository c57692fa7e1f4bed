/*
 * Times processes from their start to their end, in turn, so that a busy moment of the machine
 * meets all of them:
 *
 *     race ROUNDS -- NAME PROGRAM ARGUMENT… [-- NAME PROGRAM ARGUMENT…]…
 *
 * One line per run: NAME, wall nanoseconds, peak resident KiB, minor page faults, exit status.
 * Children get /dev/null as stdin and stdout. Linked statically and started by vfork, as a process
 * inherits the peak memory of the one that was replaced by execve. Runs as a real-time process
 * where that is allowed, and so do its children: other work on the machine then does not count.
 * The first line says which.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_runners = 32 };

struct runner {
    const char* name;
    char** argv;
};

static posix_spawn_file_actions_t actions;

static long long now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void run_once(const struct runner* runner) {
    pid_t child;
    int status = 0;
    struct rusage usage;
    const long long start = now_ns();
    if (posix_spawn(&child, runner->argv[0], &actions, NULL, runner->argv, environ) != 0 ||
        wait4(child, &status, 0, &usage) != child) {
        fprintf(stderr, "race: cannot run %s\n", runner->argv[0]);
        exit(1);
    }
    const long long end = now_ns();
    printf("%s %lld %ld %ld %d\n", runner->name, end - start, usage.ru_maxrss, usage.ru_minflt,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* Splits argv at its "--"s; the number of runners. */
static int read_runners(char** argv, struct runner* runners) {
    int count = 0;
    for (char** at = argv; *at != NULL; ++at) {
        if (strcmp(*at, "--") != 0)
            continue;
        *at = NULL;
        if (at[1] == NULL || at[2] == NULL || count == most_runners)
            return 0;
        runners[count].name = at[1];
        runners[count++].argv = at + 2;
    }
    return count;
}

int main(int argc, char** argv) {
    struct runner runners[most_runners];
    const long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    const int count = argc > 2 ? read_runners(argv + 2, runners) : 0;
    if (rounds <= 0 || count == 0) {
        fprintf(stderr, "usage: race ROUNDS -- NAME PROGRAM ARGUMENT... [-- ...]\n");
        return 2;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    const struct sched_param first = {.sched_priority = 1};
    printf("# scheduler %s\n", sched_setscheduler(0, SCHED_FIFO, &first) == 0 ? "fifo" : "other");
    /* Each round starts with another runner, so that none always follows the same one. */
    for (long round = 0; round < rounds; ++round)
        for (int i = 0; i < count; ++i)
            run_once(&runners[(i + round) % count]);
    return 0;
}
