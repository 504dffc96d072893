/* connection_test.c - how far an attempt came, against peers that each say one
 * thing and close; tests/e2e has those that succeed. */
#include "net/connection.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/secrets.h"
#include "net/address.h"
#include "tap.h"

static struct connection connection;
static struct roots roots;

/* Starts a peer that accepts one connection, reads a little, and writes this
 * text and closes, or resets the connection if the text is "reset".
 *
 * Returns its process, with its port in *port. */
static pid_t
start_peer(const char *says, uint16_t *port)
{
	struct linger linger = {.l_onoff = strcmp(says, "reset") == 0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct address a;
	char bytes[1024];
	pid_t child;

	if (fd < 0 || address_read(&a, "127.0.0.1", 0) < 0 ||
	    bind(fd, &a.to.any, a.length) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, &a.to.any, &a.length) < 0)
		abort();
	*port = address_port(&a);
	child = fork();
	if (child < 0)
		abort();
	if (child > 0) {
		(void)close(fd);
		return child;
	}
	fd = accept(fd, NULL, NULL);
	if (read(fd, bytes, sizeof(bytes)) < 0)
		_exit(1);
	if (linger.l_onoff) {
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	} else if (write(fd, says, strlen(says)) < 0 ||
		   shutdown(fd, SHUT_WR) < 0) {
		_exit(1);
	}
	/* Bytes that were not read would make the end a reset. */
	while (!linger.l_onoff && read(fd, bytes, sizeof(bytes)) > 0)
		continue;
	_exit(0);
}

static uint16_t
closed_port(void)
{
	uint16_t port;
	pid_t child = start_peer("", &port);

	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	return port;
}

static const struct {
	const char *says; /* NULL: nobody listens */
	bool is_proxy;
	enum connection_result result;
	enum error_kind kind;
	const char *line;
} peers[] = {
    {NULL, false, CONNECTION_UNREACHABLE, ERROR_CONNECT,
	"cannot connect to 127.0.0.1 port "},
    {"reset", false, CONNECTION_UNREACHABLE, ERROR_CONNECT,
	"the connection broke while reading: "},
    {"", false, CONNECTION_HANDSHAKE_ENDED, ERROR_TLS,
	"the server ended the connection during the TLS handshake"},
    {"HTTP/1.1 400 Bad Request\r\n\r\n", false, CONNECTION_NOT_TRUSTED,
	ERROR_TLS, "the server does not speak TLS on this port: "},
    {"\x15\x03\x03\x01\x01\x02\x28", false, CONNECTION_NOT_TRUSTED, ERROR_TLS,
	"the server sent TLS alert 40 (handshake failure)"},
    {NULL, true, CONNECTION_UNREACHABLE, ERROR_CONNECT,
	"the proxy 127.0.0.1: cannot connect to 127.0.0.1 port "},
    {"reset", true, CONNECTION_UNREACHABLE, ERROR_CONNECT,
	"the proxy 127.0.0.1: the connection broke while reading: "},
    {"", true, CONNECTION_UNREACHABLE, ERROR_CONNECT,
	"the proxy 127.0.0.1: it closed the connection before it responded"},
    {"SSH-2.0-x\r\n", true, CONNECTION_UNREACHABLE, ERROR_CONNECT,
	"the proxy 127.0.0.1: its response is not valid HTTP: "},
    {"HTTP/1.1 403 Forbidden\r\n\r\n", true, CONNECTION_PROXY_REFUSED,
	ERROR_CONNECT, "the proxy 127.0.0.1: it responded with status 403"},
    {"HTTP/1.1 502 Bad Gateway\r\n\r\n", true, CONNECTION_UNREACHABLE,
	ERROR_CONNECT, "the proxy 127.0.0.1: it responded with status 502"},
    {"HTTP/1.1 200 OK\r\n\r\n", true, CONNECTION_HANDSHAKE_ENDED, ERROR_TLS,
	"the server ended the connection during the TLS handshake"},
};

