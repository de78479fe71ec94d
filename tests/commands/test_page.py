"""`treewide diff --html`: what stands in the page, and what a browser makes of it."""

from __future__ import annotations

import email
import email.policy
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.browser import Page, browser, found
from tests.npm import AXE, MissingPackageError, npm_file
from tests.support import commit_all, copy_model, git, run_treewide

HOSTILE = "</pre></code><script>window.evil = 1</script><img src=x onerror='evil = 1'>"


@pytest.fixture(scope="module")
def model_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the model tree, with a line in it that would like to run."""
    tree = copy_model(tmp_path_factory.mktemp("page") / "model")
    file = tree / "arch/x86/kernel/module.c"
    file.write_text(
        file.read_text().replace("address(0));", f"address(0)); /* \u202e {HOSTILE} */")
    )
    (tree / "MAINTAINERS").write_text(
        "List\n\nX86\nM:\tAnne <anne@example.org>\nL:\tx86@example.org\nF:\tarch/x86/\n"
        + "".join(f"M:\tP{number} <p{number}@example.org>\n" for number in range(12))
    )
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Hostile")
    page = tree.parent / "page.html"
    done = run_treewide(["diff", tree, "-q", "--html", page])
    assert (done.status, done.stdout) == (0, b""), done.stderr
    return page


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if found() is None:
        pytest.skip("no browser (apt-get install chromium)")
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


# ---------------------------------------------------------------------------- what stands in it


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table of patches; one that spans rows stands in the first of them."""
    table = page.partition("<table class=list")[2].partition("</table>")[0]
    return [
        [unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in re.split(r"<t[dh]\b", row)[1:]]
        for row in table.split("<tr ")[2:]
    ]


def cells(row: list[str]) -> list[str]:
    """The texts of cells, without what is left of their tags."""
    return [cell.partition(">")[2] for cell in row]


def test_page_needs_nothing_else_and_lets_nothing_run(model_page: Path) -> None:
    text = model_page.read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("</html>\n")
    assert text.count("<script") == 1
    for tag in re.findall(r"<[a-z][^>]*>", text):
        assert not re.search(r"<link|\bsrc=|https?://|\bon[a-z]+=|\bstyle=", tag), tag
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "unsafe" not in policy[1]
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "\\u202e &lt;/pre&gt;&lt;/code&gt;&lt;script&gt;" in text
    assert sorted(os.listdir(model_page.parent)) == ["model", "page.html"]


def test_calls_of_a_function_line_up_and_what_stays_recedes(tmp_path: Path) -> None:
    body = "\tvoid *p;\n\n\tp = __vmalloc_node_range(size, 1, A, B, GFP_KERNEL, C, {}, D, E);\n"
    body += "\tif (p)\n\t\treturn p;\n\treturn __vmalloc_node_range(size, 1, A, B, GFP_KERNEL, C,\n"
    body += "\t\t\t\t    VM_FLUSH_RESET_PERMS, D, E);\n"
    tree = copy_model(tmp_path / "model")
    file = tree / "arch/x86/kernel/module.c"
    file.write_text(
        "#include <linux/moduleloader.h>\n\nvoid *module_alloc(unsigned long size)\n{\n"
        + body.replace("{}", "VM_DEFER_KMEMLEAK") + "}\n"
    )  # fmt: skip
    git(tree, "commit", "--quiet", "--all", "--message=Two calls")
    assert run_treewide(["diff", tree, "-q", "--html", tmp_path / "p.html"]).status == 0
    rows = [cells(row) for row in rows_of((tmp_path / "p.html").read_text())]
    first = next(number for number, row in enumerate(rows) if row[0] == "x86")
    both = "VM_NO_HUGE_VMAP | VM_FLUSH_RESET_PERMS"
    assert rows[first][1:4] == [
        "module_alloc()",
        "VM_DEFER_KMEMLEAK",
        f"VM_DEFER_KMEMLEAK | {both}",
    ]
    assert rows[first][4]  # the effect, which is that of both rows
    assert rows[first + 1] == ["module_alloc()", "VM_FLUSH_RESET_PERMS", both]


