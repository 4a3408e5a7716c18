"""What can go wrong with the index, named after what happened."""


class IndexBusy(Exception):
    """Another process is writing; try again later. Nothing was lost."""


class IndexMissing(Exception):
    """There is no index, or one made by an older version."""


class IndexBroken(Exception):
    """A file of the index is not what was written."""