static void
test_peer(size_t row)
{
	struct url url = {.host = "127.0.0.1"};
	struct url proxied = {.host = "192.0.2.1", .port = 443};
	struct proxy proxy = {.is_used = peers[row].is_proxy};
	const struct connection_peer peer = {
	    .api = peers[row].is_proxy ? &proxied : &url,
	    .proxy = &proxy,
	    .roots = &roots,
	    .tls = TLS_ONLY_1_2};
	enum connection_result result;
	struct error e;
	pid_t child = 0;

	error_clear(&e);
	if (peers[row].says != NULL)
		child = start_peer(peers[row].says, &url.port);
	else
		url.port = closed_port();
	proxy.url = url;
	connection_prepare(&connection, peer.api, &proxy);
	result = connection_open(&connection, &peer, deadline_after(5000), &e);
	if (child > 0)
		(void)waitpid(child, NULL, 0);
	tap_ok(result == peers[row].result, "peer %zu: result %d", row, result);
	tap_ok(e.kind == peers[row].kind, "its kind");
	tap_ok(strncmp(e.line, peers[row].line, strlen(peers[row].line)) == 0,
	    "%s", e.line);
	tap_ok(!connection_is_idle(&connection, deadline_after(0)),
	    "nothing is open");
	connection_close(&connection);
}

/* Starts a peer that accepts two connections: it says this on the first, and
 * refuses the second with alert 70.
 *
 * Returns its process, with its port in *port. */
static pid_t
start_old_peer(const char *says, size_t length, uint16_t *port)
{
	static const char refusal[] = "\x15\x03\x03\x00\x02\x02\x46";
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd, i;
	struct address a;
	char bytes[1024];
	pid_t child;

	if (listener < 0 || address_read(&a, "127.0.0.1", 0) < 0 ||
	    bind(listener, &a.to.any, a.length) < 0 ||
	    listen(listener, 2) < 0 ||
	    getsockname(listener, &a.to.any, &a.length) < 0)
		abort();
	*port = address_port(&a);
	child = fork();
	if (child < 0)
		abort();
	for (i = 0; child == 0 && i < 2; i++) {
		fd = accept(listener, NULL, NULL);
		if (read(fd, bytes, sizeof(bytes)) < 0 ||
		    write(fd, i == 0 ? says : refusal,
			i == 0 ? length : sizeof(refusal) - 1) < 0)
			_exit(1);
		while (read(fd, bytes, sizeof(bytes)) > 0)
			continue;
		(void)close(fd);
	}
	if (child == 0)
		_exit(0);
	(void)close(listener);
	return child;
}

static const struct {
	const char *name, *says;
	size_t length;
	const char *line;
} old_peers[] = {
    {"alert 40", "\x15\x03\x03\x00\x02\x02\x28", 7,
	"the server sent TLS alert 70 (protocol version); TLS 1.3: the server "
	"sent TLS alert 40 (handshake failure)"},
    {"a ServerHello of TLS 1.2",
	"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"
	"0123456789abcdef0123456789abcdef\x00\xc0\x2b\x00",
	47, "the server sent TLS alert 70 (protocol version)"},
};

/* A server that does not speak TLS 1.3. */
static void
test_old_peer(size_t row)
{
	static struct connection fresh;
	struct url url = {.host = "127.0.0.1"};
	struct proxy proxy = {.is_used = false};
	const struct connection_peer peer = {
	    .api = &url, .proxy = &proxy, .roots = &roots};
	const char *name = old_peers[row].name;
	struct error e;
	pid_t child = start_old_peer(
	    old_peers[row].says, old_peers[row].length, &url.port);

	memset(&fresh, 0, sizeof(fresh));
	error_clear(&e);
	connection_prepare(&fresh, &url, &proxy);
	tap_number(connection_open(&fresh, &peer, deadline_after(5000), &e),
	    CONNECTION_NOT_TRUSTED, "%s: the result", name);
	tap_text(e.line, old_peers[row].line, "%s: the line", name);
	tap_ok(!fresh.is_old, "%s: it is not remembered", name);
	(void)waitpid(child, NULL, 0);
}

