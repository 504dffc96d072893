/* host.c - a host is cut down to the name that it has in web addresses, by its
 * end; then names are compared. */
#include "github/host.h"

#include <string.h>

#include "base/ascii.h"

static const char github[] = "github.com", tenants[] = ".ghe.com";

/* Returns whether a host ends so, in any case. */
static bool
ends_in(struct span host, const char *end)
{
	size_t length = strlen(end);

	return host.length >= length &&
	       ascii_equal_nocase(
		   end, host.bytes + host.length - length, length);
}

/* Returns NAME of a host that ends in NAME.ghe.com, or an absent span. */
static struct span
tenant_of(struct span host)
{
	size_t end = host.length - (sizeof(tenants) - 1), begin = end;

	if (!ends_in(host, tenants))
		return span_of(NULL, 0);
	while (begin > 0 && host.bytes[begin - 1] != '.')
		begin--;
	return span_of(host.bytes + begin, end - begin);
}

/* The name in web addresses, without the dot of an absolute name. */
static struct span
web_host(struct span host)
{
	static const char www[] = "www.";
	struct span tenant;

	if (host.length > 0 && host.bytes[host.length - 1] == '.')
		host.length--;
	tenant = tenant_of(host);

	if (tenant.bytes != NULL) {
		return span_of(
		    tenant.bytes, tenant.length + sizeof(tenants) - 1);
	}
	if (ends_in(host, ".github.com"))
		return span_text(github);
	if (host.length >= sizeof(www) &&
	    ascii_equal_nocase(www, host.bytes, sizeof(www) - 1)) {
		return span_of(host.bytes + sizeof(www) - 1,
		    host.length - (sizeof(www) - 1));
	}
	return host;
}

enum host_kind
host_kind(const char *host)
{
	struct span name = web_host(span_text(host));

	if (tenant_of(name).bytes != NULL)
		return HOST_TENANT;
	return ascii_equal_nocase(github, name.bytes, name.length)
		   ? HOST_GITHUB
		   : HOST_SERVER;
}

bool
host_is_same(struct span one, struct span other)
{
	size_t i;

	one = web_host(one);
	other = web_host(other);
	if (one.length != other.length)
		return false;
	for (i = 0; i < one.length; i++) {
		if (ascii_lower(one.bytes[i]) != ascii_lower(other.bytes[i]))
			return false;
	}
	return true;
}

void
host_write_api(struct buffer *b, const struct url *host)
{
	struct span name = web_host(span_text(host->host));

	if (host_kind(host->host) != HOST_SERVER) {
		buffer_text(b, "https://api.");
		buffer_append(b, name.bytes, name.length);
	} else {
		buffer_text(b, "https://");
		url_write_authority(b, host->host, host->port, URL_HTTPS_PORT);
		buffer_text(b, "/api/v3");
	}
}

bool
host_is_api(const struct url *url)
{
	static const char api[] = "api.";
	struct span name = web_host(span_text(url->host));
	const char *rest = url->host + sizeof(api) - 1;

	if (host_kind(url->host) == HOST_SERVER) {
		return url->path[0] == '\0' ||
		       strcmp(url->path, "/api/v3") == 0;
	}
	return url->path[0] == '\0' &&
	       strncmp(url->host, api, sizeof(api) - 1) == 0 &&
	       span_equal(name, span_of(rest, url_name_length(rest)));
}
