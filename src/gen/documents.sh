# documents.sh - filters that write into documents what stands in one place: the
# owner of the repository (.github/OWNER), and what install.sh knows of its own
# release. build.sh sources it for `format` and `dist`, and tests/checks/docs.sh
# to see whether that would change a document.
# shellcheck shell=sh

pinned_sums=.github/actions/repository-dispatch/SHA256SUMS

# with_owner <DOCUMENT: names the owner wherever this repository is named by its
# address. The names of images are in lower case.
with_owner() {
	read -r owner <.github/OWNER
	lower=$(printf %s "$owner" | tr '[:upper:]' '[:lower:]')
	name='[A-Za-z0-9-]\{1,\}'
	sed -e '/peter-evans/b' \
	    -e "s|\(uses: \)$name\(/repository-dispatch/\)|\1$owner\2|g" \
	    -e "s|\([ \`]\)$name\(/repository-dispatch@\)|\1$owner\2|g" \
	    -e "s|\(github\.com/\)$name\(/repository-dispatch\)|\1$owner\2|g" \
	    -e "s|\(githubusercontent\.com/\)$name\(/repository-dispatch\)|\1$owner\2|g" \
	    -e "s|\(--repo \)$name\(/repository-dispatch\)|\1$owner\2|g" \
	    -e "s|^\(\* @\)$name\$|\1$owner|" \
	    -e "s|\(ghcr\.io/\)$name\(/repository-dispatch\)|\1$lower\2|g"
}

# owned_documents: those that may name this repository by its address.
owned_documents() {
	find README.md Dockerfile .github vendor/*.md -type f | sort
}

# pinned_version: that of the pinned sums, or nothing.
pinned_version() {
	sed -n 's/^# version //p' "$pinned_sums"
}

# with_release <DOCUMENT: the version, the owner, and the sums of its binaries.
# Those of another version are left out.
with_release() {
	read -r owner <.github/OWNER
	read -r version <src/VERSION
	sums=''
	[ "$(pinned_version)" != "$version" ] ||
	    sums=$(grep -E '^[0-9a-f]{64} [ *]repository-dispatch-linux-' \
	        "$pinned_sums") || sums=''
	block="own_version='$version'
owner='$owner'
own_sums='$sums'" awk '
		/^# end of generated text/ { inside = 0 }
		!inside { print }
		/^# filled from .*: release$/ { inside = 1; print ENVIRON["block"] }'
}

# at_root <ACTION: the action at the root of the repository, whose scripts are in
# the folder of the other one.
at_root() {
	echo '# generated from .github/actions/repository-dispatch/action.yml'
	# shellcheck disable=SC2016  # the runner expands it
	sed -e '1,/^name:/{/^#/d;}' \
	    -e 's|\$GITHUB_ACTION_PATH/|&.github/actions/repository-dispatch/|'
}
