#!/bin/sh
# install.sh - downloads a release of repository-dispatch for this machine,
# verifies it and installs it. POSIX sh; needs curl or wget, and sha256sum.
#
#   sh install.sh                        PREFIX/bin/repository-dispatch
#   PREFIX=DIR sh install.sh             default: /usr/local for root,
#                                        otherwise $HOME/.local
#   VERSION=1.2.3 sh install.sh          another release than this script's
#   MIRROR=URL sh install.sh             a folder with the release's files
#
# The SHA-256 of the binaries of its own release are in this file, so it does not
# matter what the transport did. With another VERSION they come from that
# release's SHA256SUMS, which is only as safe as the connection it came over:
# the script says so, and takes it only over HTTPS, by a program that verifies
# certificates.
#
# Nothing is executed before the last line has arrived, and nothing is at its
# final place before it is whole, verified and has run once. Exit status: 0
# installed; 1 not installed; 2 a wrong variable.
set -eu

# filled from src/VERSION, .github/OWNER and SHA256SUMS: release
own_version='1.0.0'
owner='octo-org'
own_sums=''
# end of generated text

say() {
	printf '%s\n' "install.sh: $*" >&2
}

# fail STATUS TEXT [HINT]
fail() {
	say "$2"
	[ -z "${3:-}" ] || printf '%s\n' "hint: $3" >&2
	exit "$1"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# Sets version, and is_own: whether the sums of this script are for it.
set_version() {
	[ -n "$own_sums" ] || [ -n "${VERSION:-}" ] ||
	    fail 1 'this copy of install.sh belongs to no release' \
	        "use that of a release, https://github.com/$owner\
/repository-dispatch/releases, or set VERSION"
	version=${VERSION:-$own_version}
	version=${version#v}
	case $version in
	[0-9]*) ;;
	*) version='?' ;;
	esac
	case $version in
	*[!A-Za-z0-9.+-]* | ?????????????????????????????????*)
		fail 2 'VERSION is not the number of a release' \
		    'write it as in VERSION=1.2.3'
		;;
	esac
	is_own=no
	[ "$version" != "$own_version" ] || [ -z "$own_sums" ] || is_own=yes
}

# Sets folder, where the release's files are.
set_folder() {
	folder=${MIRROR:-https://github.com/$owner/repository-dispatch\
/releases/download/v$version}
	folder=${folder%/}
	case $folder in
	*[!A-Za-z0-9._~:/%@+=,-]*)
		fail 2 'MIRROR has a character that is not of a URL' ;;
	https://?*) ;;
	http://?*)
		[ "$is_own" = yes ] || fail 2 "MIRROR begins with http://, \
over which the sums of version $version prove nothing" \
		    "use https://, or the install.sh of version $version"
		;;
	*) fail 2 'MIRROR does not begin with https://' ;;
	esac
}

# Sets asset. Each is the name of a static binary, which needs no library: a
# system of 32 bits on a kernel of 64 runs the one for the kernel.
set_asset() {
	system=$(uname -s) machine=$(uname -m)
	[ "$system" = Linux ] ||
	    fail 1 "there are binaries for Linux only, and this is $system" \
	        'run it in a Linux container'
	case $machine in
	x86_64 | amd64) target=x86_64 ;;
	aarch64 | arm64) target=aarch64 ;;
	armv7* | armv8l) target=armv7 ;;
	i686) target=i686 ;;
	riscv64 | ppc64le | s390x) target=$machine ;;
	*)
		fail 1 "releases have no binary for the processor $machine" \
		    "build it from source: https://github.com/$owner\
/repository-dispatch"
		;;
	esac
	asset=repository-dispatch-linux-$target
}

