/* credential_test.c - what a token may be, and that it leaves its source. */
#include "github/credential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "tap.h"

static const struct {
	const char *token;
	bool accepted;
} tokens[] = {
    {"ghp_0123456789abcdefghijklmnopqrstuvwxyzAB", true},
    {"github_pat_11ABC_xyz", true},
    {"ghs_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln-_~+/==", true},
    {"", false},
    {"two words", false},
    {"ghp_x\n", false},
    {"ghp_x\r\nX-Evil: 1", false},
    {"\"ghp_x\"", false},
    {"gh\xc3\xa9", false},
    {"$GH_PAT", false},
};

static void
test_shapes(void)
{
	struct credential c;
	struct error e;
	char text[128], written[256];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(tokens); i++) {
		snprintf(text, sizeof(text), "%s", tokens[i].token);
		error_clear(&e);
		tap_ok((credential_take(&c, text, SECRETS_LASTING, "GH_PAT",
			    &e) == 0) == tokens[i].accepted,
		    "token %zu is %s", i,
		    tokens[i].accepted ? "taken" : "refused");
		tap_ok(text[0] == '\0', "and wiped where it was");
		tap_ok(tokens[i].token[0] == '\0' ||
			   strstr(e.line, tokens[i].token) == NULL,
		    "and not in the message");
		if (!tokens[i].accepted)
			continue;
		buffer_init(&b, written, sizeof(written) - 1);
		credential_write_field(&c, &b);
		written[b.length] = '\0';
		snprintf(text, sizeof(text), "Authorization: Bearer %s\r\n",
		    tokens[i].token);
		tap_ok(strcmp(written, text) == 0, "its field");
	}
}

static void
test_length(void)
{
	static char text[CREDENTIAL_MAX + 2];
	struct credential c;
	struct error e;

	memset(text, 'a', CREDENTIAL_MAX);
	error_clear(&e);
	tap_ok(credential_take(&c, text, SECRETS_LASTING, "GH_PAT", &e) == 0,
	    "4096 fit");
	memset(text, 'a', CREDENTIAL_MAX + 1);
	tap_ok(credential_take(&c, text, SECRETS_LASTING, "GH_PAT", &e) < 0,
	    "4097 do not");
	tap_number(text[CREDENTIAL_MAX], '\0', "4097 are wiped");
}

static void
test_file(const char *content, bool accepted, size_t length)
{
	char path[] = "/tmp/credential_test_XXXXXX";
	int fd = mkstemp(path);
	struct credential c;
	struct error e;
	size_t size = strlen(content);
	int result;

	if (fd < 0 || write(fd, content, size) != (ssize_t)size) {
		tap_ok(false, "a file to read from");
		return;
	}
	(void)close(fd);
	error_clear(&e);
	result = credential_read_file(&c, path, deadline_after(5000), &e);
	(void)unlink(path);
	tap_number(result, accepted ? 0 : -1, "a file with %zu bytes", size);
	if (accepted) {
		tap_number(c.length, length,
		    "a file with %zu bytes: the token's length", size);
	}
}

/* A file has room for the longest token and its line ending. */
static void
test_longest_in_file(void)
{
	static const char *const endings[] = {"", "\n", "\r\n"};
	static char text[CREDENTIAL_MAX + 4];
	size_t i;

	for (i = 0; i < COUNT(endings); i++) {
		memset(text, 'a', CREDENTIAL_MAX);
		strcpy(text + CREDENTIAL_MAX, endings[i]);
		test_file(text, true, CREDENTIAL_MAX);
		memset(text, 'a', CREDENTIAL_MAX + 1);
		strcpy(text + CREDENTIAL_MAX + 1, endings[i]);
		test_file(text, false, 0);
	}
}

static void
test_is_in(void)
{
	static const struct {
		const char *token, *bytes;
		bool found;
	} rows[] = {
	    {"ghp_0123456789abcdef", "ghp_0123456789abcdef", true},
	    {"ghp_0123456789abcdef", "{\"a\":\"ghp_0123456789abcdef\"}", true},
	    {"ghp_0123456789abcdef", "ghp_ghp_0123456789abcdef", true},
	    {"ghp_0123456789abcdef", "ghp_0123456789abcdeg", false},
	    {"ghp_0123456789abcdef", "ghp_0123456789abcde", false},
	    {"ghp_0123456789abcdef", "", false},
	    {"ghp_0123456789abcde", "ghp_0123456789abcde", false},
	};
	struct credential c;
	struct error e;
	char text[64];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s", rows[i].token);
		error_clear(&e);
		tap_ok(credential_take(&c, text, SECRETS_LASTING, "x", &e) == 0,
		    "%s is taken", rows[i].token);
		tap_ok(credential_is_in(&c, rows[i].bytes,
			   strlen(rows[i].bytes)) == rows[i].found,
		    "%s is %sin %s", rows[i].token, rows[i].found ? "" : "not ",
		    rows[i].bytes);
	}
	credential_wipe(&c);
	tap_ok(!credential_is_in(&c, text, sizeof(text)), "none is nowhere");
}

#define LETTERS "0123456789abcdef0123456789abcdefghij"

static void
test_is_secret(void)
{
	static const char *const secrets[] = {"ghp_" LETTERS,
	    "github_pat_0123456789abcdef012345_" LETTERS LETTERS,
	    "gho_" LETTERS, "ghu_" LETTERS, "ghr_" LETTERS, "ghs_" LETTERS,
	    "ghs_123456_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln-_",
	    " \n ghp_" LETTERS, "ghp_" LETTERS "\n",
	    "-----BEGIN RSA PRIVATE KEY-----",
	    "\n-----BEGIN PRIVATE KEY-----\nx"};
	static const char *const others[] = {"", "ghp_", "key.pem",
	    "x ghp_" LETTERS, "ghp_deploy_preview_site",
	    "neighs_and_laughs_event", "github_pat_rotation_is_done_now",
	    "ghs_scan_eyJobs_in_the_nightly_pipeline", "ghp_count=7",
	    "0123456789abcdef0123456789", "-----", "--begin"};
	size_t i;

	for (i = 0; i < COUNT(secrets); i++) {
		tap_ok(credential_is_secret(secrets[i]), "%s is a secret",
		    secrets[i]);
	}
	for (i = 0; i < COUNT(others); i++) {
		tap_ok(!credential_is_secret(others[i]),
		    "\"%s\" is not a secret", others[i]);
	}
}

int
main(void)
{
	struct credential c;
	struct error e;

	test_shapes();
	test_length();
	test_is_in();
	test_is_secret();
	test_file("ghp_x", true, 5);
	test_file("ghp_x\n", true, 5);
	test_file("ghp_x\r\n", true, 5);
	test_file("", false, 0);
	test_file("\n", false, 0);
	test_file("ghp_x\nghp_y\n", false, 0);
	test_longest_in_file();
	error_clear(&e);
	tap_ok(credential_read_file(
		   &c, "/does/not/exist", deadline_after(5000), &e) < 0,
	    "no such file");
	tap_number(e.kind, ERROR_USAGE, "no such file: the kind");
	return tap_done();
}
