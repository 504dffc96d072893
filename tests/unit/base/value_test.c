/* value_test.c - what a message shows of a value, and what it does not. */
#include "base/value.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/secrets.h"
#include "tap.h"

#define TEN "0123-56789"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define TOKEN "Wq7Zr2Lx9Vb4Kd1Tm8NyHc5Mf3Jp6Gs0YeUa"

static const struct {
	const char *text, *shown;
} values[] = {
    {"", ""},
    {"a/b c", "a/b c"},
    {SIXTY "0123", SIXTY "0123"},
    {SIXTY "01234", SIXTY "0123..."},
    {"MIIKO", "MIIKO"},
    {"MII-and-sixteen-more", "MII-and-sixteen-more"},
    {"ghp", "ghp"},
    {"Bearer ghp_x", "[hidden]"},
    {"\"gho_x\"", "[hidden]"},
    {"a=ghu_", "[hidden]"},
    {"/tmp/ghs_x", "[hidden]"},
    {"ghr_x", "[hidden]"},
    {"GITHUB_PAT_x", "[hidden]"},
    {SIXTY SIXTY "ghp_x", "[hidden]"},
    {"-----BEGIN X", "[hidden]"},
    {"RSA PRIVATE KEY", "[hidden]"},
    {"\xef\xbb\xbfLS0tLS1CRUdJTiBQ", "[hidden]"},
    /* The Base64 of "PRIVATE KEY" after 0, 1 and 2 bytes. */
    {"UFJJVkFURSBLRVk=", "[hidden]"},
    {"eFBSSVZBVEUgS0VZ", "[hidden]"},
    {"eHhQUklWQVRFIEtFWQ==", "[hidden]"},
    {"MIIEvQIBADANBgkq", "[hidden]"},
    {"x MIIEpAIBAAKCAQEA1234", "[hidden]"},
    {"a/Qp7xWb2zRt9KvLm3nYh5Jc8Dfx2Ts6Gk4", "[hidden]"},
    {"a/Qp7xWb2zRt9KvLm3nYh5/Jc8Dfx2Ts6Gk4",
	"a/Qp7xWb2zRt9KvLm3nYh5/Jc8Dfx2Ts6Gk4"},
    {"anamewithneitherdigitsnoruppercase1",
	"anamewithneitherdigitsnoruppercase1"},
    {"x 0123456789abcdef0123456789abcdef01234567", "[hidden]"},
    {"0123456789abcdef0123456789abcdef0123456",
	"0123456789abcdef0123456789abcdef0123456"},
    {"0123456789012345678901234567890123456789",
	"0123456789012345678901234567890123456789"},
    {"a.eyJhbGciOiJSUzI1NiIs", "[hidden]"},
    {"KeyJar", "KeyJar"},
    {"https://u:pw@h/o/r", "[hidden]"},
    {"https//u:p/w@h/o/r", "[hidden]"},
    {"u:@h", "[hidden]"},
    {"https://git@h:22/o/r", "https://git@h:22/o/r"},
    {"git@github.com:o/r.git", "git@github.com:o/r.git"},
    {"{\"a\":\"b@c\"}", "{\"a\":\"b@c\"}"},
    {"a\nb", "[hidden]"},
    {"a\r", "[hidden]"},
};

static const struct {
	const char *text, *shown;
} learned[] = {
    {"https://x-access-token:ghp_" TOKEN "@github.com/octo-org/octo-app.git",
	"https://x-access-token:[hidden]@github.com/octo-org/octo-app.git"},
    {"my-gho_" TOKEN ", ghr_" TOKEN, "my-[hidden], [hidden]"},
    {"octo/x github_pat_Wq7Zr2Lx9Vb4Kd1Tm8NyHc_" TOKEN TOKEN " x",
	"octo/x gith[hidden] x"},
    {"octo-organization/ghs_48_eyJ1Wq7Zr2Lx9Vb4Kd1T.m8Ny-Hc5_Mf3Jp6Gs0YeUa",
	"octo-organization/[hidden]"},
    {"MIIEvQIBADANBgkqh/kiG9w0BAQEFAASCBK", "[hidden]"},
    {"MIIFqZyoXd2Wb7Rk9Vn4Tc1Lp8Jf5Hs3Gm6", "[hidden]"},
    {"-----BEGIN PRIVATE KEY-----\\nMIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w",
	"-----BEGIN PRIVATE KEY-----[hidden]"},
    /* Ordinary names. */
    {"octo-organization/octo-app", "octo-organization/octo-app"},
    {"ghp_deploy_preview_site", "ghp_deploy_preview_site"},
    {"octo/highs_and_lows_dashboard", "octo/highs_and_lows_dashboard"},
    {"highs_Zk3Nt8Qw5Xc1Lv6Bm9Jr2Dg7Hp4Sf0TyUa",
	"highs_Zk3Nt8Qw5Xc1Lv6Bm9Jr2Dg7Hp4Sf0TyUa"},
    {"github_pat_rotation_is_done_now", "github_pat_rotation_is_done_now"},
    {"octo/MIIntegrationPlatformDashboards",
	"octo/MIIntegrationPlatformDashboards"},
    {"octo/MIIntegrationPlatform2/Dashboards/OfAll",
	"octo/MIIntegrationPlatform2/Dashboards/OfAll"},
    {"strip -----BEGIN RSA PRIVATE KEY----- in 0123456789abcdef0123456789abc",
	"strip -----BEGIN RSA PRIVATE KEY----- in "
	"0123456789abcdef0123456789abc"},
};

static void
test_learned(void)
{
	char shown[256];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(learned); i++) {
		tap_ok(value_learn(span_text(learned[i].text)) ==
			   (strstr(learned[i].shown, "[hidden]") != NULL),
		    "%.60s has a secret", learned[i].text);
		buffer_init(&b, shown, sizeof(shown));
		secrets_hide(&b, span_text(learned[i].text));
		tap_text(shown, learned[i].shown, "%.60s is learned",
		    learned[i].text);
	}
}

static void
test_base64(void)
{
	static const struct {
		const char *text;
		bool is_base64;
	} rows[] = {
	    {"dKx9/Rb3Qm+Zt7Wc/1Lv5Np8Yh2Jf6Gs", true},
	    {"dKx9/Rb3Qm+Zt7Wc/1Lv5Np8Yh2Jf6Gs0w==", true},
	    {"dKx9/Rb3Qm+Zt7Wc/1Lv5Np8Yh2Jf6G", false},
	    {"dKx9/Rb3Qm-Zt7Wc/1Lv5Np8Yh2Jf6Gs0w", false},
	    {"octo/thisisanamewithmanylettersinit", false},
	    {"", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(value_is_base64(span_text(rows[i].text)) ==
			   rows[i].is_base64,
		    "\"%s\" is %sBase64", rows[i].text,
		    rows[i].is_base64 ? "" : "not ");
	}
}

int
main(void)
{
	struct value value;
	size_t i;

	for (i = 0; i < COUNT(values); i++) {
		tap_text(value_show(&value, span_text(values[i].text)),
		    values[i].shown, "%.70s is shown",
		    strpbrk(values[i].text, "\r\n") == NULL ? values[i].text
							    : "a line end");
	}
	tap_ok(
	    !value_has_secret(span_text("a\nb")), "a text may have line ends");
	test_learned();
	test_base64();
	return tap_done();
}
