/* mbedtls.c - a server of Mbed TLS that responds to each request with 204.
 *
 * usage: mbedtls PORT CHAIN KEY NAME VALUE... with these NAMEs:
 *   suite     the only cipher suite, as its number
 *   group     the only group, as its number in TLS
 *   record    1 to 4 for records of at most 512 to 4096 bytes
 *   tickets   1 for a ticket of each session
 *   verify    1 to request a client certificate
 *   extended  0 to do without the extended master secret
 *   pieces    1 for a record of its own for each byte of the response */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESPONSE \
	"HTTP/1.1 204 No Content\r\nX-GitHub-Request-Id: OTHER:1\r\n\r\n"

static mbedtls_ctr_drbg_context generator;
static int suites[2];
static mbedtls_ecp_group_id groups[2];
static bool in_pieces;

static void
check(int code, const char *what)
{
	if (code != 0) {
		fprintf(stderr, "mbedtls: %s: -0x%04x\n", what,
		    (unsigned int)-code);
		exit(1);
	}
}

static void
request_tickets(mbedtls_ssl_config *config)
{
	static mbedtls_ssl_ticket_context tickets;

	mbedtls_ssl_ticket_init(&tickets);
	check(mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random,
		  &generator, MBEDTLS_CIPHER_AES_256_GCM, 3600),
	    "tickets");
	mbedtls_ssl_conf_session_tickets_cb(config, mbedtls_ssl_ticket_write,
	    mbedtls_ssl_ticket_parse, &tickets);
}

static void
set(mbedtls_ssl_config *config, const char *name, int value)
{
	const mbedtls_ecp_curve_info *curve;

	if (strcmp(name, "suite") == 0) {
		suites[0] = value;
		mbedtls_ssl_conf_ciphersuites(config, suites);
	} else if (strcmp(name, "group") == 0) {
		curve = mbedtls_ecp_curve_info_from_tls_id((uint16_t)value);
		check(curve == NULL, "group");
		groups[0] = curve->grp_id;
		mbedtls_ssl_conf_curves(config, groups);
	} else if (strcmp(name, "record") == 0) {
		check(
		    mbedtls_ssl_conf_max_frag_len(config, (unsigned char)value),
		    "record");
	} else if (strcmp(name, "tickets") == 0) {
		request_tickets(config);
	} else if (strcmp(name, "verify") == 0) {
		mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_OPTIONAL);
	} else if (strcmp(name, "extended") == 0) {
		mbedtls_ssl_conf_extended_master_secret(
		    config, MBEDTLS_SSL_EXTENDED_MS_DISABLED);
	} else if (strcmp(name, "pieces") == 0) {
		in_pieces = true;
	} else {
		check(1, name);
	}
}

static void
respond(mbedtls_ssl_context *ssl)
{
	const char *text = RESPONSE;
	size_t left = sizeof(RESPONSE) - 1;
	int n;

	while (left > 0) {
		n = mbedtls_ssl_write(
		    ssl, (const unsigned char *)text, in_pieces ? 1 : left);
		if (n <= 0)
			return;
		text += n;
		left -= (size_t)n;
	}
}

static void
serve(mbedtls_ssl_context *ssl)
{
	static char text[131072];
	size_t length = 0;
	int n;

	n = mbedtls_ssl_handshake(ssl);
	if (n != 0) {
		fprintf(
		    stderr, "mbedtls: handshake: -0x%04x\n", (unsigned int)-n);
		return;
	}
	while ((n = mbedtls_ssl_read(ssl, (unsigned char *)text + length,
		    sizeof(text) - 1 - length)) > 0) {
		length += (size_t)n;
		text[length] = '\0';
		/* The body is the last of what the client sends. */
		if (strstr(text, "\r\n\r\n{") == NULL)
			continue;
		respond(ssl);
		length = 0;
	}
	mbedtls_ssl_close_notify(ssl);
}

int
main(int argc, char **argv)
{
	mbedtls_net_context listener, near;
	mbedtls_entropy_context entropy;
	mbedtls_ssl_config config;
	mbedtls_ssl_cache_context cache;
	mbedtls_ssl_context ssl;
	mbedtls_x509_crt chain;
	mbedtls_pk_context key;
	int i;

	check(argc < 4 || argc % 2 != 0, "usage");
	mbedtls_net_init(&listener);
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&generator);
	mbedtls_ssl_config_init(&config);
	mbedtls_ssl_cache_init(&cache);
	mbedtls_x509_crt_init(&chain);
	mbedtls_pk_init(&key);
	check(mbedtls_ctr_drbg_seed(
		  &generator, mbedtls_entropy_func, &entropy, NULL, 0),
	    "seed");
	check(mbedtls_x509_crt_parse_file(&chain, argv[2]), "chain");
	check(mbedtls_pk_parse_keyfile(&key, argv[3], NULL), "key");
	check(mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER,
		  MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
	    "defaults");
	mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &generator);
	mbedtls_ssl_conf_session_cache(
	    &config, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
	check(mbedtls_ssl_conf_own_cert(&config, &chain, &key), "own");
	for (i = 4; i < argc; i += 2)
		set(&config, argv[i], (int)strtol(argv[i + 1], NULL, 0));
	check(mbedtls_net_bind(
		  &listener, "127.0.0.1", argv[1], MBEDTLS_NET_PROTO_TCP),
	    "bind");
	for (;;) {
		mbedtls_net_init(&near);
		check(mbedtls_net_accept(&listener, &near, NULL, 0, NULL),
		    "accept");
		mbedtls_ssl_init(&ssl);
		check(mbedtls_ssl_setup(&ssl, &config), "setup");
		mbedtls_ssl_set_bio(
		    &ssl, &near, mbedtls_net_send, mbedtls_net_recv, NULL);
		serve(&ssl);
		mbedtls_ssl_free(&ssl);
		mbedtls_net_free(&near);
	}
}
