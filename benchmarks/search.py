"""How fast an engine indexes and searches N synthetic mixed documents.

    .venv/bin/python benchmarks/search.py 10000
    .venv/bin/python benchmarks/search.py 1000000 --engine tantivy --folder /tmp/million

Half of them Chinese, half English, a fifth articles; lengths and word frequencies
spread as in real text, including a rare tail; after 50,000 the texts repeat. CPU time,
without the database. With a folder the index is kept, and only searched when it is
there already: so memory is that of a process that only searches.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.test")

import django  # noqa: E402

django.setup()

from search import analyser  # noqa: E402
from search.documents import Document, hit_from_shown  # noqa: E402
from search.engines import engine_named  # noqa: E402
from search.engines.base import HallBackend, Wanted  # noqa: E402
from search.indexes import analysed  # noqa: E402
from search.queries import FACETS, LOOKED_AT  # noqa: E402

EN = """
data roaming plan bill charge refund SIM eSIM card broadband router Wi-Fi
signal slow speed port-in number transfer review photo order app account
password code message call voicemail abroad travel Europe Asia day pass
allowance limit month cancel change points reward gift voucher shop engineer
visit fibre light red green reset phone iPhone Android network 4G 5G coverage
test settings hotspot balance top-up receipt invoice family line contract
discount late payment stop service restore help contact hotline store
""".split()  # noqa: SIM905
ZH = """
话费 流量 套餐 账单 扣费 退款 手机卡 宽带 路由器 无线网络 信号 网速 携号转网
审核 证件照 订单 账户 密码 验证码 短信 通话 国际漫游 出国 欧洲 日包 额度 上限
月底 取消 变更 积分 兑换 礼品 营业厅 工程师 上门 光猫 指示灯 重启 手机 苹果
安卓 网络 覆盖 测速 设置 热点 余额 充值 发票 副卡 亲情网 合约 优惠 欠费 停机
复机 客服 热线 申请 办理 查询 开通 关闭 时间 三天 小时 为什么 怎么办 没有 显示
失败 成功 提示 重新 提交 系统 处理
""".split()  # noqa: SIM905
FILLERS_EN = """
the a is my I it was to of and on in for when this that not but with
""".split()  # noqa: SIM905
FILLERS_ZH = """
的 了 我 在 是 就 也 都 说 还 要 上 下 已经 今天 昨天 ， 。 ！ ？
""".split()  # noqa: SIM905


# The same searches and changes on every engine that keeps its index in a folder.
ENGINES_ON_DISK = ("whoosh", "tantivy")
DISTINCT = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=10_000)
    parser.add_argument("--engine", choices=ENGINES_ON_DISK, default="whoosh")
    parser.add_argument("--folder", type=Path, help="keep the index there")
    parser.add_argument("--queries", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="answerhall-bench-") as scratch:
        _measure_all(options, options.folder or Path(scratch))


def _measure_all(options: argparse.Namespace, folder: Path) -> None:
    chance = random.Random(7)  # noqa: S311  the same documents each time
    backend = engine_named(options.engine)("default", PATH=str(folder / "index"))
    if not (folder / "index" / "CURRENT").exists():
        _index(backend, options.documents, chance)
    size = sum(file.stat().st_size for file in folder.rglob("*.*"))
    _say(f"index size {size / 1e6:.1f} MB")
    before = _memory_mb()
    started = time.process_time()
    _say(f"documents: {backend.health().documents}")
    _say(f"first opening {(time.process_time() - started) * 1000:.0f} ms")
    chance = random.Random(8)  # noqa: S311  the same queries each time
    for name, make in QUERIES.items():
        _measure(backend, name, [make(chance) for _ in range(options.queries)])
    texts = [make(chance) for make in QUERIES.values() for _ in range(100)]
    _measure_suggestions(backend, texts, chance)
    private, mapped = (now - was for now, was in zip(_memory_mb(), before, strict=True))
    _say(f"memory for searching: {private:.0f} MB, and {mapped:.0f} MB of mapped files")
    _measure_updates(backend, options.documents, chance)


def _index(backend: HallBackend, count: int, chance: random.Random) -> None:
    started = time.process_time()
    distinct = [_document(n, chance) for n in range(min(count, DISTINCT))]
    analysing = (time.process_time() - started) / len(distinct)
    started, clock = time.process_time(), time.monotonic()
    with backend.rebuilding():
        backend.write(_repeated(distinct, count))
    seconds = time.process_time() - started
    writing = seconds / count
    _say(f"analysed {1 / analysing:.0f} documents per CPU second")
    _say(f"indexed {1 / writing:.0f} documents per CPU second when analysed,")
    _say(f"   {1 / (analysing + writing):.0f} with both")
    _say(f"written in {time.monotonic() - clock:.0f} s")


def _repeated(distinct: list[Document], count: int) -> Iterator[Document]:
    for number in range(count):
        document = distinct[number % len(distinct)]
        label = document.id.rpartition(".")[0]
        yield replace(
            document,
            id=f"{label}.{number}",
            shown={**document.shown, "id": f"{label}.{number}", "pk": str(number)},
        )


def _memory_mb() -> tuple[float, float]:
    """What this process alone uses, and what it has mapped of files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines)
    anonymous, mapped = facts["RssAnon"], facts["RssFile"]
    return int(anonymous.split()[0]) / 1000, int(mapped.split()[0]) / 1000


