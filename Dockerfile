# The image of a release: one static binary, for the platform that is asked for.
# It is cross-compiled on the platform that builds. The steps stand in the order of
# what changes seldom: packages, libraries, sources.
FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS build
WORKDIR /source
COPY build.sh ./
COPY src/gen/target.sh src/gen/tools.sh src/gen/
RUN ./build.sh tools

# Builders that do not set these build for their own platform.
ARG TARGETARCH
ARG TARGETVARIANT
RUN case "$TARGETARCH/$TARGETVARIANT" in \
    amd64/*) target=x86_64 ;; \
    arm64/*) target=aarch64 ;; \
    arm/v7) target=armv7 ;; \
    386/*) target=i686 ;; \
    riscv64/* | ppc64le/* | s390x/*) target=$TARGETARCH ;; \
    /*) target=$(uname -m | sed 's/^armv7l$/armv7/') ;; \
    *) echo "no target for $TARGETARCH/$TARGETVARIANT" >&2; exit 1 ;; \
    esac && \
    echo "$target" >/target && ./build.sh --target "$target" tools
COPY vendor vendor
COPY src/gen/hardening src/gen/
RUN ./build.sh --target "$(cat /target)" libraries
COPY src src
RUN target=$(cat /target) && ./build.sh --target "$target" && \
    mv "build/$target/repository-dispatch" /

FROM scratch
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="repository-dispatch" \
    org.opencontainers.image.description="Sends GitHub's repository_dispatch event" \
    org.opencontainers.image.source="https://github.com/octo-org/repository-dispatch" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION" \
    org.opencontainers.image.licenses="MIT AND MPL-2.0"
COPY --from=build /repository-dispatch /repository-dispatch
USER 65534:65534
ENTRYPOINT ["/repository-dispatch"]
