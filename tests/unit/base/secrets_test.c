/* secrets_test.c - a secret is found in every form and place, and what is not
 * a secret stays. */
#include "base/secrets.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"

#define TOKEN "ghp_Wq7Zr2Lx9Vb4Kd1Tm8Ny"
#define KEY                                                      \
	"# https://github.com/organizations/octo-org/settings\n" \
	"-----BEGIN RSA PRIVATE KEY-----\n"                      \
	"MIIEkQp7xWb+2zRt9/KvLm3nYh5Jc8Df\n"                     \
	"-----END RSA PRIVATE KEY-----\n"

static const struct {
	const char *what, *text, *shown;
} texts[] = {
    {"nothing", "", ""},
    {"no secret", "all is well, ghp_ and more", "all is well, ghp_ and more"},
    {"the whole", "a " TOKEN " b", "a [hidden] b"},
    {"only the whole", TOKEN, "[hidden]"},
    {"eight characters", "x9Vb4Kd1T", "[hidden]"},
    {"eight at the end", "= 1Tm8Ny, 4Kd1Tm8Ny", "= 1Tm8Ny, [hidden]"},
    {"seven characters", "x=9Vb4Kd1;", "x=9Vb4Kd1;"},
    {"in other cases", "GHP_WQ7ZR2LX9VB4", "[hidden]"},
    {"twice", TOKEN "," TOKEN, "[hidden],[hidden]"},
    {"twice in a row", TOKEN TOKEN, "[hidden]"},
    {"percent-encoded", "a%67%68%70%5f%57%71%37%5az", "a[hidden]z"},
    {"one character encoded", "ghp%5FWq7Zr", "[hidden]"},
    {"seven encoded", "%67%68%70%5f%57%71%37", "%67%68%70%5f%57%71%37"},
    {"escaped in JSON", "\\u0067hp\\u005FWq7Zr!", "[hidden]!"},
    {"escaped twice", "\\\\u0067hp\\\\u005fWq7Z", "[hidden]"},
    {"as escape() does", "ghp\\x5fWq7Z", "[hidden]"},
    {"an entity", "ghp&#95;Wq7Z", "[hidden]"},
    {"after a percent sign", "%9Vb4Kd1T", "%[hidden]"},
    {"an escape that is none", "\\u00zzghp_Wq7Z%4", "\\u00zz[hidden]%4"},
    /* printf %s "$TOKEN" | base64, with 0, 1 and 2 bytes before. */
    {"in Base64", "Z2hwX1dxN1pyMkx4OVZiNEtkMVRtOE55.", "[hidden]."},
    {"in Base64, after one",
	"eGdocF9XcTdacjJMeDlWYjRLZDFUbThOeQ==", "eG[hidden]Q=="},
    {"in Base64, after two",
	"eHhnaHBfV3E3WnIyTHg5VmI0S2QxVG04Tnk=", "eHh[hidden]k="},
    {"a part in Base64", "ZyMkx4OVZiN", "Z[hidden]"},
    {"a key", KEY,
	"# https://github.com/organizations/octo-org/settings\n"
	"-----BEGIN RSA PRIVATE KEY-----\n[hidden]\n"
	"-----END RSA PRIVATE KEY-----\n"},
    {"labels of PEM", "CERTIFICATE-----, a CERTIFICATE",
	"CERTIFICATE-----, a CERTIFICATE"},
    {"a key in one line", "MIIEkQp7xWb+2zRt9\\/KvLm3nYh5Jc8Df\\nx",
	"[hidden]\\nx"},
    {"a key for URLs", "p7xWb-2zRt9_KvLm", "[hidden]"},
    {"public beginnings", "github_pat_, -----BEGIN PRIVATE KEY-----",
	"github_pat_, -----BEGIN PRIVATE KEY-----"},
    {"keys of a body", "client_payload, event_type",
	"client_payload, event_type"},
    /* printf %s "$TOKEN" | od -An -tx1 | tr -d ' \n' */
    {"in hexadecimal",
	"=6768705f577137"
	"5a72324c78395662344b643154"
	"6d384e79;",
	"=[hidden];"},
    {"in hexadecimal, in capitals", "4C78395662344B64", "[hidden]"},
    {"in hexadecimal, after a digit", "34c78395662344b64f", "3[hidden]f"},
    {"seven characters in hexadecimal", "=4c78395662344b;", "=4c78395662344b;"},
    {"another hash", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	"da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"turned around", "yN8mT1dK4bV9xL2rZ7qW_phg", "yN8mT1dK4bV9xL2rZ7qW_phg"},
    {"beyond ASCII", "p\xc3\xa4\xc3\x9fwort", "[hidden]"},
    {"beyond ASCII, in JSON", "p\\u00e4\\u00DFwort", "[hidden]"},
    {"beyond ASCII, as escape() does", "p\\xc3\\xa4\\xc3\\x9fwort", "[hidden]"},
    {"a backslash at the end of a string", "k3v9QwX\\\\", "[hidden]"},
    {"a number", "[1234567890]", "[1234567890]"},
    {"a number as the whole", "1234567890", "[hidden]"},
    {"a number at the end", "id 1234567890", "id [hidden]"},
    {"a number at the beginning", "1234567890 ms", "[hidden] ms"},
    {"a longer number", "{\"a\":-12345678901.5e9,\"b\":1}",
	"{\"a\":-12345678901.5e9,\"b\":1}"},
    {"more digits than a number has",
	"[12345678000000000000000000000000000000000]",
	"[[hidden]000000000000000000000000000000000]"},
    {"the most digits that a number has", "[1234567890123456789]",
	"[1234567890123456789]"},
    {"as many as a secret of digits", "[12345678901234567890]", "[[hidden]]"},
    {"a number in a string", "[\"12345678\"]", "[\"[hidden]\"]"},
    {"a number in a word", "a12345678 12345678b", "a[hidden] [hidden]b"},
    {"its digits encoded", "1234567%38", "[hidden]"},
    {"a part that begins in an escape", "\\n[hidde],\\nx9Vb4Kd1",
	"\\n[hidde],[hidden]"},
    {"a part that ends in an escape", "[\"=k3v9QwX\\u0037\\\"]",
	"[\"=[hidden]\\\"]"},
    {"a quote after a backslash", "[\"=Pq\\\\\",\"Rs1\"]",
	"[\"=Pq\\\\\",\"Rs1\"]"},
    {"a note before a key",
	"https://github.com/organizations/octo-org/settings",
	"https://github.com/organizations/octo-org/settings"},
    /* Backslashes that are the secret's own. */
    {"with a backslash and an n", "Kp\\nq3Zt8Wv", "[hidden]"},
    {"the same in JSON", "\"Kp\\\\nq3Zt8Wv\"", "\"[hidden]\""},
    {"the same in JSON in JSON", "Kp\\\\\\\\nq3Zt8Wv", "[hidden]"},
    {"the same in a URL", "Kp%5cnq3Zt8Wv", "[hidden]"},
    {"a part of it in JSON", "p\\\\nq3Zt8W.", "[hidden]."},
    {"each character in JSON",
	"\\u004b\\u0070\\u005c\\u006e\\u0071\\u0033\\u005a\\u0074", "[hidden]"},
    {"with quotes and backslashes", "R\\\\\\\"x\\\\\\\\y\\\\t5", "[hidden]"},
    {"with all that has a meaning", "<w&\"%41'\\x41>", "[hidden]"},
    {"the same in HTML", "&lt;w&amp;&quot;%41&#39;\\x41&gt;.", "[hidden]."},
    {"the same in HTML, in numbers", "&#60;w&#x26;&#x22;%41&apos;\\x41&#X3E;",
	"[hidden]"},
    {"the same in a URL", "%3Cw%26%22%2541%27%5Cx41%3E", "[hidden]"},
    {"the same in JSON for HTML", "\\u003cw\\u0026\\\"%41\\u0027\\\\x41\\u003e",
	"[hidden]"},
    {"the same in HTML in JSON for HTML",
	"\\u0026lt;w\\u0026amp;\\u0026quot;%41\\u0026#39;\\\\x41\\u0026gt;",
	"[hidden]"},
    {"the same in HTML, all of it, in JSON for HTML",
	"\\u0026#x4b;\\u0026#x70;\\u0026#x5c;\\u0026#x6e;\\u0026#x71;"
	"\\u0026#x33;\\u0026#x5a;\\u0026#x74;\\u0026#x38;\\u0026#x57;",
	"[hidden]"},
    {"the same in a URL in a URL", "%253Cw%2526%2522%252541%2527%255Cx41%253E",
	"[hidden]"},
    {"beyond U+FFFF", "k\xf0\x9f\x98\x80y\xf0\x9f\x98\x80z", "[hidden]"},
    {"in JSON as surrogates", "k\\ud83d\\uDE00y\\ud83d\\ude00z", "[hidden]"},
    {"escaped twice as surrogates", "k\\\\ud83d\\\\ude00y\\\\ud83d\\\\ude00z",
	"[hidden]"},
    {"in HTML by its number", "k&#128512;y&#x1f600;z", "[hidden]"},
    {"in a URL as UTF-8", "k%F0%9F%98%80y%F0%9F%98%80z", "[hidden]"},
    {"with blanks, in a URL of a form", "two+words%2c+6789", "[hidden]"},
    {"with blanks, in a URL", "two%20words,%206789", "[hidden]"},
    {"with a blank that does not break", "two&nbsp;words", "two&nbsp;words"},
    {"a note with Base64", "b2N0by1vcmcvb2N0by1hcHAK",
	"b2N0by1vcmcvb2N0by1hcHAK"},
};

static void
learn(void)
{
	secrets_add(span_text(TOKEN), SECRETS_LASTING);
	secrets_add_runs(span_text(KEY), SECRETS_LASTING);
	secrets_add_runs(span_text("-----BEGIN CERTIFICATE-----\n"
				   "-----END CERTIFICATE-----\n"),
	    SECRETS_LASTING);
	secrets_add(span_text("nx9Vb4Kd1"), SECRETS_LASTING);
	secrets_add(span_text("k3v9QwX\\"), SECRETS_LASTING);
	secrets_add(span_text("Pq\\\"\",\"Rs1"), SECRETS_RECENT);
	secrets_add(span_text("github_pat_"), SECRETS_LASTING);
	secrets_add(span_text("client_payload"), SECRETS_LASTING);
	secrets_add(span_text("p\xc3\xa4\xc3\x9fwort"), SECRETS_LASTING);
	secrets_add(span_text("1234567890"), SECRETS_RECENT);
	secrets_add(span_text("Kp\\nq3Zt8Wv"), SECRETS_LASTING);
	secrets_add(span_text("R\\\"x\\\\y\\t5"), SECRETS_LASTING);
	secrets_add(span_text("<w&\"%41'\\x41>"), SECRETS_LASTING);
	secrets_add(
	    span_text("k\xf0\x9f\x98\x80y\xf0\x9f\x98\x80z"), SECRETS_LASTING);
	secrets_add(span_text("two words, 6789"), SECRETS_LASTING);
}

static void
test_texts(void)
{
	char shown[256];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		buffer_init(&b, shown, sizeof(shown));
		secrets_hide(&b, span_text(texts[i].text));
		tap_text(shown, texts[i].shown, "hidden: %s", texts[i].what);
	}
}

