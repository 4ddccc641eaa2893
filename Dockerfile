# An image with the server and the engine:
# docker build -t gilscope . && docker run --rm --init -p 127.0.0.1:8080:8080 gilscope
ARG BASE=debian:12-slim

FROM ${BASE} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        gcc libc6-dev libcurl4-openssl-dev libgnutls28-dev libjansson-dev libjs-chart.js libmicrohttpd-dev \
        libsqlite3-dev libuv1-dev meson ninja-build pkgconf zlib1g-dev
COPY . /src
RUN meson setup /build /src --buildtype=release --prefix=/usr/local && meson install -C /build
# The packages of the libraries that the programs link with: their names differ between releases of Debian.
RUN ldd /usr/local/bin/gilscope* | awk '/=> \// {print $3}' | sort -u | xargs realpath | sed 's|.*/|*/|' \
    | xargs dpkg -S | cut -d: -f1 | sort -u > /packages

FROM ${BASE}
COPY --from=build /packages /tmp/packages
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates $(cat /tmp/packages) \
    && rm -rf /var/lib/apt/lists/* /tmp/packages \
    && useradd --system --no-create-home gilscope \
    && mkdir /var/lib/gilscope \
    && chown gilscope /var/lib/gilscope
COPY --from=build /usr/local/bin/ /usr/local/bin/
COPY --from=build /usr/local/share/gilscope/ /usr/local/share/gilscope/
COPY --from=build /src/config.ini /etc/gilscope.ini
USER gilscope
EXPOSE 8080
# Inside a container the address is the container's own; who may reach it is decided by the port mapping.
ENV GILSCOPE_SERVER_BIND=0.0.0.0
# The runs that were made; on a read-only file system without a volume they are kept in memory only.
ENV STATE_DIRECTORY=/var/lib/gilscope
VOLUME /var/lib/gilscope
# Port 0: whichever the server has, also with --set server.port or another file of settings.
HEALTHCHECK --interval=10s --timeout=3s CMD ["gilscope", "--set", "server.port=0", "--health"]
ENTRYPOINT ["gilscope", "--config", "/etc/gilscope.ini"]
