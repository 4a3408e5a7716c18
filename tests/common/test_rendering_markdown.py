import re

import pytest

from common.markdown import count_images, count_links, render

BREAKOUTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](/media/a.png)',
    '[x](https://a.example "onmouseover=alert(1) x=\\"")',
    "<https://a.example/\"onclick='alert(1)'>",
    "<javascript:alert(1)>",
    '<a href="https://a.example" style="position:fixed" id="main">x</a>',
    "```x onclick=alert(1)\ncode\n```",
    '```"><script>alert(1)</script>\ncode\n```',
    "[a]: javascript:alert(1)\n\n[a]",
    "|a|\n|:-:|\n|<svg/onload=alert(1)>|",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "https://a.example/'onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --><script>alert(1)</script>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
]
OUR_TAG = re.compile(
    r"</?(?:blockquote|br|code|em|h[3-6]|hr|li|p|s|strong|ul|table|thead|tbody|tr|th|td)>"
    r'|<ol(?: start="\d+")?>|</(?:a|div|ol|pre)>'
    r'|<a href="(?:https?:|mailto:|tel:|/|#|[^":]*")[^"]*"?(?: title="[^"<>]*")?'
    r' rel="nofollow ugc noopener">'
    r'|<img loading="lazy" decoding="async" src="/[^"<>]*"(?: alt="[^"<>]*")?'
    r'(?: title="[^"<>]*")?>'
    r'|<pre tabindex="0">|<div class="table-wrap" tabindex="0">'
)


@pytest.mark.parametrize("source", BREAKOUTS)
def test_nothing_typed_becomes_more_than_text_links_and_pictures(source):
    html = render(source).html

    left = OUR_TAG.sub("", html)
    assert "<" not in left
    assert not re.search(r'href="\s*(?:javascript|data|vbscript)', html, re.IGNORECASE)


def test_a_link_tells_search_engines_that_it_is_not_ours():
    html = render("See [the fee](https://a.example/t).").html

    assert html == (
        '<p>See <a href="https://a.example/t" rel="nofollow ugc noopener">the fee</a>'
        ".</p>"
    )


def test_a_link_that_leads_nowhere_keeps_its_words():
    html = render(
        "[one](help:there '\">x') and [two](https://a.example/) <ftp:x>"
        " [three](http://%20https://a.example)"
    ).html
    assert html.count("<a ") == html.count("</a>") == html.count("href=") == 1
    assert html.startswith("<p>one and <a ")
    assert 'href="https://a.example/"' in html
    assert html.endswith(">two</a> ftp:x three</p>")


def test_an_address_has_one_mark_for_its_fragment():
    html = render("[x](https://a.example/b#c#d)").html
    assert 'href="https://a.example/b#c%23d"' in html


def test_an_address_in_running_text_becomes_a_link_without_the_punctuation_around_it():
    html = render(
        "请看https://www.10086.example/a_b?x=1&y=2，谢谢 (or http://b.example)."
    ).html

    assert 'href="https://www.10086.example/a_b?x=1&amp;y=2"' in html
    assert 'href="http://b.example"' in html
    assert count_links(html) == 2


def test_an_address_in_code_or_in_a_link_stays_as_it_is():
    html = render("`https://a.example` [https://b.example](https://c.example)").html

    assert count_links(html) == 1
    assert "<code>https://a.example</code>" in html


def test_our_own_pictures_are_shown_and_others_become_links():
    html = render(
        "![ours](/media/uploads/a.png) ![theirs](https://spy.example/a.png)"
        " ![sly](//spy.example/b.png) ![up](/media/../c.png)"
    ).html

    assert count_images(html) == 1
    assert 'src="/media/uploads/a.png" alt="ours"' in html
    assert (
        '<a href="https://spy.example/a.png" rel="nofollow ugc noopener">theirs</a>'
        in html
    )
    assert count_links(html) == 3


