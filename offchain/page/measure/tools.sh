# For scripts/page-lighthouse and scripts/page-bench, which source it from the repository's root.

fail() { # fail <message>
    echo "${0#./}: $1" >&2
    exit 1
}

find_chromium() { # exports CHROMIUM
    CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
    [ -n "$CHROMIUM" ] || fail "Chromium is missing; install Debian's package chromium, or name it in CHROMIUM"
    export CHROMIUM
}

install_measure() { # what the lock file has, outside of the checkout where that is possible; node finds it by a link
    local measure=$PWD/offchain/page/measure cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}} lock folder
    if [ -n "$cache" ] && mkdir -p "$cache/bithive" 2>/dev/null && [ -w "$cache/bithive" ]; then
        cache=$cache/bithive
    else
        cache=$PWD/target
    fi
    lock=$(sha256sum "$measure/package-lock.json" | cut -c 1-16)
    folder=$cache/page-measure/$lock
    if [ ! -e "$folder/complete" ]; then
        command -v npm >/dev/null || fail "npm is missing; install node 20.19 or later"
        mkdir -p "$folder"
        cp "$measure/package.json" "$measure/package-lock.json" "$folder/"
        npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent
        touch "$folder/complete"
    fi
    if [ -d "$measure/node_modules" ] && [ ! -L "$measure/node_modules" ]; then
        fail "$measure/node_modules is a folder of its own; remove it, and it will be a link to packages of the lock file"
    fi
    ln -sfn "$folder/node_modules" "$measure/node_modules"
}
