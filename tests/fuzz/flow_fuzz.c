/* flow_fuzz.c - the whole program but for the network: from the arguments to
 * the exit status, with a token or an App, dispatches, waits and the report,
 * against a server that does what the input says (flow_server.h).
 *
 * Whatever it does, no event is accepted twice, exit status and document agree
 * with what the server has accepted, time is kept, no credential is printed,
 * and the system calls are filtered before the first connection. */
/* Fakes: os/clock os/process. */
#define _GNU_SOURCE /* NOLINT: memmem(3) */
#include <bearssl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/command.h"
#include "fakes/clock.h"
#include "flow_server.h"
#include "fuzz.h"
#include "os/sandbox.h"
#include "json/reader.h"

#define TOKEN "ghp_canaryoftheuser1234567890abcdefghij"
#define PART 16 /* characters of a credential that are not printed */
#define RSA_BITS 2048
#define TARGET_SECONDS 60
#define WAIT_SECONDS 600
#define SLACK_SECONDS 600
#define OUTPUT_MAX 262144

extern char **environ;

static struct command *command;
static char printed[OUTPUT_MAX + 1]; /* on standard output */
static size_t printed_length;
static char app_key[4096] = "DISPATCH_APP_KEY=";

static void
check_secret(const void *bytes, size_t length, const char *secret)
{
	size_t i;

	for (i = 4; i + PART <= strlen(secret); i += PART / 2)
		check(memmem(bytes, length, secret + i, PART) == NULL);
}

static ssize_t
flow_write(int fd, const void *bytes, size_t length)
{
	check_secret(bytes, length, TOKEN);
	check_secret(bytes, length, FLOW_MINTED);
	check_secret(bytes, length, app_key + 100);
	if (fd == STDOUT_FILENO && printed_length + length <= OUTPUT_MAX) {
		memcpy(printed + printed_length, bytes, length);
		printed_length += length;
	}
	return (ssize_t)length;
}

/* The real one, which writes into memory. */
#define write flow_write
#include "os/file.c" /* NOLINT(bugprone-suspicious-include) */
#undef write

/* No filter: libFuzzer has calls of its own to make. */
void
sandbox_enter(const int *files, size_t count)
{
	(void)files;
	(void)count;
	flow.is_filtered = true;
}

/* A key is made, not kept: a private key in a repository looks wrong. */
static void
make_app_key(void)
{
	static unsigned char private_bytes[BR_RSA_KBUF_PRIV_SIZE(RSA_BITS)];
	static unsigned char public_bytes[BR_RSA_KBUF_PUB_SIZE(RSA_BITS)];
	unsigned char d[RSA_BITS / 8], der[2048];
	br_rsa_private_key private;
	br_rsa_public_key public;
	br_hmac_drbg_context random;
	size_t length;

	br_hmac_drbg_init(&random, &br_sha256_vtable, "flow_fuzz", 9);
	check(br_rsa_i31_keygen(&random.vtable, &private, private_bytes,
		  &public, public_bytes, RSA_BITS, 0x10001) == 1);
	length = br_rsa_i31_compute_privexp(d, &private, 0x10001);
	length = br_encode_rsa_raw_der(der, &private, &public, d, length);
	check(length > 0 && length <= sizeof(der));
	(void)br_pem_encode(app_key + strlen(app_key), der, length,
	    "RSA PRIVATE KEY", BR_PEM_LINE64);
}

