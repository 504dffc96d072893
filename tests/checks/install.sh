#!/bin/sh
# install.sh - how build.sh gets the packages it needs, run by a user other than
# root on a machine that has none of them.
. tests/checks/tap.sh.inc
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
for command in sh dirname mkdir tail env cat uname; do
	ln -s "$(command -v "$command")" "$place/bin/$command"
done
mkdir -p "$place/src/gen" "$place/tests"
cp build.sh "$place"
cp src/gen/target.sh src/gen/tools.sh "$place/src/gen"
cp tests/tools.sh "$place/tests"

# program NAME SCRIPT
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$place/bin/$1"
	chmod 755 "$place/bin/$1"
}
program id 'echo 1000'
# shellcheck disable=SC2016  # expanded by the programs
program apt-get 'echo "$as apt-get $DEBIAN_FRONTEND $1" >>log'
# shellcheck disable=SC2016
program sudo '[ "$1" = -n ] && shift && as=allowed && export as && "$@"'

# build GITHUB_ACTIONS [VERB]: always fails, since nothing is really installed.
build() {
	rm -f "$place/log"
	! (cd "$place" && PATH=$place/bin GITHUB_ACTIONS=$1 \
	    ./build.sh "${2:-build}") >"$place/said" 2>&1
}

only_says_how() {
	build "$1" && [ ! -e "$place/log" ] &&
	    grep -q 'apt-get install.* gcc ' "$place/said"
}

names_all_at_once() {
	build '' test &&
	    grep -q 'apt-get install.* gcc .* openssl .* cppcheck ' "$place/said"
}

installs() {
	build true && [ "$(cat "$place/log")" = "\
allowed apt-get noninteractive update
allowed apt-get noninteractive install" ]
}

check 'the command is printed, and sudo is not asked' only_says_how ''
check 'packages to build and to test are in one command' names_all_at_once
check 'a runner of Actions installs it by sudo' installs
program sudo 'exit 1'
check 'but for a sudo that wants a password' only_says_how true
plan
