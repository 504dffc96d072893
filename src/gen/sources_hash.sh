#!/bin/sh
# sources_hash.sh - prints a SHA-256 over everything that goes into a build. It
# runs in the root of the sources. The action's cache has it in its keys, and -V
# prints it. Nothing of git is in it: sources without a history have it as well.
set -eu
LC_ALL=C
export LC_ALL

sum=$(find build.sh src vendor -type f ! -path 'vendor/cache/*' \
    -exec sha256sum {} + | sort | sha256sum)
printf '%s\n' "${sum%% *}"
