#!/bin/sh
# manual.sh - the manual, and the syntax of the completions. What the completions
# offer is checked by completions.py, and the manual's examples are run by
# tests/guides.
. tests/checks/tap.sh.inc
generated=build/gen
manual=$generated/repository-dispatch.1

# passes_lint FILE
passes_lint() {
	[ -s "$1" ] && [ -z "$(mandoc -T lint -W warning "$1" | tee /dev/stderr)" ]
}

fails_lint() {
	broken=$(mktemp)
	sed 's/^\.Sh NAME/.Sx NAME/' $manual >"$broken"
	! passes_lint "$broken" 2>/dev/null
	status=$?
	rm "$broken"
	return $status
}

has_sections() {
	for section in NAME SYNOPSIS DESCRIPTION OPTIONS ENVIRONMENT FILES \
	    'EXIT STATUS' EXAMPLES 'SEE ALSO' 'SECURITY CONSIDERATIONS'; do
		grep -qx "\.Sh $section" $manual || {
			echo "no section $section"
			return 1
		}
	done
}

# Every name of the help, in its order.
has_options() {
	offered=$(build/repository-dispatch --help |
	    sed -n '/repository-dispatch/d; s/^  .*  *--\([a-z-]*\) .*/\1/p')
	described=$(sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' $manual)
	[ -n "$offered" ] && [ "$offered" = "$described" ]
}

# The page must be text in roff: a mark of Markdown that is left is a fault of
# the tool that makes it.
has_no_markdown() {
	! grep -nE '`|\*\*' $manual
}

has_no_empty_block() {
	! grep -A 1 -h 'generated from src/' $manual \
	    $generated/repository-dispatch.bash $generated/_repository-dispatch \
	    $generated/repository-dispatch.fish | grep 'end of generated text'
}

check 'mandoc has no warning' passes_lint $manual
check 'control: mandoc warns of a fault' fails_lint
check 'it has every section' has_sections
check 'it has every option of the help' has_options
check 'no Markdown is left in it' has_no_markdown
check 'every template is filled' has_no_empty_block
check 'bash takes its completion' bash -n $generated/repository-dispatch.bash
check 'shellcheck takes it' shellcheck $generated/repository-dispatch.bash
check 'zsh takes its completion' zsh -n $generated/_repository-dispatch
check 'fish takes its completion' fish --no-execute \
    $generated/repository-dispatch.fish
plan