def test_pictures_of_known_size_keep_their_room_while_they_load():
    asked = []

    def sizes_of(addresses):
        asked.append(addresses)
        return {"/media/uploads/a.png": (640, 480)}

    html = render(
        "![known](/media/uploads/a.png) ![unknown](/media/uploads/b.png)"
        ' ![theirs](https://spy.example/a.png) <img src="/x" width="9">',
        sizes_of,
    ).html

    assert asked == [{"/media/uploads/a.png", "/media/uploads/b.png"}]
    known, unknown = re.findall("<img [^>]*>", html)
    assert 'width="640" height="480"' in known
    assert 'loading="lazy" decoding="async"' in known
    assert "width" not in unknown


def test_text_without_pictures_asks_for_no_sizes():
    def sizes_of(addresses):
        raise AssertionError(addresses)

    assert render("No picture: [a](/media/a.png)", sizes_of).html


def test_a_picture_from_elsewhere_inside_a_link_leaves_its_description():
    html = render("[![a map](https://spy.example/m.png)](https://a.example)").html

    assert html == (
        '<p><a href="https://a.example" rel="nofollow ugc noopener">a map</a></p>'
    )


def test_headings_start_below_the_pages_own_and_skip_no_level():
    html = render("### a\n\n# b\n\n### c\n\nTitle\n---\n\n###### d").html

    assert re.findall(r"<h(\d)>", html) == ["3", "3", "4", "4", "5"]


def test_deep_headings_end_at_the_last_level():
    html = render("\n\n".join("#" * level + " x" for level in range(1, 7))).html

    assert re.findall(r"<h(\d)>", html) == ["3", "4", "5", "6", "6", "6"]


def test_tables_and_code_scroll_with_the_keyboard():
    html = render("|a|b|\n|-|-:|\n|1|2|\n\n    <table>\n").html

    assert '<div class="table-wrap" tabindex="0"><table>' in html
    assert html.count("</table></div>") == 1
    assert '<pre tabindex="0"><code>&lt;table&gt;' in html
    assert "style" not in html


def test_what_people_write_looks_as_they_mean_it():
    html = render(
        "一行\n二行 **bold** *soft* ~~gone~~\n\n3. three\n4. four\n\n> said"
    ).html

    assert "一行<br>\n二行 <strong>bold</strong> <em>soft</em> <s>gone</s>" in html
    assert '<ol start="3">' in html
    assert "<blockquote>" in html


def test_the_words_alone_are_kept_for_search():
    text = render(
        "# Title\n\nSee [the *tariff*](https://a.example) & `code`\nnext"
        " ![a map](/media/a)\n\n```\nlog line\n```\n\n|a|b|\n|-|-|\n|1|2|"
    ).text

    assert text == "Title\nSee the tariff & code\nnext a map\nlog line\na\nb\n1\n2"


def test_an_empty_post_renders_to_nothing():
    assert render("").html == ""
    assert render("   \n").text == ""


@pytest.mark.parametrize("source", [">", "> ", "- ", "1. ", "* > ", "> 1. - "])
def test_deep_nesting_is_cut_off(source):
    html = render((source * 30_000)[:30_000] + "x").html

    assert html.count("<blockquote>") + html.count("<ul>") + html.count("<ol>") <= 21


@pytest.mark.parametrize(
    "source",
    ["[", "![", "*", "_a", "**a ", "`a``", "[a](", "[a][", "<", "&", "~~a", "](", "\\["]
    + ["https://a)", "|a|\n|-|\n", "[a]: b\n", "#\n", '[a](b "', "!\u4e00*"],
)
def test_thirty_thousand_of_anything_are_rendered(source):
    source = (source * 30_000)[:30_000]

    rendered = render(source)

    # Bounded: no piece of the source may blow up into a page of its own.
    assert len(rendered.html) < 30 * len(source)
    assert "<" not in OUR_TAG.sub("", rendered.html)
