# unicom in a container: built from this tree, run as a user without rights, with its data in one volume.
#
#   docker build -t unicom .
#   docker run -p 8080:8080 -v unicom:/var/lib/unicom unicom
#
# docs/OPERATIONS.md says what to set, and how to back the volume up.

FROM rust:1.89-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p unicom-server

FROM debian:bookworm-slim
# Bots and object storage are called over TLS.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/unicom --create-home unicom
COPY --from=build /source/target/release/unicom /usr/local/bin/unicom
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
