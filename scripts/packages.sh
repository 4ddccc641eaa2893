# Sourced by run.sh, test.sh and bench.sh. need MODULES PROGRAMS FILES: sees to it that they are there, by the
# package manager on Debian 12 and 13, by naming what is missing elsewhere. With everything there it needs no network.
#
# What takes long says what it is, about how long it takes, and how far it is: a terminal that stands still looks
# broken. What the tools print themselves is shown only if they fail.

# What a build needs, by pkg-config name, and Debian's package for it.
build_modules='gnutls:libgnutls28-dev jansson:libjansson-dev libcurl:libcurl4-openssl-dev libmicrohttpd:libmicrohttpd-dev
libqrencode:libqrencode-dev libuv:libuv1-dev sqlite3:libsqlite3-dev zlib:zlib1g-dev'
build_programs='cc:gcc ninja:ninja-build meson:meson pkg-config:pkgconf curl:curl
esbuild:esbuild python3:python3'
build_files='/usr/include/stdlib.h:libc6-dev /usr/share/javascript/chart.js/chart.min.js:libjs-chart.js'

# What a run needs besides: the authorities that https pages are trusted by. Each system has them elsewhere.
run_files='/etc/ssl/certs/ca-certificates.crt|/etc/pki/tls/certs/ca-bundle.crt|/etc/ssl/cert.pem:ca-certificates'

say() {
    printf '%s\n' "$*" >&2
}

# The entries "what:package" that are not there; of files, "one|another:package" wants one of them.
missing_of() {
    for entry in $1; do
        if command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${entry%%:*}"; then continue; fi
        echo "$entry"
    done
    for entry in $2; do
        if command -v "${entry%%:*}" >/dev/null 2>&1; then continue; fi
        echo "$entry"
    done
    for entry in $3; do
        found=
        for file in $(echo "${entry%%:*}" | tr '|' ' '); do [ ! -e "$file" ] || found=yes; done
        [ -n "$found" ] || echo "$entry"
    done
}

need() {
    missing=$(missing_of "$1" "$2" "$3")
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        say 'gilscope needs these (names of pkg-config modules, programs and files), and they are not here:'
        for entry in $missing; do say "  ${entry%%:*}"; done
        exit 1
    fi
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            say "Packages are missing, and this is neither root nor is there sudo. Install as root:"
            say "  apt-get install$(for entry in $missing; do printf ' %s' "${entry#*:}"; done)"
            exit 1
        fi
        sudo=sudo
    fi
    packages=$(for entry in $missing; do echo "${entry#*:}"; done | sort -u)
    say "Installing by apt-get, with what they need; a minute or two:"
    say " " $packages
    # The list of packages may be old or, on a bare system, not there at all.
    quietly $sudo apt-get update -q
    quietly $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages
    missing=$(missing_of "$1" "$2" "$3")
    [ -z "$missing" ] || { say "Still missing after the installation:" $missing; exit 1; }
}

# want PROGRAMS: the same for what is done without where there is no package of it.
want() {
    wanted=
    for entry in $(missing_of '' "$1" ''); do
        if apt-cache show "${entry#*:}" >/dev/null 2>&1; then
            wanted="$wanted $entry"
        else
            say "There is no ${entry%%:*} here, and no package of it; what needs it is skipped"
        fi
    done
    need '' "$wanted" ''
}

# Runs a command and shows its output only if it fails; then that is the end.
quietly() {
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then rm -f "$log"; return; fi
    cat "$log" >&2
    rm -f "$log"
    say "This failed: $*"
    exit 1
}

# Reads what ninja says, each line begun by its percentage, and says every fifth of the way.
show_progress() {
    said=0
    while read -r percent _; do
        case $percent in
        [0-9]*%) ;;
        *) continue ;;
        esac
        if [ "${percent%\%}" -ge $((said + 20)) ]; then
            said=$((${percent%\%} / 20 * 20))
            say "  $said %"
        fi
    done
}

# build DIRECTORY [MESON OPTIONS]: configures once, then builds what has changed.
build() {
    directory=$1
    shift
    mkdir -p build 2>/dev/null && [ -w build ] || { say "$(pwd)/build cannot be written"; exit 1; }
    if [ ! -f "$directory/build.ninja" ]; then
        say "Configuring $directory, some seconds"
        quietly meson setup "$directory" "$@"
    fi
    case $(ninja -C "$directory" -n 2>&1) in
    *'no work to do'*) return ;;
    esac
    say "Building $directory; all of it takes about a minute on two CPUs"
    # A pipe has the status of its last command, so that of ninja goes by a file.
    { NINJA_STATUS='%p ' ninja -C "$directory" 2>&1 || echo failed >"$directory.failed"; } \
        | tee "$directory.log" | show_progress
    if [ -e "$directory.failed" ]; then
        cat "$directory.log" >&2
        rm -f "$directory.failed" "$directory.log"
        exit 1
    fi
    rm -f "$directory.log"
}

# Whether clang is here with all that a fuzzer is linked with.
can_fuzz() {
    folder=$(mktemp -d)
    echo '#include <stddef.h>
int LLVMFuzzerTestOneInput(const char *data, size_t size) { return data && size > 9; }' |
        clang -fsanitize=fuzzer,address,undefined -x c -o "$folder/fuzzer" - 2>/dev/null && fuzzes=yes || fuzzes=
    rm -rf "$folder"
    [ -n "$fuzzes" ]
}

# find_fuzzing: installs what build_fuzzers needs. Fails, and says so, where there is no clang that can.
find_fuzzing() {
    want 'clang:clang'
    command -v clang >/dev/null 2>&1 || return 1
    # Of the runtime that the package of clang only recommends, the name has the version in it.
    runtime=libclang-rt-$(clang -dumpversion | sed 's/\..*//')-dev
    if ! can_fuzz && apt-cache show "$runtime" >/dev/null 2>&1; then
        need '' '' "$(clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer-$(uname -m).a:$runtime"
    fi
    can_fuzz || { say 'The clang that is here has no runtime for fuzzing; tests/fuzz is skipped'; return 1; }
}

# build_fuzzers [MESON OPTIONS]: builds the programs with the harnesses of tests/fuzz in build/fuzz.
build_fuzzers() {
    (
        CC=clang
        export CC
        build build/fuzz --buildtype=debugoptimized -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false "$@"
    )
}