def _document(number: int, chance: random.Random) -> Document:
    chinese, article = number % 2 == 0, number % 5 == 0
    words = int(min(600, chance.lognormvariate(4.0, 0.7)))
    texts = {"title": _prose(chinese, chance.randint(4, 9), chance)}
    if article:
        texts["summary"] = _prose(chinese, 15, chance)
        texts["body"] = _prose(chinese, 2 * words, chance)
    else:
        texts["question"] = _prose(chinese, words // 2, chance)
        texts["accepted"] = _prose(chinese, words // 2, chance)
        texts["answers"] = _prose(chinese, words, chance)
    label = "kb.articlepage" if article else "community.question"
    kind = "article" if article else "question"
    language = "zh-hans" if chinese else "en"
    status = "" if article else chance.choice(["open", "answered", "solved", "solved"])
    tags = [f"tag{number % 400}", f"tag{number % 37}"]
    circle = chance.choice(["plans", "network", "broadband", "sim", "billing"])
    shown_texts = {k: v[:1_200] for k, v in texts.items() if k != "title"}
    return Document(
        id=f"{label}.{number}",
        **analysed(texts),
        filters={
            "kind": [kind],
            "language": [language],
            "model": [label],
            "status": [status] if status else [],
            "circle": [circle],
            "tag": tags,
        },
        prior=1.15 if article else 1.0,
        day=740_000 + number % 400,
        shown={
            "id": f"{label}.{number}", "pk": str(number), "kind": kind,
            "title": texts["title"], "language": language, "url": f"/x/{number}/",
            "status": status, "votes": number % 17, "answers": number % 4,
            "helpful_percent": None, "tags": tags, "tag_names": tags, "circle": circle,
            "circle_names": {"en": circle, "zh-hans": circle},
            "asked_at": "2026-05-01T12:00:00+00:00", "checked_on": "",
            "texts": shown_texts,
        },
    )  # fmt: skip


def _prose(chinese: bool, words: int, chance: random.Random) -> str:
    vocabulary, fillers = (ZH, FILLERS_ZH) if chinese else (EN, FILLERS_EN)
    found = []
    for _ in range(max(words, 3)):
        if chance.random() < 0.4:
            found.append(chance.choice(fillers))
        elif chance.random() < 0.02:
            found.append(f"x{chance.randint(0, 9_999)}")
        else:  # the first words far more often than the last
            place = int(len(vocabulary) * chance.random() ** 1.8)
            found.append(vocabulary[place])
    return ("" if chinese else " ").join(found)


def _some(vocabulary: list[str], count: int, glue: str, chance: random.Random) -> str:
    return glue.join(chance.choice(vocabulary) for _ in range(count))


QUERIES: dict[str, Callable[[random.Random], str]] = {
    "one common word": lambda c: c.choice([*EN[:10], *ZH[:10]]),
    "one rare word": lambda c: f"x{c.randint(0, 9_999)}",
    "two English words": lambda c: _some(EN, 2, " ", c),
    "two Chinese words": lambda c: _some(ZH, 2, "", c),
    "one character": lambda c: c.choice("费卡网号"),
    "an English question": lambda c: f"how do I {_some(EN, 6, ' the ', c)}?",
    "a Chinese question": lambda c: f"为什么{_some(ZH, 5, '的', c)}怎么办",
    "traditional, full width": lambda c: (
        f"{c.choice(['積分兌換', '網路', '寬頻'])} ５Ｇ"
    ),
}


def _measure(backend: HallBackend, name: str, texts: list[str]) -> None:
    """From the typed text to ten marked rows with the counts of every filter."""
    times, totals = [], []
    for text in texts:
        started = time.process_time()
        words = analyser.query_words(text)
        found = backend.find(
            Wanted(
                words=words,
                clues=analyser.clues(text, words),
                prefer="en",
                facets=FACETS,
            )
        )
        highlighter = analyser.Highlighter(found.marks)
        for shown, score in found.shown:
            hit_from_shown(shown, highlighter, score)
        times.append((time.process_time() - started) * 1000)
        totals.append(found.total)
    _say_times(name, times, totals)


def _measure_suggestions(
    backend: HallBackend, texts: list[str], chance: random.Random
) -> None:
    """From words still being typed to the titles that drop down."""
    times, totals = [], []
    for text in texts:
        typed = text[: chance.randint(1, len(text))]
        started = time.process_time()
        words = analyser.query_words(typed, complete_last=True)
        found = backend.find(Wanted(words=words, prefer="en", limit=LOOKED_AT))
        highlighter = analyser.Highlighter(found.marks)
        for shown, score in found.shown:
            hit_from_shown(shown, highlighter, score, with_snippet=False)
        times.append((time.process_time() - started) * 1000)
        totals.append(found.total)
    _say_times("suggestions while typing", times, totals)


def _say_times(name: str, times: list[float], totals: list[int]) -> None:
    times.sort()
    _say(
        f"{name:24} p50 {times[len(times) // 2]:6.2f} ms"
        f"   p95 {times[len(times) * 95 // 100]:6.2f} ms   max {times[-1]:6.2f} ms"
        f"   hits {statistics.median(totals):.0f}"
    )


def _measure_updates(backend: HallBackend, count: int, chance: random.Random) -> None:
    for size in (1, 200):
        times = []
        for turn in range(10):
            batch = [_document((turn * size + i) % count, chance) for i in range(size)]
            started = time.process_time()
            backend.write(batch)
            times.append((time.process_time() - started) * 1000)
        _say(f"update {size:3} + commit: p50 {sorted(times)[5]:.0f} ms")
    started = time.process_time()
    backend.health()
    _say(f"opening after commits {(time.process_time() - started) * 1000:.1f} ms")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
