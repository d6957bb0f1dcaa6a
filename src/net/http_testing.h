/*
 * For the tests of the HTTP server: a server with a handler that does what the path says, and a
 * client that writes bytes to a socket and reads what comes back.
 */
#ifndef NET_HTTP_TESTING_H
#define NET_HTTP_TESTING_H

#include "net/http_server.h"

/* Short deadlines, one loop, 8 KiB bodies, a free port on 127.0.0.1; change what a test is about.
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
/* Reads until `size - 1` bytes, the end of the connection, or a silence of this long; terminates.
 */
size_t wire_read(int wire, char *out, size_t size, int silence_ms);
/* One answer with a Content-Length; its status, or 0 when none came in time. `out` gets the body.
 */
unsigned wire_read_reply(int wire, char *out, size_t size, int silence_ms);
unsigned wire_read_answer(int wire, char *out, size_t size, int silence_ms);
/* Connects, sends, reads one answer as above, closes. */
unsigned wire_exchange(const struct http_server *server, const char *bytes, size_t size, char *out,
                       size_t out_size);
/* True when the other side closes within this time; reads what still comes. */
bool wire_is_closed_within(int wire, int milliseconds);

/* Waits until *value is what it should be; false after two seconds. */
bool testing_wait(const atomic_int_least64_t *value, int64_t wanted);
void testing_sleep_ms(unsigned milliseconds);
int64_t testing_now_ms(void);

#endif