def test_page_names_what_is_refused(model_tree: Path, tmp_path: Path) -> None:
    (model_tree / "arch/x86/kernel/far.c").symlink_to("/etc/<passwd>")
    git(model_tree, "add", "--all")
    git(model_tree, "commit", "--quiet", "--message=Link")
    assert run_treewide(["diff", model_tree, "--html", tmp_path / "page.html"]).status == 1
    text = (tmp_path / "page.html").read_text()
    assert "<h2 id=refused>" in text
    assert "/etc/&lt;passwd&gt;" in text


def test_page_has_the_patches_as_they_are_sent(model_page: Path, tmp_path: Path) -> None:
    tree = model_page.parent / "model"
    out = tmp_path / "out"
    assert run_treewide(["series", tree, "-q", "--auto-cc", "-o", out]).status == 0
    text = model_page.read_text()
    sections = text.split("<section ")[1:]
    mails = sorted(out.iterdir())
    assert len(sections) == len(mails)
    for section, file in zip(sections, mails, strict=True):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        shown = unescape(re.sub(r"<[^>]*>", "", section.partition("</h2>")[0]))
        assert shown.partition(">")[2].split() == str(mail["Subject"]).split()
        body = unescape(section.partition("<pre class=message>")[2].partition("</pre>")[0])
        assert body in file.read_text()
        cc = re.search(r"Cc: (?:\d+ addresses</summary>)?(.*)", section)
        assert mail["Cc"] is None or section is sections[0] or cc is not None
        if cc is not None:
            said = unescape(cc[1].removesuffix("</details>")).split(", ")
            assert said == re.split(r",\s+", str(mail["Cc"]))