/* A server that spoke TLS 1.2 when it was asked last. */
static void
test_known_peer(void)
{
	static const struct {
		const char *name, *says; /* NULL: nobody listens */
		size_t length;
		enum connection_result result;
		const char *line;
		bool is_old;
	} rows[] = {
	    {"nobody listens", NULL, 0, CONNECTION_UNREACHABLE,
		"cannot connect to 127.0.0.1", true},
	    {"it refuses TLS 1.2", "\x15\x03\x03\x00\x02\x02\x28", 7,
		CONNECTION_NOT_TRUSTED,
		"the server sent TLS alert 70 (protocol version)", false},
	};
	static struct connection known;
	struct url url = {.host = "127.0.0.1"};
	struct proxy proxy = {.is_used = false};
	const struct connection_peer peer = {
	    .api = &url, .proxy = &proxy, .roots = &roots, .tls = TLS_ONLY_1_3};
	struct error e;
	pid_t child = 0;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (rows[i].says != NULL)
			child = start_old_peer(
			    rows[i].says, rows[i].length, &url.port);
		else
			url.port = closed_port();
		memset(&known, 0, sizeof(known));
		known.is_old = true;
		error_clear(&e);
		connection_prepare(&known, &url, &proxy);
		tap_number(
		    connection_open(&known, &peer, deadline_after(5000), &e),
		    rows[i].result, "TLS 1.2 before, %s: the result",
		    rows[i].name);
		tap_part(e.line, rows[i].line, "TLS 1.2 before, %s: the line",
		    rows[i].name);
		tap_ok(known.is_old == rows[i].is_old,
		    "TLS 1.2 before, %s: whether it is asked first again",
		    rows[i].name);
		if (rows[i].says != NULL)
			(void)waitpid(child, NULL, 0);
	}
}

/* Nothing is looked up, and no packet is sent. */
static void
test_secret_host(void)
{
	static const char secret[] = "q7w8e9r1t2y3u4i5";
	struct url url = {.host = "q7w8e9r1t2y3u4i5.test", .port = 443};
	struct url plain = {.host = "127.0.0.1", .port = 1};
	struct proxy none = {.is_used = false};
	struct proxy proxy = {.is_used = true, .url = url};
	const struct connection_peer peers_of[] = {
	    {.api = &url, .proxy = &none, .roots = &roots},
	    {.api = &plain, .proxy = &proxy, .roots = &roots},
	};
	struct error e;
	size_t i;

	secrets_add(span_text(secret), SECRETS_LASTING);
	for (i = 0; i < COUNT(peers_of); i++) {
		error_clear(&e);
		tap_number(connection_open(&connection, &peers_of[i],
			       deadline_after(5000), &e),
		    CONNECTION_LOCAL, "a host with a secret, row %zu", i);
		tap_part(e.line, i == 0 ? "of the API" : "of the proxy",
		    "a host with a secret, row %zu: the line", i);
	}
}

static void
test_expired(void)
{
	struct url url = {.host = "api.test", .port = 443};
	struct proxy proxy = {.is_used = false};
	const struct connection_peer peer = {
	    .api = &url, .proxy = &proxy, .roots = &roots};
	struct error e;

	error_clear(&e);
	connection_prepare(&connection, &url, &proxy);
	tap_number(connection_open(&connection, &peer, deadline_after(0), &e),
	    CONNECTION_UNREACHABLE, "a deadline that has passed: %s", e.line);
	tap_number(e.kind, ERROR_CONNECT, "a deadline that has passed: kind");
}

int
main(void)
{
	size_t row;

	roots_use_builtin(&roots);
	for (row = 0; row < COUNT(peers); row++)
		test_peer(row);
	for (row = 0; row < COUNT(old_peers); row++)
		test_old_peer(row);
	test_known_peer();
	test_expired();
	test_secret_host();
	return tap_done();
}