/* With a proxy's user "me" and password "pass", and with longer ones. */
static const struct {
	const char *what, *text, *peers, *own;
} echoes[] = {
    {"a password", "pass=pass", "[hidden]=[hidden]", "pass=pass"},
    {"in another case", "PaSS", "[hidden]", "PaSS"},
    {"a part", "pas", "pas", "pas"},
    {"encoded", "p%61ss, &#112;ass", "[hidden], [hidden]", "p%61ss, &#112;ass"},
    {"a user of three", "bob", "bob", "bob"},
    {"both in Base64",
	"Basic Ym9iOnBhc3M=", "Basic [hidden]=", "Basic Ym9iOnBhc3M="},
    {"a longer password", "x S3cret-Passw%rd y", "x [hidden] y",
	"x [hidden] y"},
    {"a part of it", "S3cret-Pa", "[hidden]", "[hidden]"},
    {"in hexadecimal", "70617373, 626F62", "[hidden], 626F62",
	"70617373, 626F62"},
    {"both in hexadecimal", "626F623A70617373", "[hidden]", "626F623A70617373"},
    {"a number", "(id 1234567890 x)", "(id [hidden] x)", "(id 1234567890 x)"},
    {"a part of a longer user", "x long-use, ong-user, long-us",
	"x [hidden], [hidden], long-us", "x long-use, ong-user, long-us"},
    {"with a backslash, in a URL", "ru%5C%40.", "[hidden].", "ru%5C%40."},
    {"with one less once it is decoded", "&#37;8A3", "[hidden]", "&#37;8A3"},
    {"beside a token", TOKEN "pass", "[hidden]", "[hidden]pass"},
};

