# PostgreSQL, Redis and nginx as Debian has them, unpacked but not installed: what the stand-ins of ./Dockerfile are made of. Its
# context is .tools/servers, which scripts/fetch-docker-engine makes.
FROM python-stand-in
COPY etc /etc/
COPY usr /usr/
COPY bin/busybox /usr/bin/
RUN ldconfig \
    && ln -s busybox /usr/bin/wget \
    && groupadd --system --gid 999 store && useradd --system --uid 999 --gid 999 store \
    && useradd --system --uid 101 --user-group nginx \
    && install -d -o 999 -g 999 /data /var/lib/postgresql/data /var/run/postgresql \
    && install -d -o 101 -g 101 /etc/nginx/conf.d \
    && mkdir -p /var/log/nginx && ln -s /dev/stderr /var/log/nginx/error.log
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
