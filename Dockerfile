FROM debian:bookworm-slim AS build
COPY . /source
WORKDIR /source
RUN ./build.sh

FROM scratch
COPY --from=build /source/build/repository-dispatch /repository-dispatch
USER 65534:65534
ENTRYPOINT ["/repository-dispatch"]
