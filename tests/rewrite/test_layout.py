"""Where the lines of an edited list break, and what they are aligned with."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, rule

RENAME = rule("expression E, F;", "- some_longer_name(E, F)\n+ name(E, F)")
FEWER = rule("expression E, F, G;", "- get(E, F, G)\n+ get(F, G)")
OTHER = rule("expression E;", "- first_namespace\n+ first")
WHOLE = rule("expression E, F, G;", "- take(E, F, G)\n+ take_range(E, F, G - 1)")
SETTER = rule("expression E, F;", "- E->time = F\n+ set_time(E, F)")
GETTER = rule("expression E;", "- E->chip\n+ get_chip(E, 0)")
A30, B18 = "a" * 30, "b" * 18
TABS = "\t" * 6


def test_continuation_lines_move_with_their_parenthesis() -> None:
    patch = rule("expression E;", "- old_name(E)\n+ new(E)")
    a, b = "a" * 36, "b" * 46
    check(
        patch,
        in_function(f"x = old_name(g({a},\n\t       {b}));"),
        in_function(f"x = new(g({a},\n\t  {b}));"),
    )


def test_long_list_is_filled() -> None:
    patch = rule("expression E, F, G;", "- f(E, F, G)\n+ longer_name(E, F, G, 0)")
    a, b, c = "a" * 20, "b" * 20, "c" * 11
    check(
        patch,
        in_function(f"x = f({a}, {b}, {c});"),
        in_function(f"x = longer_name({a}, {b}, {c},\n\t\t0);"),
    )


def test_line_that_cannot_fit_is_written() -> None:
    patch = rule("expression E;", "- f(E)\n+ g(E)")
    name = "n" * 110
    check(patch, in_function(f"x = f({name});"), in_function(f"x = g({name});"))


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        pytest.param(
            RENAME,
            f"x = some_longer_name({A30},\n\t\t     {B18});",
            f"x = name({A30}, {B18});",
            id="what did not fit before is taken back",
        ),
        pytest.param(
            rule("expression E, F;", "- some_longer_name(E, 0, F)\n+ name(E, F)"),
            f"x = some_longer_name({A30} ? {A30} : y,\n\t\t     0, {B18});",
            f"x = name({A30} ? {A30} : y,\n\t {B18});",
            id="what is left of a line is aligned as all of it was",
        ),
        pytest.param(
            RENAME,
            "y = some_longer_name(1,\n\t\t     2);",
            "y = name(1,\n\t 2);",
            id="what was written in lines by choice stays so",
        ),
        pytest.param(
            FEWER,
            f"x = get(owner_of_it, {A30},\n\t{B18}_of_it);",
            f"x = get({A30}, {B18}_of_it);",
            id="a list that has lost an item takes back what did not fit",
        ),
        pytest.param(
            FEWER,
            f'x = get(owner_of_it, {A30},\n\t"{B18} of it");',
            f'x = get({A30}, "{B18} of it");',
            id="a string that did not fit is taken back as well",
        ),
        pytest.param(
            OTHER,
            f"f(first_namespace, {A30}_b,\n  {B18}_of_it);",
            f"f(first, {A30}_b,\n  {B18}_of_it);",
            id="a line that need not change stays where one item became another",
        ),
        pytest.param(
            OTHER,
            f"f({A30}, first_namespace, {B18},\n  g(first_namespace));",
            f"f({A30}, first, {B18}, g(first));",
            id="a line that changes in any case is taken back",
        ),
        pytest.param(
            FEWER,
            f"x = get({A30},\n\t\tFIRST,\n\t\tLAST);",
            "x = get(FIRST,\n\t\tLAST);",
            id="one item to a line stays so where an item goes",
        ),
        pytest.param(
            rule("expression E, F, G;", "- take(E, F, G)\n+ take_one(F, G)"),
            f"x = take({A30},\n\t FIRST,\n\t LAST);",
            "x = take_one(FIRST,\n\t     LAST);",
            id="one item to a line stays so where the list moves",
        ),
        pytest.param(
            rule("expression E, F, G;", "- take(E, F, G)\n+ take_one(F, G)"),
            f"struct some_very_long_name *{B18} = take(0,\n{TABS}      {A30},\n{TABS}      0);",
            f"struct some_very_long_name *{B18} = take_one({A30},\n{TABS}\t  0);",
            id="no line ends in a parenthesis, as long as it is tolerable",
        ),
        pytest.param(
            rule("expression E, F;", "- name(E, F)\n+ longer_names(E, F)"),
            f"value_of_x_y = name({A30},\n\t\t{B18} + {B18});",
            f"value_of_x_y = longer_names({A30},\n\t\t\t{B18} + {B18});",
            id="what is aligned as far as tabs reach stays so",
        ),
        pytest.param(
            rule("expression E, F;", "- name(E, F)\n+ longer_names(E, F)"),
            f"value_of_x_y_ = name({A30},\n\t\t      {B18} + {B18});",
            f"value_of_x_y_ = longer_names({A30},\n\t\t\t     {B18} + {B18});",
            id="one column beside a parenthesis that moves is aligned",
        ),
        pytest.param(
            rule("expression E, F;", "- name(E, F)\n+ eman(E, F)"),
            f"value_of_x_y_ = name({A30},\n\t\t      {B18} + {B18});",
            f"value_of_x_y_ = eman({A30},\n\t\t      {B18} + {B18});",
            id="one column beside a parenthesis that stays is left alone",
        ),
        pytest.param(
            rule("expression E, F;", "- E->time = F;\n+ E->some_longer_time = F;"),
            f"{B18}aa->time = get(first_on, {B18});",
            f"{B18}aa->some_longer_time = get(first_on,\n\t\t\t\t\t     {B18});",
            id="the list behind what has become longer breaks",
        ),
        pytest.param(
            rule("expression E, F;", "- get(E, F)\n+ get(E, F, FLAGS)"),
            f"first_of_all(table, {B18}, get({B18}, y));",
            f"first_of_all(table, {B18},\n\t     get({B18}, y, FLAGS));",
            id="the outer list breaks, and the inner one stays in one piece",
        ),
        pytest.param(
            WHOLE,
            "x = take(table,\n\t FIRST,\n\t LAST);",
            "x = take_range(table, FIRST, LAST - 1);",
            id="an edited list is filled if all its lines move",
        ),
        pytest.param(
            WHOLE,
            'x = take(table, "%d",\n\t FIRST);',
            'x = take_range(table, "%d",\n\t       FIRST - 1);',
            id="a list with a text stays in its lines",
        ),
        pytest.param(
            WHOLE,
            f"x = take({A30},\n\t {B18}_b, {B18});",
            f"x = take_range({A30}, {B18}_b,\n\t       {B18} - 1);",
            id="a filled list breaks where it is full",
        ),
        pytest.param(
            WHOLE,
            "x = take(table, /* of it */\n\t FIRST,\n\t LAST);",
            "x = take_range(table, /* of it */\n\t       FIRST,\n\t       LAST - 1);",
            id="a comment in a list keeps its lines",
        ),
        pytest.param(
            SETTER,
            f"{A30}->time = the_time_of({B18}_of_it, {B18});",
            f"set_time({A30},\n\t the_time_of({B18}_of_it, {B18}));",
            id="a line that breaks is aligned with its parenthesis",
        ),
        pytest.param(
            rule("expression E;", "- put(E, SIZE,\n+ take(E,\n  ...)"),
            'put(b, SIZE,\n\t"one "\n\t"two", 3);',
            'take(b,\n\t"one "\n\t"two", 3);',
            id="a text of several lines stays where it is",
        ),
        pytest.param(
            rule("expression E;", "- E->seconds\n+ get_the_seconds_of(E)"),
            f"x = convert({A30}_{B18}_or_so, node->seconds);",
            f"x = convert({A30}_{B18}_or_so,\n\t    get_the_seconds_of(node));",
            id="only the list around the change breaks",
        ),
        pytest.param(
            SETTER,
            f"inode->x = {A30}_{B18[:12]} = inode->time = current_time_of(now);",
            f"inode->x = {A30}_{B18[:12]} = set_time(inode,\n"
            "\t\t\t\t\t\t\t\t  current_time_of(now));",
            id="a line of up to a hundred columns is aligned as well",
        ),
        pytest.param(
            rule("expression list es;", "- put(es)\n+ put_into_it(es)"),
            f"put({A30}, {B18}, {30 * 'c'},\n\t{B18}, 1);",
            f"put_into_it({A30}, {B18},\n\t{30 * 'c'}, {B18}, 1);",
            id="a line of a list is as far in as those below",
        ),
        pytest.param(
            GETTER,
            f"report({A30}, {B18}, n->chip, 1);",
            f"report({A30}, {B18},\n       get_chip(n, 0), 1);",
            id="a call that comes as an argument keeps its own together",
        ),
        pytest.param(
            rule("expression E;", "- chip(E, 0)\n+ get_the_chip(E, 0)"),
            f"report({A30}, {B18}, chip(n, 0));",
            f"report({A30}, {B18}, get_the_chip(n, 0));",
            id="a word for another one in an item breaks no line that is tolerable",
        ),
        pytest.param(
            rule("expression E;", "- chip(E, 0)\n+ get_the_chip(E, 0)"),
            f"report({A30}, {B18}{B18}, chip(n, 0));",
            f"report({A30},\n       {B18}{B18}, get_the_chip(n, 0));",
            id="but one that is not, where the call that gets another name keeps together",
        ),
        pytest.param(
            rule("expression E;", "- chip(E, 0)\n+ get_the_chip(E, 0)"),
            f"if ({A30} && {B18} && chip(n, 0))\n\tg();",
            f"if ({A30} && {B18} &&\n    get_the_chip(n, 0))\n\tg();",
            id="a condition breaks all the same",
        ),
        pytest.param(
            rule("expression E;", "- chip(E, 0)\n+ get_the_chip(E, 0)"),
            f"struct {B18} *x_{A30} = chip(node, 0)->name;",
            f"struct {B18} *x_{A30} = get_the_chip(node, 0)->name;",
            id="and one that is asked for a member",
        ),
        pytest.param(
            rule("expression list es;", "- put(es)\n+ put_into_it(es)"),
            f"put({A30}, {B18}, cccc, 1);",
            f"put_into_it({A30}, {B18}, cccc, 1);",
            id="nor does another name for what is called",
        ),
        pytest.param(
            rule("expression E, F; expression list es;", "- put(es, F)\n+ put_into_it(es, F - 1)"),
            f"put({A30}, {B18}, cccc, 2);",
            f"put_into_it({A30}, {B18}, cccc,\n\t    2 - 1);",
            id="which is laid out anew if its list is written as well",
        ),
        pytest.param(
            rule("expression E;", "- chip(E, 0)\n+ get_chip(E, 0)"),
            f"report({A30}, {B18}_of_it, n, chip(a, 0));",
            f"report({A30}, {B18}_of_it, n, get_chip(a, 0));",
            id="a line that has passed eighty columns may have a hundred",
        ),
        pytest.param(
            GETTER,
            f"x = mask[{A30}_{B18} - node->chip];",
            f"x = mask[{A30}_{B18} - get_chip(node, 0)];",
            id="and stays in a line that is tolerable, where nothing else can break",
        ),
        pytest.param(
            GETTER,
            f"x = mask[{65 * 'a'} - node->chip];",
            f"x = mask[{65 * 'a'} - get_chip(node,\n" + "\t" * 10 + "      0)];",
            id="but not in one that is not",
        ),
        pytest.param(
            GETTER,
            f"x = {A30}_{B18}_and_some_->chip;",
            f"x = get_chip({A30}_{B18}_and_some_,\n\t     0);",
            id="what is assigned is no part of a list, and breaks",
        ),
        pytest.param(
            SETTER,
            f"{A30}->time = of({B18},\n\t{B18}) && is_true(1) &&\n\t\tis_true(2);",
            f"set_time({A30}, of({B18},\n\t{B18}) && is_true(1) &&\n\t is_true(2));",
            id="the lines of a condition are aligned with the parenthesis that takes it in",
        ),
        pytest.param(
            rule("expression E, F;", "- log(E,\n+ return report(E, 1,\n  ...);\n- return 1;"),
            f"log({A30},\n    {A30}{B18},\n    2);\nreturn 1;",
            f"return report({A30}, 1,\n\t      {A30}{B18}, 2);",
            id="an element that comes is on the line of the one before it",
        ),
    ],
)
def test_lists(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))


def test_a_parameter_that_gets_a_qualifier_breaks_no_tolerable_line() -> None:
    head = f"static int g(%sstruct s *s, int {A30}, char *{B18},\n\t     int b)\n{{\n}}\n"
    patch = rule(
        "identifier f, a;",
        "  f(...,\n- struct s *a\n+ const struct s *a\n  , ...) { ... }",
    )
    check(patch, head % "", head % "const ")


REPORT = rule(
    "expression E; expression list es; identifier f;",
    """  if (f(E))