def test_only_some_patches_keep_their_numbers(model_page: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    tree = model_page.parent / "model"
    assert run_treewide(["diff", tree, "-q", "--html", page, "--arch", "x86"]).status == 0
    assert re.findall(r"\[PATCH \d+/\d+\]", page.read_text()) == ["[PATCH 3/3]"]


def test_verdict_of_the_model(model_tree: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run_treewide(["diff", model_tree, "-q", "--validate", "--html", page])
    assert done.status == 0, done.stderr
    text = page.read_text()
    assert re.search(r"<dt>In the model<dd>holds \(\d+ configurations", text)


# ---------------------------------------------------------------------------- in a browser

WAYS = [
    (width, scheme, key)
    for width in (1200, 390)
    for scheme in ("light", "dark")
    for key in ("u", "s")
]


@pytest.mark.parametrize(("width", "scheme", "key"), WAYS)
def test_nothing_is_in_the_way_of_anybody(
    chromium: Page, model_page: Path, width: int, scheme: str, key: str
) -> None:
    """axe-core finds nothing, and no width makes one scroll sideways."""
    try:
        axe = npm_file(*AXE).read_text()
    except MissingPackageError as missing:
        pytest.skip(str(missing))
    chromium.open(model_page, width=width, scheme=scheme)
    chromium.press(key)
    assert chromium.run("document.documentElement.scrollWidth - innerWidth") <= 0
    chromium.run(f"{axe}; 0")
    found = chromium.run(
        "axe.run().then((all) => all.violations.map((each) => [each.id, each.nodes[0].html]))"
    )
    assert found == []


def test_nothing_of_the_tree_runs(chromium: Page, model_page: Path) -> None:
    chromium.said.clear()
    chromium.open(model_page)
    assert chromium.run("typeof window.evil") == "undefined"
    assert chromium.run("document.images.length") == 0
    assert not chromium.run("document.getElementById('tools').hidden")  # our own script has run
    assert chromium.said == []
    # The policy is in force: what is put in later does not run either.
    chromium.run("document.body.append(Object.assign(document.createElement('script'), "
                 "{textContent: 'window.evil = 1'}))")  # fmt: skip
    assert chromium.run("typeof window.evil") == "undefined"


def test_side_by_side_has_the_same_lines(chromium: Page, model_page: Path) -> None:
    chromium.open(model_page)
    lines = (
        "[...document.querySelectorAll('.diff tbody tr:not(.h)')].flatMap((row) => "
        "{ const c = [...row.cells].map((each) => each.textContent.trim()); return c.length === 3 "
        "? [row.className === 'i' ? '' : c[0] + c[2], row.className === 'd' ? '' : c[1] + c[2]] "
        ": [c[0] + c[1], c[2] + c[3]]; }).filter(Boolean).sort()"
    )
    html = "document.querySelector('main').innerHTML"
    before, unified = chromium.run(html), chromium.run(lines)
    chromium.press("s")
    assert chromium.run("document.querySelectorAll('.diff.side').length") == 4
    assert chromium.run(lines) == unified
    chromium.press("u")
    assert chromium.run(html).replace(' class=""', "") == before


def test_keys_filter_and_links(chromium: Page, model_page: Path) -> None:
    chromium.open(model_page)
    at = "(document.activeElement.closest('section') || {}).id"
    seen = []
    for key in "jjjk":
        chromium.press(key)
        seen.append(chromium.run(at))
    assert seen == ["cover", "p0", "p1", "p0"]
    chromium.press("n")
    assert chromium.run("document.activeElement.closest('tbody').id").startswith("p0-")
    chromium.press("/")
    for letter in "x86":
        chromium.press(letter)
    shown = "[...document.querySelectorAll('{}')].filter((each) => !each.hidden).length"
    assert chromium.run(shown.format("section[data-of]")) == 1
    assert chromium.run(shown.format("tbody[data-of]")) == 1
    assert chromium.run("document.getElementById('count').textContent") == "1 of 3 patches"
    # A link into what is folded opens it.
    chromium.open(model_page)
    chromium.run("document.querySelectorAll('details').forEach((each) => each.open = false)")
    target = chromium.run("document.querySelector('.list tbody td a').hash")
    chromium.run(f"location.hash = '{target}'; new Promise((done) => setTimeout(done, 50))")
    assert chromium.run(f"document.querySelector('{target}').checkVisibility()")
    back = chromium.run(f"document.querySelector('{target} .back').hash")
    assert chromium.run(f"document.querySelector('{back}').tagName") == "TBODY"


def test_on_paper_nothing_is_cut_or_folded(chromium: Page, model_page: Path) -> None:
    chromium.open(model_page, width=700)
    chromium.run("document.querySelectorAll('details').forEach((each) => each.open = false)")
    folded = chromium.printed()
    chromium.run("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert abs(len(chromium.printed()) - len(folded)) < 0.02 * len(folded)
    chromium.call("Emulation.setEmulatedMedia", media="print")
    cut = (
        "[...document.querySelectorAll('td, pre, dd, h2')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    )
    assert chromium.run(cut) == 0
    chromium.call("Emulation.setEmulatedMedia", media="")


# ---------------------------------------------------------------------------- at scale


def test_many_patches_are_folded_and_small(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for number in range(60):
        file = tree / f"drivers/d{number:02}/a.c"
        file.parent.mkdir(parents=True)
        calls = "".join(f"\tp{each} = kzalloc(n + {each}, GFP_KERNEL);\n" for each in range(20))
        file.write_text(f"/* One. */\nvoid f(int n)\n{{\n{calls}}}\n")
    commit_all(tree, "Import")
    rule = tmp_path / "acc.cocci"
    rule.write_text("@@ expression E; @@\n- kzalloc(E, GFP_KERNEL)\n+ kzalloc(E, GFP_ATOMIC)\n")
    page = tmp_path / "page.html"
    done = run_treewide(["diff", tree, "-q", "-r", rule, "--split", "file", "--html", page])
    assert done.status == 0, done.stderr
    text = page.read_text()
    assert text.count("<section ") == 61
    assert "<details open><summary><h2>" not in text.replace("<details open class=file>", "")
    assert len(rows_of(text)) == 60 * 5  # four ways, and the rest of them counted
    diff = run_treewide(["diff", tree, "-q", "-r", rule]).stdout
    assert len(text) < 6 * len(diff)
