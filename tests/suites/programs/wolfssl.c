/* wolfssl.c - a server of wolfSSL that responds to each request with 204.
 *
 * usage: wolfssl PORT CHAIN KEY any|P-384|cookie|update|1.2 */
#include <wolfssl/options.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wolfssl/ssl.h>

#define RESPONSE \
	"HTTP/1.1 204 No Content\r\nX-GitHub-Request-Id: OTHER:1\r\n\r\n"

static void
check(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "wolfssl: %s failed\n", what);
		exit(1);
	}
}

static int
start(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	check(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0,
	    "bind");
	check(listen(listener, 8) == 0, "listen");
	return listener;
}

static void
serve(WOLFSSL *ssl, bool updates)
{
	char text[65536];
	size_t length = 0;
	int n;

	if (wolfSSL_accept(ssl) != WOLFSSL_SUCCESS)
		return;
	while ((n = wolfSSL_read(ssl, text + length,
		    (int)(sizeof(text) - 1 - length))) > 0) {
		length += (size_t)n;
		text[length] = '\0';
		/* The body is the last of what the client sends. */
		if (strstr(text, "\r\n\r\n{") == NULL)
			continue;
		if (updates)
			wolfSSL_update_keys(ssl);
		wolfSSL_write(ssl, RESPONSE, sizeof(RESPONSE) - 1);
		length = 0;
	}
}

int
main(int argc, char **argv)
{
	static int p384[] = {WOLFSSL_ECC_SECP384R1};
	WOLFSSL_CTX *context;
	WOLFSSL *ssl;
	int listener, near;

	check(argc == 5, "usage");
	wolfSSL_Init();
	context = wolfSSL_CTX_new(strcmp(argv[4], "1.2") == 0
				      ? wolfTLSv1_2_server_method()
				      : wolfTLSv1_3_server_method());
	check(wolfSSL_CTX_use_certificate_chain_file(context, argv[2]) ==
		  WOLFSSL_SUCCESS,
	    "reading the chain");
	check(wolfSSL_CTX_use_PrivateKey_file(
		  context, argv[3], WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS,
	    "reading the key");
	if (strcmp(argv[4], "P-384") == 0) {
		check(
		    wolfSSL_CTX_set_groups(context, p384, 1) == WOLFSSL_SUCCESS,
		    "setting the group");
	}
	listener = start(atoi(argv[1]));
	while ((near = accept(listener, NULL, NULL)) >= 0) {
		ssl = wolfSSL_new(context);
		if (strcmp(argv[4], "cookie") == 0) {
			check(wolfSSL_send_hrr_cookie(ssl, NULL, 0) ==
				  WOLFSSL_SUCCESS,
			    "asking for a cookie");
		}
		wolfSSL_set_fd(ssl, near);
		serve(ssl, strcmp(argv[4], "update") == 0);
		wolfSSL_shutdown(ssl);
		wolfSSL_free(ssl);
		close(near);
	}
	return 1;
}
