# dist.sh - what a release consists of, and the Debian package; sourced by
# build.sh. Everything depends on the sources and on the compilers only: files
# have fixed modes and names in a fixed order, and documents the time of
# release_time.
# shellcheck shell=sh
# shellcheck disable=SC2154  # out is build.sh's, targets and target are target.sh's

. src/gen/program.sh
. src/gen/format.sh

version=$(cat src/VERSION)
owner=$(cat .github/OWNER)

# release_time: SOURCE_DATE_EPOCH, or the day of this version in the changelog,
# or for a version that is not in it that of the newest dated source, the roots.
release_time() {
	if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
		return 0
	fi
	day=$(sed -n "s/^## \[$version] - \([0-9-]*\).*/\1/p" \
	    .github/CHANGELOG.md 2>/dev/null) || day=''
	[ -n "$day" ] || day=$(sed -n 's/^# date //p' vendor/roots.pem)
	date -u -d "$day" +%s
}

# place MODE FILE AS: a copy with this mode, whatever umask is.
place() {
	mkdir -p "${3%/*}"
	cp "$2" "$3"
	chmod "$1" "$3"
}

# document FILE COMMAND...: writes what the command prints.
document() {
	document_to=$1
	shift
	mkdir -p "${document_to%/*}"
	"$@" >"$document_to"
	chmod 644 "$document_to"
}

# is_pinned_toolchain TARGET: compilers and linker are those of releases.
is_pinned_toolchain() {
	pinned_tools "$out/$1/toolchain"
}

# pin_sums FOLDER: the sums of the binaries, for the action and for install.sh.
pin_sums() {
	{
		grep '^#' "$pinned_sums" | grep -v '^# version '
		echo "# version $version"
		(cd "$1" && sha256sum repository-dispatch-linux-*)
	} >"$out/sums"
	cmp -s "$out/sums" "$pinned_sums" && return 0
	cp "$out/sums" "$pinned_sums"
	say "$pinned_sums has changed: commit it, and install.sh, before the tag"
}

# dist_binaries FOLDER: all targets, and in $out/toolchain what made them.
dist_binaries() {
	: >"$out/toolchain"
	pinned=yes
	for name in $targets; do
		build_target "$name"
		place 755 "$out/$name/repository-dispatch" \
		    "$1/repository-dispatch-linux-$name"
		cat "$out/$name/toolchain" >>"$out/toolchain"
		is_pinned_toolchain "$name" || pinned=no
	done
}

# The folder appears once it is complete.
dist() {
	folder=$out/dist.new
	rm -rf "$folder" "$out/dist"
	mkdir -p "$folder"
	dist_binaries "$folder"
	if [ $pinned = yes ]; then
		pin_sums "$folder"
		generate_install
	else
		say 'the pinned sums stay: other compilers make other bytes'
	fi
	generate_manual
	for name in $manual $completions; do
		place 644 "$out/gen/$name" "$folder/$name"
	done
	place 755 .github/install.sh "$folder/install.sh"
	place 644 .github/repository-dispatch.schema.json \
	    "$folder/repository-dispatch.schema.json"
	document "$folder/LICENSES.txt" \
	    sh src/gen/notices.sh "$out/bearssl-src" "$out/musl-src"
	document "$folder/repository-dispatch.spdx.json" \
	    sh src/gen/sbom.sh "$(release_time)" "$out/toolchain" \
	    "$folder"/repository-dispatch-linux-*
	(cd "$folder" && sha256sum -- * >"../dist.sums")
	place 644 "$out/dist.sums" "$folder/SHA256SUMS"
	mv "$folder" "$out/dist"
}

# debian_name TARGET: the processor as dpkg calls it.
debian_name() {
	case $1 in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	armv7) echo armhf ;;
	i686) echo i386 ;;
	ppc64le) echo ppc64el ;;
	*) echo "$1" ;;
	esac
}

