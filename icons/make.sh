#!/usr/bin/env bash
# Makes every icon from the three drawings beside it, with the Tauri CLI: epistle.svg (the app), epistle-small.svg (16 to 32 pixels
# and the tray), tray-template.svg (menu bars that tint it). What it makes is committed, so a build never needs it.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
draw() { npx --prefix ../ui --no-install tauri icon "$@" >/dev/null; }

draw epistle.svg --output "$work/app"
cp "$work/app"/{64x64.png,128x128.png,128x128@2x.png,icon.icns,icon.ico} .
draw epistle.svg --output "$work/large" --png 48 --png 512
cp "$work/large"/{48x48.png,512x512.png} .
draw epistle-small.svg --output "$work/small" --png 16 --png 22 --png 32 --png 44
cp "$work/small"/{16x16.png,22x22.png,32x32.png} .
cp "$work/small/44x44.png" tray.png
draw tray-template.svg --output "$work/template" --png 44
cp "$work/template/44x44.png" tray-template.png