/* Memory that is all zeros and costs little to empty. */
static void
make_command(void)
{
	if (command == NULL) {
		command = mmap(NULL, sizeof(*command), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(command != MAP_FAILED);
		make_app_key();
	}
	check(madvise(command, sizeof(*command), MADV_DONTNEED) == 0);
}

enum {
	HAS_APP = 1,
	WAITS = 2,
	FINDS = 4,
	HAS_JSON = 8,
	STARTS_WORKFLOW = 16,
	ONLY_CHECKS = 32,
	IS_ON_RUNNER = 64,
	CANCELS = 128
};

struct job {
	unsigned flags, targets;
	char *arguments[32], *variables[16];
	int count;
	char room[8192]; /* of them, which the program overwrites */
	size_t used;
};

static char *
keep(struct job *job, const char *text)
{
	char *copy = job->room + job->used;

	check(strlen(text) < sizeof(job->room) - job->used);
	strcpy(copy, text);
	job->used += strlen(text) + 1;
	return copy;
}

static void
add_arguments(struct job *job, unsigned flags, const char *first, ...)
{
	va_list list;
	const char *text;

	if ((job->flags & flags) != flags)
		return;
	va_start(list, first);
	for (text = first; text != NULL; text = va_arg(list, const char *))
		job->arguments[job->count++] = keep(job, text);
	va_end(list);
}

static void
make_variables(struct job *job)
{
	size_t n = 0;

	if (job->flags & HAS_APP) {
		job->variables[n++] = keep(job, app_key);
		job->variables[n++] = keep(job, "DISPATCH_APP_ID=7");
	} else {
		job->variables[n++] = keep(job, "GH_TOKEN=" TOKEN);
	}
	if (job->flags & IS_ON_RUNNER) {
		job->variables[n++] = keep(job, "GITHUB_ACTIONS=true");
		job->variables[n++] = keep(job, "GITHUB_OUTPUT=/dev/null");
		job->variables[n++] =
		    keep(job, "GITHUB_STEP_SUMMARY=/dev/null");
	}
	job->variables[n] = NULL;
}

static void
make_job(struct job *job, struct input *in)
{
	static const char *const names[] = {"o/n0", "o/n1", "o/n2"};
	unsigned i, more;

	memset(job, 0, sizeof(*job));
	job->flags = take(in);
	more = take(in);
	job->targets = 1 + more % FLOW_TARGETS;
	add_arguments(job, 0, "repository-dispatch", "--timeout", "60", NULL);
	for (i = 0; i < job->targets; i++)
		add_arguments(job, 0, "--repo", names[i], NULL);
	if (job->flags & STARTS_WORKFLOW)
		add_arguments(
		    job, 0, "--workflow", "ci.yml", "--ref", "main", NULL);
	else
		add_arguments(job, 0, "--event-type", "deploy", NULL);
	add_arguments(job, WAITS, "--wait", "--wait-timeout", "600", NULL);
	add_arguments(job, FINDS, "--find-run", "--find-timeout", "60", NULL);
	add_arguments(job, HAS_JSON, "--json", NULL);
	add_arguments(job, ONLY_CHECKS, "--preflight", NULL);
	add_arguments(job, WAITS | CANCELS, "--wait-cancel", NULL);
	add_arguments(job, 0, more & 64 ? "-v" : NULL, NULL);
	add_arguments(job, 0, more & 32 ? "--retries" : NULL,
	    more & 16 ? "0" : "9", NULL);
	make_variables(job);
}

/* Checks that standard output is one JSON document, and compares what it says
 * of each target. */
static void
check_document(const struct job *job)
{
	static const char key[] = "\"delivered\":";
	const char *at = printed;
	struct json_reader reader;
	enum json_event event;
	unsigned i;

	json_open(&reader, span_of(printed, printed_length));
	do {
		event = json_next(&reader);
	} while (event > JSON_END);
	check(event == JSON_END);
	for (i = 0; i < job->targets; i++) {
		at = strstr(at, key);
		if (at == NULL)
			return; /* nothing was tried */
		at += strlen(key);
		check(at[0] != 't' || flow.events[i].accepted == 1);
		check(at[0] != 'f' || flow.events[i].accepted == 0);
	}
}

static void
check_outcome(const struct job *job, int status)
{
	unsigned i, accepted = 0;

	for (i = 0; i < FLOW_TARGETS; i++) {
		check(flow.events[i].accepted <= 1);
		accepted += flow.events[i].accepted;
	}
	if (job->flags & ONLY_CHECKS) {
		check(flow.dispatches == 0);
		return;
	}
	if (status == 0 || (job->targets == 1 && status > ERROR_UNKNOWN))
		check(accepted == job->targets);
	if (job->targets == 1 && status > 1 && status < ERROR_UNKNOWN)
		check(accepted == 0);
	if (job->flags & HAS_JSON)
		check_document(job);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct job job;
	struct input in = {data, size};
	int64_t start = fake_clock_now();
	char **kept = environ;
	struct error e;
	int status;

	make_command();
	make_job(&job, &in);
	flow_begin(in);
	printed_length = 0;
	fake_clock_set_date(FAKE_CLOCK_DATE + start / 1000);
	environ = job.variables;
	error_clear(&e);
	command_run(command, job.count, job.arguments, &e);
	status = command_end(command, job.arguments, &e);
	environ = kept;
	printed[printed_length] = '\0';
	check(status == 0 || e.kind == (enum error_kind)status);
	check_outcome(&job, status);
	check(fake_clock_now() - start <
	      1000 * (SLACK_SECONDS + WAIT_SECONDS +
			 FLOW_TARGETS * TARGET_SECONDS));
	return 0;
}
