#!/bin/sh
# openssl.sh [ROUNDS] - compares src/crypto and tls/schedule with the libcrypto of
# this machine: see openssl.c. The unit tests leave the objects in build/host.
set -eu
gcc -std=c11 -D_DEFAULT_SOURCE -O1 -g -fsanitize=address,undefined \
    -fno-sanitize-recover=all -Isrc -Itests/unit -Ibuild/bearssl-src/inc \
    tests/vectors/openssl.c build/host/ours/crypto/*.o \
    build/host/ours/tls/schedule.o build/host/ours/tls/suite.o \
    build/host/ours/base/span.o build/host/ours/base/buffer.o \
    build/host/bearssl/libbearssl.a -lcrypto -o build/openssl
exec build/openssl "$@"
