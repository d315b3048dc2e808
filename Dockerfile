# unicom in a container: built from this tree, run as an unprivileged user, with its data in one volume.
#
#   docker build -t unicom .
#   docker run -p 8080:8080 -v unicom:/var/lib/unicom unicom
#
# docs/OPERATIONS.md describes the settings, and how to back up the volume.

# Tags and not digests, so that a build gets Debian's fixes. docs/OPERATIONS.md describes how to pin them.
ARG BUILD_IMAGE=rust:1.89-slim-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /source
COPY . .
# With TLS to PostgreSQL, which managed databases demand.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl-dev pkg-config \
    && cargo build --profile dist --locked -p unicom-server --features postgres-tls

FROM ${BASE_IMAGE}
# Certificates for bots and object storage, which are called over TLS.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/unicom --create-home unicom
COPY --from=build /source/target/dist/unicom /usr/local/bin/unicom
USER unicom
WORKDIR /var/lib/unicom
VOLUME /var/lib/unicom
ENV UNICOM_DATABASE_URL=sqlite:///var/lib/unicom/unicom.db \
    UNICOM_LISTEN=0.0.0.0:8080 \
    UNICOM_LOG_FORMAT=json
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["unicom"]
CMD ["serve"]
