# To be read by scripts in the root of the tree. need_modules FOLDER: the packages of npm that its package.json names,
# installed there. With those of the lock file already there, nothing is fetched.
need_modules() (
    cd "$1"
    if ! cmp -s package-lock.json node_modules/.installed-lock; then
        npm ci --no-audit --no-fund >&2
        cp package-lock.json node_modules/.installed-lock
    fi
)
