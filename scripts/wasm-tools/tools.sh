# For scripts/wasm and scripts/page, which source it from the repository's root: the tools for WebAssembly, at pinned versions,
# installed outside of the checkout where that is possible.

# Outside of the checkout where that is possible, so that the next clone finds it.
cache_folder() {
    local cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    if [ -n "$cache" ] && mkdir -p "$cache/bithive" 2>/dev/null && [ -w "$cache/bithive" ]; then
        echo "$cache/bithive"
    else
        echo "$PWD/target"
    fi
}

wasm_opt="" # set by find_wasm_opt
find_wasm_opt() { # installs binaryen as the lock file has it, once for each lock file
    local lock folder
    lock=$(sha256sum scripts/wasm-tools/package-lock.json | cut -c 1-16)
    folder=$(cache_folder)/wasm-tools/$lock
    wasm_opt=$folder/node_modules/.bin/wasm-opt
    if [ ! -e "$folder/complete" ]; then
        command -v npm >/dev/null || fail "npm is missing; install node (any version that is maintained)"
        mkdir -p "$folder"
        cp scripts/wasm-tools/package.json scripts/wasm-tools/package-lock.json "$folder/"
        npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent
        touch "$folder/complete"
    fi
}

wasm_bindgen="" # set by find_wasm_bindgen
find_wasm_bindgen() { # installs the command of the version that Cargo.lock has of the library: they have to be the same
    local version folder
    version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
    folder=$(cache_folder)/wasm-bindgen/$version
    wasm_bindgen=$folder/bin/wasm-bindgen
    if [ "$("$wasm_bindgen" --version 2>/dev/null)" != "wasm-bindgen $version" ]; then
        # It reads and writes one file: how well it is optimised does not show.
        env -u RUSTFLAGS -u CARGO_TARGET_DIR cargo install wasm-bindgen-cli --bin wasm-bindgen --version "$version" --locked \
            --debug --quiet --root "$folder"
    fi
}
