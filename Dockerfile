# The `bithive` program in an image of its own:
#
#   docker build --tag bithive .
#   docker run --rm bithive --help
#   docker run --volume /srv/hive/node:/party bithive node run --config /party/node.toml --password-file /party/password
#
# `scripts/dockerfile-check` reads this file and runs the steps of its first stage without Docker.

FROM rust:1.95.0-bookworm AS build
# The image has this toolchain already; rust-toolchain.toml would have more of it downloaded.
ENV RUSTUP_TOOLCHAIN=1.95.0
ENV CARGO_TARGET_DIR=/build
ENV OUT=/out
WORKDIR /bithive
COPY . .
RUN cargo build --release --locked
RUN install -D --strip "$CARGO_TARGET_DIR/release/bithive" "$OUT/bithive"
RUN "$OUT/bithive" --version

FROM debian:bookworm-slim
RUN useradd --create-home --uid 10001 hive
COPY --from=build /out/bithive /usr/local/bin/bithive
USER hive
WORKDIR /home/hive
ENTRYPOINT ["bithive"]
CMD ["--help"]
