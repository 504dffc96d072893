# format.sh - lays out the sources, and makes what their tables say into documents,
# the manual and the completions; sourced by build.sh.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out and say are build.sh's, flags target.sh's

. src/gen/documents.sh

lay_out_sources() {
	clang-format -i src/*.c src/*/*.c src/[!g]*/*.h src/github/*.h \
	    tests/unit/*.h tests/unit/*/*.c tests/fuzz/*.c
}

# The tool that writes the table of options, and others, into documents.
compile_option_tool() {
	mkdir -p "$out/gen"
	# shellcheck disable=SC2086
	"$host_cc" -O1 $warnings -Isrc src/gen/options.c src/gen/manual.c \
	    src/gen/completion.c src/gen/describe.c src/gen/status.c \
	    src/cli/option_table.c src/cli/option_name.c src/base/*.c \
	    -o "$out/gen/options"
}

# rewrite DOCUMENT FILTER: replaces it by what the filter makes of it.
rewrite() {
	mkdir -p "$out/gen"
	"$2" <"$1" >"$out/gen/document"
	cmp -s "$out/gen/document" "$1" || cp "$out/gen/document" "$1"
}

# Writes the tables and the owner of the repository into every document
# that has a place for them, and the action into the root.
generate_documents() {
	compile_option_tool
	grep -rl 'generated from src/' README.md .github |
	    while read -r document; do
		rewrite "$document" "$out/gen/options"
	done
	for document in $(owned_documents); do
		rewrite "$document" with_owner
	done
	generate_install
	action=.github/actions/repository-dispatch/action.yml
	at_root <$action >"$out/gen/action.yml"
	cp "$out/gen/action.yml" action.yml
}

# Writes version, owner and the pinned sums into install.sh.
generate_install() {
	rewrite .github/install.sh with_release
	of=$(pinned_version)
	read -r version <src/VERSION
	case $of in
	'' | "$version") ;;
	*)
		say "$pinned_sums has the sums of $of, not of $version: until \
./build.sh dist has made them, install.sh has none and the action builds from source"
		;;
	esac
}

# What is installed beside the binary. The templates stand in src/gen.
manual=repository-dispatch.1
completions='repository-dispatch.bash _repository-dispatch
	repository-dispatch.fish'

# Fills the templates of the manual and of the completions.
generate_manual() {
	compile_option_tool
	for file in $manual $completions; do
		"$out/gen/options" <"src/gen/$file" >"$out/gen/$file"
	done
}