# Sets place and to.
set_place() {
	if [ -n "${PREFIX:-}" ]; then
		prefix=$PREFIX
	elif [ "$(id -u)" -eq 0 ]; then
		prefix=/usr/local
	elif [ -n "${HOME:-}" ]; then
		prefix=$HOME/.local
	else
		fail 2 'neither PREFIX nor HOME is set'
	fi
	case $prefix in
	*[[:cntrl:]]*) fail 2 'PREFIX has a control character' ;;
	/*) ;;
	*) prefix=$PWD/$prefix ;;
	esac
	while [ "${prefix%/}" != "$prefix" ]; do
		prefix=${prefix%/}
	done
	place=$prefix/bin
	to=$place/repository-dispatch
	[ ! -d "$to" ] || fail 1 "$to is a folder"
}

# BusyBox's may not verify certificates, and that of 1.35 crashes with -T.
is_gnu_wget() {
	wget --version 2>/dev/null | grep -q '^GNU Wget'
}

# Sets downloader, and tries: by itself, GNU wget tries 20 times. The sums need one
# that verifies certificates.
set_downloader() {
	has sha256sum || fail 1 'sha256sum is missing' \
	    'install coreutils or busybox'
	if has curl; then
		downloader=curl
	elif has wget; then
		downloader=wget
	else
		fail 1 'curl and wget are missing' 'install one of them'
	fi
	tries=''
	! is_gnu_wget || tries='-T 60 -t 2 --waitretry=1'
	[ "$is_own" = yes ] || [ $downloader = curl ] || [ -n "$tries" ] ||
	    fail 1 "this wget may not verify certificates, so the sums of \
version $version would prove nothing" \
	        "install curl, or use the install.sh of version $version"
}

# Makes work, a folder of this process only, in the file system of the final
# place. mkdir follows no link and takes no folder that exists.
make_work() {
	(umask 022 && mkdir -p "$place") 2>/dev/null ||
	    fail 1 "cannot make the folder $place" \
	        'set PREFIX to a folder that you may write to, or run it as root'
	work=$place/.repository-dispatch.$$
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	(umask 077 && mkdir "$work") 2>/dev/null || {
		trap - EXIT
		fail 1 "cannot write to $place" \
		    'set PREFIX to a folder that you may write to, or run it as root'
	}
}

# fetch NAME: puts the file into work, if it has at most 4 MiB (8192 blocks). The
# script itself may be on standard input.
fetch() {
	(
		ulimit -f 8192 2>/dev/null || true
		if [ $downloader = curl ]; then
			curl --fail --silent --show-error --location \
			    --proto-redir "$redirect" --max-redirs 10 \
			    --connect-timeout 20 --max-time 300 \
			    --output "$work/$1" "$folder/$1"
		else
			# shellcheck disable=SC2086  # options
			wget -q $tries -O "$work/$1" "$folder/$1"
		fi
	) </dev/null >"$work/log" 2>&1 && [ -s "$work/$1" ]
}

# download NAME HINT
download() {
	fetch "$1" || {
		tr -cd '\n -~' <"$work/log" | tail -n 3 >&2
		fail 1 "could not download $folder/$1" "$2"
	}
}

# Sets wanted, the one sum that standard input has for the asset. Names may have
# the * of sha256sum's binary mode.
set_wanted() {
	wanted=''
	# The last line may have no end.
	while read -r sum name || [ -n "$sum" ]; do
		[ "${name#\*}" = "$asset" ] || continue
		case $wanted in
		'' | "$sum") wanted=$sum ;;
		*) fail 1 "there are two sums of $asset" ;;
		esac
	done
	case $wanted in
	'') fail 1 "version $version has no $asset" ;;
	*[!0-9a-f]*) fail 1 "the sum of $asset is not a SHA-256" ;;
	esac
	[ ${#wanted} -eq 64 ] || fail 1 "the sum of $asset is not a SHA-256"
}

verify() {
	sum=$(sha256sum <"$work/$asset") || sum=''
	[ "${sum%% *}" = "$wanted" ] || fail 1 \
	    "the downloaded $asset is not the release's; nothing was installed" \
	    'a proxy may have replaced it, or the download was cut: try again'
}

# Runs it once, from where it will be, before others can see it.
try() {
	chmod 755 "$work/$asset"
	"$work/$asset" --version </dev/null >"$work/log" 2>&1 ||
	    fail 1 "the binary is the right one, but does not run in $place" \
	        'the file system may be mounted with noexec: set PREFIX'
}

main() {
	set_version
	set_folder
	set_asset
	set_place
	set_downloader
	make_work
	if [ "$is_own" = yes ]; then
		redirect='=http,https'
		set_wanted <<END
$own_sums
END
	else
		redirect='=https'
		say "the sums of version $version come from its release, not \
from this script"
		download SHA256SUMS "is $version the number of a release?"
		set_wanted <"$work/SHA256SUMS"
	fi
	download "$asset" 'check the network and the proxy (https_proxy)'
	verify
	try
	mv -f "$work/$asset" "$to" || fail 1 "cannot replace $to"
	printf '%s\n' "installed repository-dispatch $version as $to"
	case :$PATH: in
	*:"$place":*) ;;
	*)
		say "$place is not on PATH"
		# shellcheck disable=SC2016  # the reader's shell expands it
		printf 'hint: run export PATH="%s:$PATH"\n' "$place" >&2
		;;
	esac
}

main "$@"
