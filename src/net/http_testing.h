/*
 * For the tests of the HTTP server: a server with a handler that does what the path says, and a
 * client that writes bytes to a socket and reads what comes back.
 */
#ifndef NET_HTTP_TESTING_H
#define NET_HTTP_TESTING_H

#include "net/http_server.h"

/* Longer than any machine pauses: only what fails waits for so long. */
enum { TESTING_PATIENCE_MS = 20000 };

/* Deadlines that none keeps waiting for, one loop, 8 KiB bodies, a free port on 127.0.0.1; change
 * what a test is about.
 */
void testing_options(struct http_server_options *options, http_handle_fn handle);
/* Fails the test when the server does not start. */
struct http_server *testing_start(const struct http_server_options *options);
/* Answers 200 with the body it got, or with the target when there is none. */
void testing_echo(struct http_request *request, void *data);

int wire_connect(const struct http_server *server);
/* False when the other side closed. */
bool wire_send(int wire, const char *bytes, size_t size);
void wire_send_z(int wire, const char *text);
/* Reads until `size - 1` bytes or the end of the connection; terminates. */
size_t wire_read(int wire, char *out, size_t size);
/* Reads until this text has come, and nothing after it; terminates. False when it did not come. */
bool wire_read_until(int wire, char *out, size_t size, const char *end);
/* One answer with a Content-Length; its status, or 0 when none came. `out` gets the body, or head
 * and body of a reply. */
unsigned wire_read_reply(int wire, char *out, size_t size);
unsigned wire_read_answer(int wire, char *out, size_t size);
/* Connects, sends, reads one reply as above, closes. */
unsigned wire_exchange(const struct http_server *server, const char *bytes, size_t size, char *out,
                       size_t out_size);
/* True when the other side closes; reads what still comes. */
bool wire_is_closed(int wire);
bool wire_is_closed_within(int wire, int milliseconds);
/* True when for so long neither a byte nor the end comes. */
bool wire_is_silent(int wire, int milliseconds);

/* Waits until *value is what it should be; false when it does not become so. */
bool testing_wait(const atomic_int_least64_t *value, int64_t wanted);
bool testing_wait_count(const atomic_uint_least64_t *value, uint64_t wanted);
void testing_sleep_ms(unsigned milliseconds);
int64_t testing_now_ms(void);

#endif
