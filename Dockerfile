# The server with its engine, and the distribution's Python as a real runtime beside it. scripts/image.sh builds it
# with whatever is there; by hand, and to run it:
#
#     docker build -t gilscope .
#     docker run --rm -p 127.0.0.1:8080:8080 -v gilscope:/var/lib/gilscope gilscope
#
# docs/operating.md says how it gets tokens and other settings. Another base: --build-arg BASE=debian:13-slim; without
# Python: --build-arg WITH_PYTHON=0.
ARG BASE=debian:12-slim

FROM ${BASE} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        check curl esbuild gcc libc6-dev libcurl4-openssl-dev libgnutls28-dev libjansson-dev libjs-chart.js \
        libmicrohttpd-dev libqrencode-dev libsqlite3-dev libuv1-dev meson ninja-build pkgconf python3 zlib1g-dev
COPY . /src
# Who builds it may be slow; Check has deadlines of its own below those of meson.
RUN meson setup /build /src --buildtype=release --prefix=/usr --sysconfdir=/etc \
    && ninja -C /build \
    && CK_TIMEOUT_MULTIPLIER=4 meson test -C /build --no-rebuild --suite unit --timeout-multiplier 4 --print-errorlogs \
    && meson install -C /build --no-rebuild --tags runtime --destdir /image

FROM ${BASE}
LABEL org.opencontainers.image.title="gilscope" \
      org.opencontainers.image.description="A lab for threads, processes and event loops under a global lock" \
      org.opencontainers.image.licenses="MIT"
ARG WITH_PYTHON=1
# Later releases of Debian call some of these libraries otherwise, and provide the names here, too. The group of the
# volume's folder is the one that a container has whose user is given by a number alone.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libgnutls30 libjansson4 libmicrohttpd12 libqrencode4 libsqlite3-0 libuv1 zlib1g \
    && if [ "$WITH_PYTHON" = 1 ]; then \
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3; \
    fi \
    && apt-get clean \
    && rm -rf /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/* /var/lib/apt/lists/* /var/log/* \
    && install -d -o 10001 -g 0 -m 0770 /var/lib/gilscope
COPY --from=build /image/ /
# Every program finds its libraries, and the settings are right.
RUN gilscope-guard --help && gilscope-origin --help && gilscope --config /etc/gilscope.ini --check-config
# A number, for good: what is in a volume belongs to it, and Kubernetes takes no name for a user that is not root.
USER 10001:10001
EXPOSE 8080
# Inside a container the address is the container's own; who may reach it is decided by the port mapping.
ENV GILSCOPE_SERVER_BIND=0.0.0.0
# The runs that were made; on a read-only file system without a volume they are kept in memory only.
ENV STATE_DIRECTORY=/var/lib/gilscope
VOLUME /var/lib/gilscope
# Port 0: whichever the server has, also with --set server.port or another file of settings.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["gilscope", "--set", "server.port=0", "--health"]
ENTRYPOINT ["gilscope", "--config", "/etc/gilscope.ini"]
