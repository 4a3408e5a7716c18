"""HTML of other communities becomes Markdown that says the same, and does nothing."""

import pytest

from common import markdown
from community.importers.words import markdown_of, one_line, plain_of, usable

HOME = "https://forum.example.com/"


def shown(html: str) -> str:
    return markdown.render(markdown_of(html, HOME)).html


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ("<p>One\nline<br>two</p>", "One line  \ntwo"),
        ("<h2>Head</h2><p>Text</p>", "## Head\n\nText"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<blockquote><p>Said</p></blockquote><p>Why?</p>", "> Said\n\nWhy?"),
        ("<p>1. no list</p><p># no head</p>", "1\\. no list\n\n\\# no head"),
        ("<p>$a_b$ and 3*4</p>", "$a\\_b$ and 3\\*4"),
        ("<p>use <code>a`b</code></p>", "use `` a`b ``"),
        ("<pre><code>if x:\n    y\n</code></pre>", "```\nif x:\n    y\n```"),
        ("<pre><code>a\n```\nb</code></pre>", "````\na\n```\nb\n````"),
        ('<a href="https://a.example/">Go</a>', "[Go](https://a.example/)"),
        (
            '<a href="https://a.example/b(c) d">Go</a>',
            "[Go](<https://a.example/b(c)%20d>)",
        ),
        ('<a href="https://a.example/">https://a.example/</a>', "<https://a.example/>"),
        ('<a href="/t/12">Go</a>', f"[Go]({HOME}t/12)"),
        ('<img src="//b.example/c.png" alt="a [c]">', r"![a \[c\]](https://b.example/c.png)"),
        ('<img class="emoji" src="/e.png" alt=":smile:">', ":smile:"),
        ("<!-- no --><?php no ?><p>yes</p>", "yes"),
        ("https://a.example/x.html", "https://a.example/x.html"),
        ('<?xml version="1.0"?><p>x</p>', "x"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html, source):
    assert markdown_of(html, HOME) == source


def test_a_table_stays_one():
    html = shown(
        "<table><tr><th>Plan</th><th colspan='1000'>GB</th></tr>"
        "<tr><td>S</td><td>5|6</td></tr></table>"
    )

    assert "<th>GB</th>" in html
    assert "<td>5|6</td>" in html
    assert html.count("<th>") == 2


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>Words",
        "<style>p{}</style>Words",
        '<a href="javascript:alert(1)">Words</a>',
        '<a href="data:text/html,alert(1)">Words</a>',
        '<a href="http://[alert">Words</a>',
        '<a href="#alert">Words</a>',
        '<b onclick="alert(1)">Words</b>',
        '<iframe src="https://alert.example/"></iframe>Words',
        '<svg onload="alert(1)"></svg>Words',
        "<!-- <img src=x onerror=alert(1)> -->Words",
    ],
)
def test_what_could_do_something_is_gone_and_the_words_stay(html):
    rendered = markdown.render(markdown_of(html))

    assert rendered.text == "Words"
    assert "href" not in rendered.html
    assert "onerror" not in rendered.html
    assert "<script" not in rendered.html


def test_script_written_as_words_stays_words():
    html = shown("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")

    assert html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_words_like_character_references_stay_as_written():
    assert shown("<p>write &amp;lt;b&amp;gt;</p>") == "<p>write &amp;lt;b&amp;gt;</p>"


def test_a_link_into_a_community_without_address_leaves_its_words():
    assert markdown_of('See <a href="/t/12">this</a>') == "See this"


@pytest.mark.parametrize("tag", ["blockquote", "div", "ul><li", "b"])
def test_endless_nesting_keeps_the_words(tag):
    assert "Words" in markdown_of(f"<{tag}>" * 3000 + "Words")


def test_hidden_and_broken_characters_are_left_out():
    assert usable("a\x00b\ud800c\u202ed\x1be\r\nf\u2028g\ufffe") == "abcde\nf\ng"


def test_stacked_accents_are_cut_and_real_ones_kept():
    assert usable("e" + "\u0301" * 50) == "é" + "\u0301" * 6
    assert usable("Vie\u0323\u0302t") == "Việt"


def test_what_is_usable_can_be_typed_here():
    from common.text import clean_body

    everything = "".join(map(chr, range(0x3000))) + "\ufdd0\ufffe\uffff\ud800"

    assert clean_body(usable(everything) + ".")


def test_a_title_is_one_line():
    assert one_line(" My\n\tbill\u200b ", 255) == "My bill"
    assert one_line("携号转网" * 100, 255) == ("携号转网" * 100)[:255]


def test_the_words_alone():
    assert plain_of("<p>Two <b>phones</b>, <a href='/x'>one</a> number.</p>") == (
        "Two phones, one number."
    )
