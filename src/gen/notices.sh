#!/bin/sh
# notices.sh BEARSSL MUSL - prints the licences of everything in the binary, in
# full. BEARSSL and MUSL are the unpacked sources. It runs in the root of our
# own.
set -eu

bearssl=$1
musl=$2
# Debian has the text of the licence, which is the same everywhere.
mpl=/usr/share/common-licenses/MPL-2.0
mpl_sum=fab3dd6bdab226f1c08630b1dd917e11fcb4ec5e1e020e2c16f83a0a13863e85

# part TITLE TEXT...
part() {
	printf '%s\n\n' '========================================' "$@"
}

sum=$(sha256sum <"$mpl")
[ "${sum%% *}" = "$mpl_sum" ] || {
	echo "notices.sh: $mpl is not the Mozilla Public License 2.0" >&2
	exit 1
}
cat <<'END_OF_HEAD'
repository-dispatch is a static binary. These are the licences of what it is made
of: its own sources, BearSSL, musl, Mozilla's CA certificates, and parts of libgcc.

END_OF_HEAD
part 'repository-dispatch (MIT License)'
cat LICENSE
echo
part 'BearSSL (MIT License), https://bearssl.org'
cat "$bearssl/LICENSE.txt"
echo
part 'musl (MIT License, with the notices below), https://musl.libc.org'
cat "$musl/COPYRIGHT"
echo
part "Mozilla's CA certificates (Mozilla Public License 2.0)" \
    "The source is certdata.txt: \
https://wiki.mozilla.org/CA/Included_Certificates
The binary has the names and keys of the certificates in vendor/roots.pem."
cat "$mpl"
echo
part 'libgcc (GNU General Public License 3 or later, with an exception)' \
    'The compiler adds parts of its library to what it compiles. The GCC Runtime
Library Exception 3.1 permits that under any licence:
https://www.gnu.org/licenses/gcc-exception-3.1.html'
