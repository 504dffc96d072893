# tools.sh - the packages that building needs, and how they are installed; sourced
# by build.sh. tests/tools.sh has those of the tests.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # build.sh has out, and uses the lists

# Tools are written COMMAND:DEBIAN-PACKAGE:ALPINE-PACKAGE. A name that begins
# with / is a file that must exist. The package - stands for nothing to install.
build_tools='gcc:gcc:gcc make:make:make
	/usr/include/stdio.h:libc6-dev:musl-dev
	/usr/include/linux/random.h:linux-libc-dev:linux-headers
	patch:patch:patch xz:xz-utils:xz'
package_tools='dpkg-deb:dpkg:- gzip:gzip:gzip'
format_tools='clang-format:clang-format:clang-extra-tools'

# Ubuntu's mirrors do not have our musl: vendor/apt.sh.inc finds one that does.
! grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null ||
    build_tools="$build_tools
	/usr/share/python-apt/templates/Debian.info:python-apt-common:-"

# Alpine has other names for packages, and no cross compilers.
is_alpine() {
	[ -e /etc/alpine-release ]
}

# has NAME: whether the tool is installed.
has() {
	case $1 in
	/*) [ -e "$1" ] ;;
	python3-yaml) /usr/bin/python3 -c 'import yaml' 2>/dev/null ;;
	python3-cryptography)
		/usr/bin/python3 -c 'import cryptography' 2>/dev/null
		;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# missing TOOL...: the packages to install.
missing() {
	for tool in "$@"; do
		packages=${tool#*:}
		if is_alpine; then
			package=${packages#*:}
		else
			package=${packages%:*}
		fi
		[ "$package" = - ] || has "${tool%%:*}" || printf ' %s' "$package"
	done
}

# need TOOL...: installs what is missing, or prints the command and ends.
need() {
	packages=$(missing "$@")
	[ -n "$packages" ] || return 0
	if is_alpine; then
		install="apk add$packages"
	elif command -v apt-get >/dev/null 2>&1; then
		install="apt-get update && apt-get install -y \
--no-install-recommends$packages"
	else
		say "install these, then run me again:$packages"
		exit 1
	fi
	# env, since sudo passes on no variables.
	run='env DEBIAN_FRONTEND=noninteractive sh -c'
	if [ "$(id -u)" -ne 0 ] && [ "${GITHUB_ACTIONS:-}" = true ] &&
	    sudo -n true >/dev/null 2>&1; then
		run="sudo -n $run"
	elif [ "$(id -u)" -ne 0 ]; then
		say "missing tools; run this as root, then me again:"
		say "  $install"
		exit 1
	fi
	say "installing:$packages"
	mkdir -p "$out"
	$run "$install" >"$out/install.log" 2>&1 || {
		tail -n 20 "$out/install.log" >&2
		say "could not install; see $out/install.log"
		exit 1
	}
}

# target_tools TARGET: the compiler for it.
target_tools() {
	if [ -z "$1" ] || [ -n "${CC:-}" ] || [ "$1" = "$(native_target)" ]; then
		return 0
	fi
	name=$(triplet "$1")
	case $name in
	x86_64-*) echo "$name-gcc:gcc-x86-64-linux-gnu:-" ;;
	*) echo "$name-gcc:gcc-$name:-" ;;
	esac
}

all_target_tools() {
	for name in $targets; do
		target_tools "$name"
	done
}
