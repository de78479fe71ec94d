#!/bin/sh
# Show what treewide does, on the small kernel-shaped tree that ships with it: write a series, look
# at a patch, and let git am have the last word. Usage: sh tools/demo.sh DIR (made anew).
set -eu
out=$1

# Echo a command as a reader would type it, then run it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

rm -rf "$out"
mkdir -p "$out"

# An identity of its own, and none of the configuration of whoever runs this.
printf '[user]\n\tname = Demo Developer\n\temail = demo@example.org\n' > "$out/gitconfig"
GIT_CONFIG_GLOBAL=$(cd "$out" && pwd)/gitconfig GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM

echo 'The model tree, testdata/model, is a kernel in small: three definitions of module_alloc(),'
echo 'each of which chooses its own vm_flags. One rule turns them into a series of patches.'
run treewide series --model --output "$out/outgoing"

patches=
for file in "$out"/outgoing/*.patch; do
    last=${file##*/}
    test "$last" = 0000-cover-letter.patch || patches="$patches ../outgoing/$last"
done

printf '\nThe last of the patches:\n'
run cat "$out/outgoing/$last"

printf '\nDo they apply? A copy of the model tree, as a git work tree, takes all but the cover letter:\n'
cp -R testdata/model "$out/tree"
git -C "$out/tree" init --quiet --initial-branch=main
git -C "$out/tree" add --force --all
git -C "$out/tree" commit --quiet --message='Import the model tree'
git -C "$out/tree" tag base
# Blanks part the names, and no name has one in it.
# shellcheck disable=SC2086
run git -C "$out/tree" am $patches
run git -C "$out/tree" log --oneline --stat --reverse base..

printf '\nAll of them apply. To read them, begin with %s\n' "$out/outgoing/0000-cover-letter.patch"
