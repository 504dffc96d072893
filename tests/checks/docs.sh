#!/bin/sh
# What stands in two places is the same: the README's tables and the program,
# the script and the action.
# shellcheck disable=SC2016  # the back ticks are Markdown's
. tests/checks/tap.sh.inc
# shellcheck source=src/gen/documents.sh
. src/gen/documents.sh

# generated_agrees FILE: it has exactly what src/gen/options.c would write.
generated_agrees() {
	grep -q 'generated from src/' "$1" || return 1
	build/gen/options <"$1" >build/tests/generated
	diff "$1" build/tests/generated && return 0
	echo 'run ./build.sh format'
	return 1
}

# would_not_change FILTER FILE...
would_not_change() {
	filter=$1
	shift
	for file in "$@"; do
		$filter <"$file" >build/tests/generated
		diff "$file" build/tests/generated || {
			echo "$file: run ./build.sh format"
			return 1
		}
	done
}

# With another owner, no document names this one's repository.
owner_is_everywhere() {
	read -r old <.github/OWNER
	mkdir -p build/tests/owned/.github
	echo Another-1 >build/tests/owned/.github/OWNER
	for file in $(owned_documents) action.yml; do
		(cd build/tests/owned && with_owner) <"$file" |
		    grep -inE "(^|[^a-z0-9-])$old/repository-dispatch" && {
			echo "in $file: src/gen/documents.sh does not know this form"
			return 1
		}
	done
	(cd build/tests/owned && with_owner) <.github/CODEOWNERS |
	    grep -q '^\* @Another-1$'
}

# Sums of one version and the number of another are never in one script.
sums_are_of_version() {
	sums=build/tests/sums
	mkdir -p $sums/src $sums/.github $sums/${pinned_sums%/*}
	cp .github/OWNER $sums/.github
	echo 1.2.3 >$sums/src/VERSION
	line="$(printf %064d 1)  repository-dispatch-linux-x86_64"
	for of in 1.2.3 1.2.2; do
		printf '# version %s\n%s\n' "$of" "$line" >$sums/$pinned_sums
		(cd $sums && with_release) <.github/install.sh \
		    >build/tests/generated
		grep -qx "own_version='1.2.3'" build/tests/generated || return 1
		sed -n "s/^own_sums='//p" build/tests/generated | sed "s/'\$//"
	done >build/tests/offered
	printf '%s\n\n' "$line" | diff - build/tests/offered
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
	# As a part of a text, \"status\":, or as a name, "request_id".
	grep -oE '\\"[a-z_]+\\":|"[a-z_]+"' src/cli/document.c |
	    grep -oE '[a-z_]+' | sort -u >build/tests/offered
	for key in $(jq -r '.[][]' build/tests/documented); do
		grep -qx "$key" build/tests/offered || {
			echo "no member $key in src/cli/document.c"
			return 1
		}
	done
}

# The drop-in script is copied alone, so it repeats how the action keeps secrets
# out of a build. given_to_build FILE prints that part.
given_to_build() {
	sed -n '/^\tvalue=/,/^\tdone/p' "$1"
}

root_action_agrees() {
	at_root <$action/action.yml | diff action.yml - && return 0
	echo 'run ./build.sh format'
	return 1
}

# CONTRIBUTING says what each command of build.sh proves; the one without a name is
# build.
commands_agree() {
	./build.sh help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p' |
	    grep -vxE 'build|clean|help' | sort >build/tests/documented
	sed -n '/^| `.\/build.sh`/,/^$/p' .github/CONTRIBUTING.md |
	    sed -n 's/^| `\([a-z]\{1,\}\)[` ].*/\1/p' | sort >build/tests/offered
	[ -s build/tests/offered ] &&
	    diff build/tests/documented build/tests/offered
}

builds_agree() {
	given_to_build .github/scripts/repository-dispatch.sh \
	    >build/tests/documented
	given_to_build $action/find-binary.sh >build/tests/offered
	[ -s build/tests/offered ] &&
	    diff build/tests/documented build/tests/offered
}

action=.github/actions/repository-dispatch
check "the README's options and exit statuses" generated_agrees README.md
check "the action's inputs" generated_agrees $action/action.yml
check "the guide's inputs" generated_agrees $action/README.md
check "the root's action" root_action_agrees
# shellcheck disable=SC2046  # no name has a space
check 'the owner of the repository' would_not_change with_owner \
    $(owned_documents)
check 'another owner' owner_is_everywhere
check 'the release of install.sh' would_not_change with_release \
    .github/install.sh
check 'sums of another version' sums_are_of_version
check 'exit statuses' statuses_agree
check 'the retry table' retry_rules_agree
check 'the JSON document' json_example_agrees
check 'what a build is given' builds_agree
check 'the commands of build.sh' commands_agree
plan
