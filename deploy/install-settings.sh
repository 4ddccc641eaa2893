#!/bin/sh
# Called by `meson install`: install-settings.sh FILE TARGET. A target that is there already is left alone.
set -eu
target=${MESON_INSTALL_DESTDIR_PREFIX%"$MESON_INSTALL_PREFIX"}$2
if [ -e "$target" ]; then
    cmp -s "$1" "$target" || echo "$target has been changed and stays as it is; new settings are in $1"
    exit 0
fi
mkdir -p "$(dirname "$target")"
install -m 0644 "$1" "$target"
