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
find_wasm_bindgen() { # builds what writes a library's module for web pages, once for each lock file
    local version lock folder
    version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
    grep -qF "wasm-bindgen-cli-support = \"=$version\"" scripts/wasm-tools/bindgen/Cargo.toml ||
        fail "Cargo.lock has wasm-bindgen $version; scripts/wasm-tools/bindgen/Cargo.toml has to name the same version"
    lock=$(cat scripts/wasm-tools/bindgen/{Cargo.lock,Cargo.toml,src/main.rs} rust-toolchain.toml | sha256sum | cut -c 1-16)
    folder=$(cache_folder)/wasm-bindgen/$lock
    wasm_bindgen=$folder/bin/bithive-bindgen
    if [ ! -x "$wasm_bindgen" ]; then
        # It reads and writes one file: how well it is optimised does not show.
        env -u RUSTFLAGS -u CARGO_TARGET_DIR CARGO_TARGET_DIR="$folder/target" \
            cargo install --path scripts/wasm-tools/bindgen --locked --debug --quiet --root "$folder"
        rm -rf "$folder/target"
    fi
}
