"""import_discourse FILE --language en"""

from community.importers.command import ImportCommand
from community.importers.discourse import Forum


class Command(ImportCommand):
    help = "Import Discourse topics: a JSON file, a folder or a tar of them."
    reader = Forum
