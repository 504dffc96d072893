#!/bin/sh
# How build.sh comes by the packages it needs, as another user than root, on a
# machine that has none of them: by INSTALL_AS alone.
. tests/checks/tap.sh.inc
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
for command in sh dirname mkdir tail env cat; do
	ln -s "$(command -v "$command")" "$place/bin/$command"
done
cp build.sh "$place"

# program NAME SCRIPT
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$place/bin/$1"
	chmod 755 "$place/bin/$1"
}
program id 'echo 1000'
# shellcheck disable=SC2016  # expanded by the programs
program apt-get 'echo "$as apt-get $DEBIAN_FRONTEND $1" >>log'
# shellcheck disable=SC2016
program allow '[ "$1" = -n ] && shift && as=allowed exec "$@"'

# It always fails, since nothing is really installed.
build() {
	rm -f "$place/log"
	! (cd "$place" && PATH=$place/bin ./build.sh) >"$place/said" 2>&1
}

only_says_how() {
	build && [ ! -e "$place/log" ] &&
	    grep -q 'apt-get install.* gcc ' "$place/said"
}

installs() {
	INSTALL_AS='allow -n'
	export INSTALL_AS
	build && [ "$(cat "$place/log")" = "\
allowed apt-get noninteractive update
allowed apt-get noninteractive install" ]
}

check 'without INSTALL_AS the command is printed' only_says_how
check 'INSTALL_AS installs it' installs
plan
