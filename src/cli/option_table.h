/* option_table.h - every fact about every option, once.
 * The program parses, checks and prints its help from the first table. The
 * second one holds what only documents say: src/gen/options.c writes the
 * tables of README and guide and the inputs of action.yml from both, and
 * tests/checks/docs.sh compares them with the committed ones. */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of --help and of the documents. */
enum option {
	OPTION_EVENT_TYPE,
	OPTION_WORKFLOW,
	OPTION_REF,
	OPTION_PAYLOAD,
	OPTION_CLIENT_PAYLOAD,
	OPTION_RAW_FIELD,
	OPTION_FIELD,
	OPTION_ENV_FIELD,
	OPTION_NO_LIMITS,
	OPTION_OWNER,
	OPTION_REPO,
	OPTION_TARGET_OWNER,
	OPTION_TARGET_REPO,
	OPTION_TARGETS,
	OPTION_TOKEN,
	OPTION_TOKEN_FILE,
	OPTION_APP_ID,
	OPTION_APP_KEY,
	OPTION_INSTALLATION_ID,
	OPTION_NO_REVOKE,
	OPTION_API_URL,
	OPTION_CA_FILE,
	OPTION_PROXY,
	OPTION_TLS,
	OPTION_CONNECT_TIMEOUT,
	OPTION_TIMEOUT,
	OPTION_RETRIES,
	OPTION_PACE,
	OPTION_WAIT,
	OPTION_WAIT_TIMEOUT,
	OPTION_WAIT_INTERVAL,
	OPTION_FIND_RUN,
	OPTION_FIND_TIMEOUT,
	OPTION_DISPATCH_ID_KEY,
	OPTION_ONLY_WORKFLOW,
	OPTION_WAIT_AMBIGUOUS,
	OPTION_WAIT_CANCEL,
	OPTION_DRY_RUN,
	OPTION_PREFLIGHT,
	OPTION_CHECK_JSON,
	OPTION_JSON,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_HELP,
	OPTION_LICENSE,
	OPTION_VERSION,
	OPTION_COUNT
};

enum option_kind {
	OPTION_SWITCH,  /* on or off; takes no value */
	OPTION_TEXT,    /* the range counts characters, if there is one */
	OPTION_FILE,    /* the name of a file */
	OPTION_URL,     /* of a server */
	OPTION_NUMBER,  /* a whole number */
	OPTION_SECONDS, /* a whole number of seconds */
};

/* What white space and quotes around the value of a variable are. */
enum option_white {
	OPTION_DROPPED,   /* left over from a file: it goes, with a warning */
	OPTION_SEPARATES, /* between the items of a list */
	OPTION_KEPT       /* part of the value, quotes as well; not of a path
			     in the place of a key */
};

struct option_row {
	enum option_kind kind;
	char letter; /* 0: no short form */
	bool is_repeatable;
	bool is_secret; /* a token belongs here; elsewhere it is refused */
	bool is_key;    /* its variable may hold a private key itself */
	bool has_no_variable; /* only a person asks for it */
	enum option_white white;
	const char *name;          /* without the two hyphens */
	const char *argument;      /* name of its value; NULL: a switch */
	const char *aliases;       /* variables, strongest first */
	const char *required;      /* in place of a default, in words */
	const char *default_value; /* NULL: not fixed */
	const char *default_text;  /* the default in words */
	uint32_t minimum, maximum;
	const char *standard_input; /* the value that reads it: "-" or "@-" */
	const char *input;          /* of the action; NULL: not an input */
	const char *help;           /* a line of --help */
};

/* Markdown. NULL if there is nothing to say. */
struct option_manual {
	const char *meaning;        /* in the README */
	const char *input_variable; /* NULL: the option's own variable */
	const char *input_default;  /* the default there, in words */
	const char *input_meaning;  /* in action.yml and in the guide */
	/* The same input under the name that another action has for it, and the
	 * variable that passes it on. */
	const char *input_alias, *alias_variable;
	/* What action.yml passes on for an input that a step does not have, so
	 * that the action can report an empty one. NULL: nothing. */
	const char *input_absent;
};

extern const struct option_row option_table[OPTION_COUNT];

/* Nothing in the program refers to it, so the linker leaves it out. */
extern const struct option_manual option_manual[OPTION_COUNT];

#endif