- {
- log(es);
- return E;
- }
+ return logged(E, es);""",
)


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        pytest.param(
            REPORT,
            "if (bad(e)) {\n\tlog(d, 1);\n\treturn e;\n}",
            "if (bad(e))\n\treturn logged(e, d, 1);",
            id="a statement in the place of a block has a line of its own",
        ),
        pytest.param(
            REPORT,
            "if (bad(e))\n{\n\tlog(d, 1);\n\treturn e;\n}",
            "if (bad(e))\n\treturn logged(e, d, 1);",
            id="and it is further in than a brace on a line of its own",
        ),
        pytest.param(
            REPORT,
            "if (a) {\n\tb();\n} else if (bad(e)) {\n\tlog(1);\n\treturn e;\n}",
            "if (a) {\n\tb();\n} else if (bad(e))\n\treturn logged(e, 1);",
            id="behind an else as far in as the other branches",
        ),
        pytest.param(
            rule(
                "expression E;",
                "  if (E)\n- {\n- log(E);\n- get(E);\n- }\n+ look(E);\n  else\n  put(E);",
            ),
            "if (e) {\n\tlog(e);\n\tget(e);\n} else\n\tput(e);",
            "if (e)\n\tlook(e);\nelse\n\tput(e);",
            id="an else behind the brace has a line of its own then",
        ),
        pytest.param(
            REPORT,
            f"if (bad({B18})) {{\n\tlog({B18}, 1);\n\treturn {B18};\n}}",
            f"if (bad({B18}))\n\treturn logged({B18}, {B18}, 1);",
            id="what fits is not broken",
        ),
        pytest.param(
            REPORT,
            f"if (bad({B18}_of_it)) {{\n\tlog({B18}, {B18});\n\treturn {B18}_of_it;\n}}",
            f"if (bad({B18}_of_it))\n\treturn logged({B18}_of_it, {B18},\n\t\t      {B18});",
            id="a statement that comes breaks as a list that grows",
        ),
        pytest.param(
            rule("expression E;", "  f(E);\n+ watch(E, E, 1);"),
            f"f({A30});",
            f"f({A30});\nwatch({A30}, {A30},\n      1);",
            id="and so does one that comes beside another",
        ),
        pytest.param(
            rule("expression E;", "- is_set(E)\n+ flag_is_set(E->flags, FLAG_VALID)"),
            f"x = a->{B18} &&(b->{B18} && !is_set(a->{A30}->fo));",
            f"x = a->{B18} &&\n    (b->{B18} &&\n     !flag_is_set(a->{A30}->fo->flags, "
            "FLAG_VALID));",
            id="an operand without white space before it is broken off once",
        ),
        pytest.param(
            rule("expression E;", '  f(E);\n+ watch(E, "' + "long " * 20 + '", 1);'),
            f"f({A30});",
            f'f({A30});\nwatch({A30},\n      "' + "long " * 20 + '",\n      1);',
            id="a text that fits nowhere has a line of its own",
        ),
        pytest.param(
            rule("expression E;", "  f(E);\n+ if (E) return; else while (E) g(E);"),
            "f(e);",
            "f(e);\nif (e)\n\treturn;\nelse\n\twhile (e)\n\t\tg(e);",
            id="branches that the patch has in one line get lines of their own",
        ),
        pytest.param(
            rule("expression E;", "- if (E)\n(\n  f(E);\n|\n  g(E);\n)"),
            "if (e)\n\tg(e);\nh();",
            "g(e);\nh();",
            id="alternatives of a branch that goes move out",
        ),
        pytest.param(
            rule("expression E;", "- f(E);\n+ goto out;\n+ out:\n+ g(E);"),
            "f(e);",
            "goto out;\n:out:\ng(e);",
            id="a label that comes stands in the first column",
        ),
        pytest.param(
            rule("expression E;", "- f(E);\n+ out:\n+ g(E);"),
            "f(e);",
            ":out:\ng(e);",
            id="also where it is the first that comes",
        ),
        pytest.param(
            rule("expression E;", "  f(E);\n+ out:\n  h(E);"),
            "f(e);\nh(e);",
            "f(e);\n:out:\nh(e);",
            id="or all of it",
        ),
    ],
)
def test_statements(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))
