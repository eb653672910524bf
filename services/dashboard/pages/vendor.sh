#!/bin/sh
# Refresh the design system's files that the pages are built on. Needs npm and a network; nobody needs it to run the pages.
#     services/dashboard/pages/vendor.sh
# Change a version here, run it, look at the pages (dev/look.py), commit what changed.
set -eu
CSS=1.22.0
THEME=1.11.0
INTER=5.3.0

here=$(cd "$(dirname "$0")" && pwd)
vendor="$here/static/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # name version folder: npm checks the tarball against the integrity its registry states
    (cd "$work" && mkdir -p "$3" && tar -xzf "$(npm pack --silent "$1@$2")" -C "$3" --strip-components=1)
}
fetch @digdir/designsystemet-css "$CSS" css
fetch @digdir/designsystemet-theme "$THEME" theme
fetch @fontsource/inter "$INTER" inter

rm -rf "$vendor"
mkdir -p "$vendor/designsystemet" "$vendor/inter"
cp "$work/css/dist/src/index.css" "$vendor/designsystemet/designsystemet.css"
cp "$work/theme/src/themes/designsystemet.css" "$vendor/designsystemet/theme.css"
cp "$work/css/LICENSE" "$vendor/designsystemet/LICENSE-css"
cp "$work/theme/LICENSE" "$vendor/designsystemet/LICENSE-theme"
cp "$work/inter/LICENSE" "$vendor/inter/LICENSE"
for weight in 400 500 600; do
    for script in latin latin-ext; do
        cp "$work/inter/files/inter-$script-$weight-normal.woff2" "$vendor/inter/"
    done
done
cat > "$vendor/README.md" <<TEXT
# Files of others, unchanged

| folder | from | version | licence |
|---|---|---|---|
| designsystemet | \`@digdir/designsystemet-css\`, \`@digdir/designsystemet-theme\` | $CSS, $THEME | MIT |
| inter | \`@fontsource/inter\` | $INTER | SIL Open Font License 1.1 |

Refreshed by \`vendor.sh\`, never edited by hand: a test holds them to \`SHA256SUMS\`.
TEXT
cd "$vendor"
find . -type f ! -name SHA256SUMS ! -name README.md | LC_ALL=C sort | xargs sha256sum > SHA256SUMS
echo "vendored into $vendor"
