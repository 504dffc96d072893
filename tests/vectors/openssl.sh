#!/bin/sh
# openssl.sh [ROUNDS] - compares src/crypto and tls/schedule with the libcrypto of
# this machine: see openssl.c. suite.sh has TEST_CC and the
# objects of the unit tests.
set -eu
# shellcheck disable=SC2086  # TEST_CC is a command, and what suite.sh gives us
$TEST_CC -std=c11 -D_DEFAULT_SOURCE -Isrc -Itests/unit -Ibuild/bearssl-src/inc \
    tests/vectors/openssl.c "$TEST_OBJECTS"/crypto/*.o \
    "$TEST_OBJECTS"/tls/schedule.o "$TEST_OBJECTS"/tls/suite.o \
    "$TEST_OBJECTS"/base/span.o "$TEST_OBJECTS"/base/buffer.o \
    build/host/bearssl/libbearssl.a -lcrypto -o build/openssl
exec build/openssl "$@"