static void
test_echoes(void)
{
	char shown[256];
	struct buffer b;
	size_t i;

	secrets_add_proxy(span_text("bob"), span_text("pass"));
	secrets_add_proxy(span_text("long-user"), span_text("pass"));
	secrets_add_proxy(span_text("bob"), span_text("ru\\@"));
	secrets_add_proxy(span_text("bob"), span_text("%8A3"));
	secrets_add_proxy(span_text("bob"), span_text("S3cret-Passw%rd"));
	for (i = 0; i < COUNT(echoes); i++) {
		buffer_init(&b, shown, sizeof(shown));
		secrets_hide_peer(&b, span_text(echoes[i].text));
		tap_text(
		    shown, echoes[i].peers, "a peer sends %s", echoes[i].what);
		buffer_init(&b, shown, sizeof(shown));
		secrets_hide(&b, span_text(echoes[i].text));
		tap_text(shown, echoes[i].own, "we write %s", echoes[i].what);
	}
}

static const struct {
	const char *host;
	bool is_secret;
} hosts[] = {
    {"", false},
    {"api.github.com", false},
    {"ghp_wq7zr2lx9vb4kd1tm8ny", true},
    {"x-ghp_wq7zr2lx9vb4kd1tm8ny.test", true},
    {"zr2lx9vb", true},
    {"a.zr2lx9vb.test", true},
    {"a-zr2lx9vb.test", false},
    {"pass", true},
    {"pass.test", false},
    {"bob", false},
    {"longuser", false},
    {"same", false},
};

