#!/bin/sh
# package.sh - the Debian package: built, checked by lintian, installed and
# removed in an empty root. It is built in a copy of the folder, from the
# objects that are there, so only linking takes time.
. tests/checks/tap.sh.inc
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
root=$place/root

builds() {
	mkdir -p "$place/copy/build"
	cp -R -p build.sh LICENSE src vendor .github "$place/copy" &&
	    cp -R -p "build/$TARGET" build/*-src build/gen "$place/copy/build" &&
	    (cd "$place/copy" && ./build.sh package) &&
	    package=$(echo "$place"/copy/build/repository-dispatch_*.deb) &&
	    [ -e "$package" ]
}

has_the_binary() {
	dpkg-deb -x "$package" "$place/unpacked" &&
	    cmp build/repository-dispatch \
	        "$place/unpacked/usr/bin/repository-dispatch"
}

# Who builds and when is not in it.
has_fixed_owners_and_times() {
	dpkg-deb -c "$package" | awk '
		$2 != "root/root" || $1 !~ /^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x)$/
		{ times[$4 " " $5] = 1 }
		END { for (time in times) n++; if (n != 1) print n " times" }' |
	    grep . && return 1
	return 0
}

passes_lintian() {
	lintian --fail-on error,warning --tag-display-limit 0 "$package"
}

# own_dpkg OPTION...: on a root that holds nothing but dpkg's own files. A user
# other than root is made one in a namespace of its own.
own_dpkg() {
	become=''
	[ "$(id -u)" -eq 0 ] || become='unshare --user --map-root-user'
	$become dpkg --root="$root" --force-script-chrootless --log=/dev/null \
	    "$@"
}

installs() {
	mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
	: >"$root/var/lib/dpkg/status"
	: >"$root/var/lib/dpkg/available"
	own_dpkg --install "$package" &&
	    own_dpkg --verify repository-dispatch &&
	    "$root/usr/bin/repository-dispatch" -V | grep -x \
	        "repository-dispatch $(cat src/VERSION)"
}

installs_all_files() {
	for file in man/man1/repository-dispatch.1.gz \
	    bash-completion/completions/repository-dispatch \
	    zsh/vendor-completions/_repository-dispatch \
	    fish/vendor_completions.d/repository-dispatch.fish \
	    doc/repository-dispatch/copyright \
	    doc/repository-dispatch/changelog.gz \
	    doc/repository-dispatch/repository-dispatch.spdx.json; do
		[ -s "$root/usr/share/$file" ] || {
			echo "$file is not there"
			return 1
		}
	done
	gzip -dc "$root/usr/share/man/man1/repository-dispatch.1.gz" |
	    cmp - build/gen/repository-dispatch.1
}

# What is left is the state of dpkg.
removes() {
	own_dpkg --remove repository-dispatch &&
	    ! find "$root" -path "$root/var" -prune -o -type f -print | grep .
}

if command -v dpkg-deb >/dev/null; then
	check 'builds' builds
	package=$(echo "$place"/copy/build/repository-dispatch_*.deb)
	check 'it has the binary' has_the_binary
	check 'owners, modes and times are fixed' has_fixed_owners_and_times
	check 'lintian finds nothing' passes_lintian
	check 'installs' installs
	check 'all files are there' installs_all_files
	check 'removes' removes
else
	skip 'the Debian package' 'needs dpkg'
fi
plan
