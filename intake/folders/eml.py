"""A folder of .eml files, subfolders included; a changed file counts as a new message."""

from intake.folders.base import FilesMailbox
from intake.folders.names import is_mail
from intake.folders.tree import File


class EmlFolder(FilesMailbox):
    """A folder of .eml files, read in the order of their names; what is not mail is left alone."""

    def _is_ours(self, file: File) -> bool:
        return is_mail(file.name)
