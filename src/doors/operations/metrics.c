/* One line of help, one of type, one value: read from counters that others keep. */
#include "doors/operations/metrics.h"

#include "audit/denial.h"
#include "audit/webhook_delivery.h"
#include "base/clock.h"
#include "db/db.h"
#include "identity/attempt_limit.h"
#include "jose/token_cache.h"

#include <inttypes.h>

static void print(struct buffer *out, const char *name, const char *type, const char *help,
                  int64_t value)
{
    buffer_add_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", name, help, name, type,
                      name, value);
}

static void print_requests(const struct http_server_metrics *http, struct buffer *out)
{
    const char *name = "gatehouse_http_requests_total";
    buffer_add_format(out, "# HELP %s Requests answered, by class of status.\n# TYPE %s counter\n",
                      name, name);
    for (size_t i = 1; i < ARRAY_LENGTH(http->requests); i++)
        buffer_add_format(out, "%s{status=\"%zuxx\"} %" PRIu64 "\n", name, i,
                          (uint64_t)atomic_load(&http->requests[i]));
}

static void print_http(const struct http_server_metrics *http, struct buffer *out)
{
    print_requests(http, out);
    print(out, "gatehouse_http_requests_in_flight", "gauge", "Requests being worked on.",
          atomic_load(&http->requests_in_flight));
    print(out, "gatehouse_http_requests_suspended", "gauge", "Requests that wait for something.",
          atomic_load(&http->suspended_requests));
    print(out, "gatehouse_http_requests_refused_total", "counter",
          "Requests refused before any handler.", (int64_t)atomic_load(&http->refused_requests));
    print(out, "gatehouse_http_requests_broken_total", "counter",
          "Requests whose answer did not reach the client.",
          (int64_t)atomic_load(&http->broken_requests));
    print(out, "gatehouse_http_timeouts_total", "counter", "Connections cut for being late.",
          (int64_t)atomic_load(&http->timed_out));
    print(out, "gatehouse_http_connections", "gauge", "Open connections.",
          atomic_load(&http->open_connections));
    print(out, "gatehouse_http_connections_total", "counter", "Connections accepted.",
          (int64_t)atomic_load(&http->connections));
    print(out, "gatehouse_http_connections_refused_total", "counter",
          "Connections refused for being too many.",
          (int64_t)atomic_load(&http->refused_connections));
    print(out, "gatehouse_http_received_bytes_total", "counter", "Bytes of request bodies.",
          (int64_t)atomic_load(&http->bytes_received));
    print(out, "gatehouse_http_sent_bytes_total", "counter", "Bytes of answers.",
          (int64_t)atomic_load(&http->bytes_sent));
}

static void print_database(struct db *db, struct buffer *out)
{
    struct db_statistics figures;
    db_statistics(db, &figures);
    print(out, "gatehouse_database_waiting_reads", "gauge", "Reads that wait for a connection.",
          (int64_t)figures.waiting_reads);
    print(out, "gatehouse_database_waiting_writes", "gauge", "Writes that wait for the writer.",
          (int64_t)figures.waiting_writes);
    print(out, "gatehouse_database_reads_total", "counter", "Reading units of work.",
          (int64_t)figures.read_units);
    print(out, "gatehouse_database_writes_total", "counter", "Writing units of work.",
          (int64_t)figures.write_units);
    print(out, "gatehouse_database_failed_total", "counter", "Units of work that failed.",
          (int64_t)figures.failed_units);
    print(out, "gatehouse_database_commits_total", "counter", "Commits.", (int64_t)figures.commits);
    print(out, "gatehouse_database_statements_total", "counter", "Statements.",
          (int64_t)figures.statements);
    print(out, "gatehouse_database_reconnects_total", "counter", "Connections made anew.",
          (int64_t)figures.reconnects);
}

static void print_denials(struct denials *denials, struct buffer *out)
{
    struct denial_figures figures = denial_figures(denials);
    print(out, "gatehouse_access_denied_total", "counter", "Requests refused for want of a grant.",
          (int64_t)figures.denied);
    print(out, "gatehouse_access_denied_unwritten_total", "counter",
          "Of those, counted in the audit trail and not written one by one.",
          (int64_t)figures.not_written);
    print(out, "gatehouse_unauthenticated_total", "counter",
          "Requests that needed a token and came without a valid one.", (int64_t)figures.anonymous);
}

static void print_keys(struct account *account, struct buffer *out)
{
    struct attempt_figures attempts = attempt_limit_figures(account->attempts);
    print(out, "gatehouse_logins_failed_total", "counter", "Attempts to come in that failed.",
          (int64_t)attempts.failed);
    print(out, "gatehouse_logins_limited_total", "counter",
          "Attempts to come in that were turned away since too many had failed.",
          (int64_t)attempts.refused);
    print(out, "gatehouse_api_keys_expiring", "gauge", "API keys that expire soon.",
          atomic_load(&account->keys_expiring));
    print(out, "gatehouse_api_keys_expired", "gauge", "API keys that have expired and still stand.",
          atomic_load(&account->keys_expired));
}

static void print_webhook(struct webhook_figures *figures, struct buffer *out)
{
    print(out, "gatehouse_audit_webhook_lag_entries", "gauge",
          "Entries of the audit trail that its webhook waits for.", atomic_load(&figures->lag));
    print(out, "gatehouse_audit_webhook_delivered_total", "counter", "Entries delivered.",
          (int64_t)atomic_load(&figures->delivered));
    print(out, "gatehouse_audit_webhook_failures_total", "counter", "Deliveries that failed.",
          (int64_t)atomic_load(&figures->failed));
}

void metrics_print(const struct operations_door *door, struct buffer *out)
{
    struct token_cache_figures tokens = token_cache_figures(door->account->actors);
    buffer_add_format(out,
                      "# HELP gatehouse_build_info Version of the server.\n"
                      "# TYPE gatehouse_build_info gauge\n"
                      "gatehouse_build_info{version=\"%s\",database=\"%s\"} 1\n",
                      GATEHOUSE_VERSION, db_driver_name(door->account->db));
    print(out, "gatehouse_uptime_seconds", "gauge", "Seconds since the start.",
          (clock_wall() - door->started_at) / CLOCK_SECOND);
    print_http(door->http, out);
    print_database(door->account->db, out);
    print(out, "gatehouse_token_cache_hits_total", "counter", "Tokens found in the cache.",
          (int64_t)tokens.hits);
    print(out, "gatehouse_token_cache_misses_total", "counter", "Tokens verified.",
          (int64_t)tokens.misses);
    print_denials(door->account->denials, out);
    print_keys(door->account, out);
    print_webhook(door->account->webhook_figures, out);
}
