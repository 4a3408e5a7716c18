"""The official side of the hall: its pages, pictures, settings and readers' votes."""

from kb.models.articles import ArticlePage, ArticleTag
from kb.models.feedback import ArticleFeedback, ArticleTally
from kb.models.halls import HallPage, PlainPage
from kb.models.media import ArticleDocument, ArticleImage, ArticleRendition
from kb.models.pages import KbPage
from kb.models.settings import HallSettings
from kb.models.topics import TopicIndexPage, TopicPage

__all__ = [
    "ArticleDocument",
    "ArticleFeedback",
    "ArticleImage",
    "ArticlePage",
    "ArticleRendition",
    "ArticleTag",
    "ArticleTally",
    "HallPage",
    "HallSettings",
    "KbPage",
    "PlainPage",
    "TopicIndexPage",
    "TopicPage",
]