maintainer="repository-dispatch authors <$owner@users.noreply.github.com>"

# installed_size FOLDER: in KiB, a file at a time, whatever the file system.
installed_size() {
	find "$1" -type f -exec wc -c {} \; |
	    awk '{ size += int(($1 + 1023) / 1024) } END { print size }'
}

# control FOLDER: the control file of a package with what the folder has.
control() {
	cat <<END_OF_CONTROL
Package: repository-dispatch
Version: $version
Architecture: $(debian_name "$target")
Maintainer: $maintainer
Installed-Size: $(installed_size "$1")
Section: utils
Priority: optional
Homepage: https://github.com/$owner/repository-dispatch
Description: start GitHub workflows with a repository_dispatch event
 One static program sends GitHub's repository_dispatch event, and can wait for
 the runs that the event starts. It checks the payload first, and retries only
 if the event cannot have been delivered. It needs no other program, library or
 file.
END_OF_CONTROL
}

changelog() {
	cat <<END_OF_CHANGELOG
repository-dispatch ($version) stable; urgency=medium

  * Version $version: see
    https://github.com/$owner/repository-dispatch/releases

 -- $maintainer  $(date -u -R -d "@$epoch")
END_OF_CHANGELOG
}

overrides() {
	cat <<'END_OF_OVERRIDES'
# It also runs where there is no library, such as in an empty container image.
repository-dispatch: statically-linked-binary
# It is no library: a static program at a random address looks like one.
repository-dispatch: shared-library-lacks-prerequisites [usr/bin/repository-dispatch]
END_OF_OVERRIDES
}

compressed() {
	gzip -9 -n -c "$1"
}

# package_files FOLDER: what the package installs.
package_files() {
	doc=$1/usr/share/doc/repository-dispatch
	place 755 "$out/$target/repository-dispatch" \
	    "$1/usr/bin/repository-dispatch"
	document "$1/usr/share/man/man1/$manual.gz" \
	    compressed "$out/gen/$manual"
	place 644 "$out/gen/repository-dispatch.bash" \
	    "$1/usr/share/bash-completion/completions/repository-dispatch"
	place 644 "$out/gen/_repository-dispatch" \
	    "$1/usr/share/zsh/vendor-completions/_repository-dispatch"
	place 644 "$out/gen/repository-dispatch.fish" \
	    "$1/usr/share/fish/vendor_completions.d/repository-dispatch.fish"
	document "$doc/copyright" \
	    sh src/gen/notices.sh "$out/bearssl-src" "$out/musl-src"
	document "$doc/repository-dispatch.spdx.json" \
	    sh src/gen/sbom.sh "$epoch" "$out/$target/toolchain" \
	    "$1/usr/bin/repository-dispatch"
	document "$out/package/changelog" changelog
	document "$doc/changelog.gz" compressed "$out/package/changelog"
	document "$1/usr/share/lintian/overrides/repository-dispatch" overrides
}

# package TARGET: sets made, the package.
package() {
	build_target "$1"
	generate_manual
	epoch=$(release_time)
	tree=$out/package/root
	rm -rf "$out/package"
	mkdir -p "$tree/DEBIAN"
	package_files "$tree"
	(cd "$tree" && find usr -type f | sort | xargs md5sum) >"$out/package/md5sums"
	document "$tree/DEBIAN/control" control "$tree/usr"
	place 644 "$out/package/md5sums" "$tree/DEBIAN/md5sums"
	find "$tree" -type d -exec chmod 755 {} +
	find "$tree" -exec touch -h -d "@$epoch" {} +
	made=$out/repository-dispatch_${version}_$(debian_name "$1").deb
	# One thread: a number of them changes how xz cuts its blocks.
	SOURCE_DATE_EPOCH=$epoch dpkg-deb --root-owner-group -Zxz \
	    --threads-max=1 --build "$tree" "$made" >/dev/null
}