static void
test_hosts(void)
{
	size_t i;

	secrets_add_proxy(span_text("longuser"), span_text("pass"));
	secrets_add_proxy(span_text("same"), span_text("same"));
	for (i = 0; i < COUNT(hosts); i++) {
		tap_ok(secrets_are_in_host(span_text(hosts[i].host)) ==
			   hosts[i].is_secret,
		    "the host \"%s\"", hosts[i].host);
	}
}

/* More secrets than there is room for: the latest are known, and the lasting
 * ones as well. */
static void
test_many(void)
{
	char made[41], shown[256];
	struct buffer b;
	unsigned number, i;

	srand(7);
	for (number = 0; number < 5000; number++) {
		for (i = 0; i < 40; i++)
			made[i] = (char)('A' + rand() % 26);
		secrets_add(span_of(made, 40), SECRETS_RECENT);
		if (number % 500 != 0)
			continue;
		buffer_init(&b, shown, sizeof(shown));
		buffer_append(&b, "=", 1);
		secrets_hide(&b, span_of(made, 40));
		secrets_hide(&b, span_text(", " TOKEN));
		tap_text(shown, "=[hidden], [hidden]", "number %u", number);
	}
}

static void
test_wipe(void)
{
	char shown[256];
	struct buffer b;

	secrets_wipe();
	buffer_init(&b, shown, sizeof(shown));
	secrets_hide_peer(&b, span_text(TOKEN " pass"));
	tap_text(shown, TOKEN " pass", "nothing is known any more");
}

/* The first secret is a password too long for a brief. */
static void
test_long_proxy(void)
{
	char user[8], password[800], shown[64];
	struct buffer b;

	memset(user, 'u', sizeof(user));
	memset(password, 'w', sizeof(password));
	secrets_add_proxy(
	    span_of(user, sizeof(user)), span_of(password, sizeof(password)));
	secrets_add(span_text("github_pat_0123456789"), SECRETS_LASTING);
	buffer_init(&b, shown, sizeof(shown));
	secrets_hide(&b, span_text("github_pat_, wwwwwwwww"));
	tap_text(shown, "github_pat_, [hidden]",
	    "public beginnings are public, whatever comes first");
	secrets_wipe();
}

/* Without room for a lasting secret everything is hidden. */
static void
test_full(void)
{
	char made[1000], shown[256];
	struct buffer b;
	size_t number, i;

	for (number = 0; number < 50; number++) {
		for (i = 0; i < sizeof(made); i++)
			made[i] = (char)('A' + rand() % 26);
		secrets_add(span_of(made, sizeof(made)), SECRETS_LASTING);
		if (number % 10 != 9)
			continue;
		buffer_init(&b, shown, sizeof(shown));
		secrets_hide(&b, span_text("all is well"));
		tap_text(shown, number < 19 ? "all is well" : "[hidden]",
		    "%zu characters are known", (number + 1) * sizeof(made));
	}
	secrets_wipe();
}

int
main(void)
{
	test_wipe();
	learn();
	test_texts();
	test_echoes();
	test_hosts();
	test_many();
	test_wipe();
	test_long_proxy();
	test_full();
	return tap_done();
}
