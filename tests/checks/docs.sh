#!/bin/sh
# The README tells the truth: its tables against the program and the sources.
# shellcheck disable=SC2016  # the back ticks are Markdown's
. tests/checks/tap.sh.inc

# The long option names, one a line.
documented_options() {
	sed -n '/^## Options/,/^## Payload/p' README.md | grep '^| `' |
	    cut -d '|' -f 2 | grep -oE -- '--[a-z-]+' | sort
}

program_options() {
	build/repository-dispatch --help | grep -E '^ +(-[a-zA-Z], )?--' |
	    grep -oE -- ' --[a-z-]+ ' | tr -d ' ' | sort
}

options_agree() {
	documented_options >build/tests/documented
	program_options >build/tests/offered
	[ -s build/tests/offered ] &&
	    diff build/tests/documented build/tests/offered
}

letters_agree() {
	sed -n '/^## Options/,/^## Payload/p' README.md |
	    grep -oE '^\| `-[a-zA-Z], --[a-z-]+' | sed 's/^| `//' |
	    sort >build/tests/documented
	build/repository-dispatch --help | grep -oE '^ +-[a-zA-Z], --[a-z-]+' |
	    sed 's/^ *//' | sort >build/tests/offered
	[ -s build/tests/offered ] &&
	    diff build/tests/documented build/tests/offered
}

# The default and the older names of each row stand in options.c.
older_names_agree() {
	status=0
	for name in $(sed -n '/^## Options/,/^## Payload/p' README.md |
	    grep '^| `' | cut -d '|' -f 3 | grep -oE '`[A-Z_]+' |
	    tr -d '`' | sort -u); do
		grep -qE "\"([A-Za-z_]+ )*${name}[ \"]" src/cli/options.c || {
			echo "$name is not in src/cli/options.c"
			status=1
		}
	done
	return $status
}

statuses_agree() {
	sed -n '/^## Exit/,/^With/p' README.md | grep -oE '^\| [0-9]+' |
	    tr -d '| ' >build/tests/documented
	grep -oE 'ERROR_[A-Z_]+ = [0-9]+' src/base/error.h | grep -oE '[0-9]+$' \
	    >build/tests/offered
	[ -s build/tests/offered ] &&
	    diff build/tests/documented build/tests/offered
}

# The README's retry table has the program's rows, in their order.
retry_rules_agree() {
	sed -n '/^## Retries/,/^## JSON/p' README.md |
	    grep '^| ' | sed '1,2d' | cut -d '|' -f 2 | sed 's/^ //; s/ $//' \
	    >build/tests/documented
	sed -n '/rules\[\] = {/,/^};/s/^ *\/\* \(.*\) \*\/$/\1/p' src/github/retry.c \
	    >build/tests/offered
	[ -s build/tests/offered ] &&
	    diff build/tests/documented build/tests/offered
}

# The example document is what the program writes, member by member.
json_example_agrees() {
	sed -n '/^```json/,/^```/p' README.md | grep '^{' |
	    jq -c '[keys_unsorted, (.results[0] | keys_unsorted)]' \
	    >build/tests/documented
	grep -oE '\\"[a-z_]+\\":' src/cli/report.c | grep -oE '[a-z_]+' |
	    sort -u >build/tests/offered
	for key in $(jq -r '.[][]' build/tests/documented); do
		grep -qx "$key" build/tests/offered || {
			echo "no member $key in src/cli/report.c"
			return 1
		}
	done
}

check 'options' options_agree
check 'short options' letters_agree
check 'older names' older_names_agree
check 'exit statuses' statuses_agree
check 'the retry table' retry_rules_agree
check 'the JSON document' json_example_agrees
plan
