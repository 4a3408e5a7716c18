"""import_stackexchange DIR --language en"""

from community.importers.command import ImportCommand
from community.importers.stackexchange import Dump


class Command(ImportCommand):
    help = "Import a Stack Exchange dump: a folder of XML files, plain or .gz."
    path_name = "DIR"
    reader = Dump
