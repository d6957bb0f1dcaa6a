/*
 * Puts a load on an HTTP server and prints answers a second, latencies and, with --pid, the
 * server's processor time for each answer:
 *
 *     load 127.0.0.1:8088 request.txt [--connections 32] [--seconds 3] [--pid PID]
 *
 * The file holds one whole HTTP/1.1 request, head and body, as it goes over the wire, or several of
 * them, which are then sent in turn.
 */
#include "load_run.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_REQUEST = 8 << 20 };

static int fail(const char *message)
{
    fprintf(stderr, "load: %s\n", message);
    return 1;
}

static bool read_request(const char *path, struct text *out)
{
    static char bytes[MAX_REQUEST];
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    *out = (struct text){bytes, fread(bytes, 1, sizeof(bytes), file)};
    fclose(file);
    return out->len > 0;
}

static bool read_options(int argc, char **argv, struct load *load)
{
    static const struct option options[] = {{"connections", required_argument, NULL, 'c'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"pid", required_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'c': load->connections = (unsigned)strtoul(optarg, NULL, 10); break;
        case 's': load->seconds = strtod(optarg, NULL); break;
        case 'p': load->server = (pid_t)strtol(optarg, NULL, 10); break;
        default: return false;
        }
    }
    return argc - optind == 2 && load->connections > 0 && load->seconds > 0;
}

int main(int argc, char **argv)
{
    struct load load = {.connections = 32, .seconds = 3};
    struct load_result result;
    struct error error = {0};
    if (!read_options(argc, argv, &load))
        return fail("usage: load HOST:PORT FILE [--connections N] [--seconds S] [--pid PID]");
    load.address = text_z(argv[optind]);
    if (!read_request(argv[optind + 1], &load.request))
        return fail("cannot read the request file");
    if (!load_run(&load, &result, &error))
        return fail(error.message);
    printf("%.0f answers/s  p50 %.0f us  p99 %.0f us  longest %.0f us",
           (double)result.answers / result.seconds, result.p50, result.p99, result.longest);
    if (load.server > 0)
        printf("  server CPU %.2f us each", result.cpu);
    printf("\n");
    if (result.other_answers > 0)
        fprintf(stderr, "load: %" PRIu64 " answers were not 2xx\n", result.other_answers);
    return result.other_answers > 0 ? 1 : 0;
}
