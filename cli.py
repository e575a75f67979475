"""The command `heard`: the same pieces as the service, by hand."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bootstrap import keep_files_private
from commands import (
    audit,
    case,
    case_answers,
    case_moves,
    case_points,
    classifier,
    clock,
    installation,
    intake,
    issues,
    letters,
    officers,
    queue,
)
from commands.common import CANNOT, FOUND, say_fault
from models.errors import HeardError, InputInvalid


def main() -> None:
    """Run the command line; foreseeable faults end as one line on standard error and exit code 2."""
    keep_files_private()
    try:
        _refuse_what_is_no_text(sys.argv[1:])
        heard(standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        say_fault("stopped")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(CANNOT)
    except HeardError as error:
        say_fault(str(error))
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _abandon_output()
        sys.exit(FOUND)
    except OSError as error:
        say_fault(f"{error.filename or 'the output'}: {error.strerror or error}")
        _abandon_output()
        sys.exit(CANNOT)


def _refuse_what_is_no_text(arguments: Sequence[str]) -> None:
    """Refuse arguments whose bytes are not text in the locale's encoding: nothing could write them down."""
    for number, each in enumerate(arguments, start=1):
        if not each.isprintable() and any("\ud800" <= character <= "\udfff" for character in each):
            raise InputInvalid(f"argument {number} holds bytes that are not UTF-8; type it again")


def _abandon_output() -> None:
    """Let what is still unwritten go nowhere, so that it cannot fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--settings", "file", type=click.Path(path_type=Path), help="The settings file [./heard.toml].")
@click.option("--data", type=click.Path(path_type=Path), help="The data directory [from the settings].")
@click.version_option(package_name="heard")
@click.pass_context
def heard(context: click.Context, file: Path | None, data: Path | None) -> None:
    """Read a council's complaints inbox unattended and hear every complaint in it."""
    context.obj = {"file": file, "data": data}


for _command in (
    installation.init,
    installation.doctor,
    installation.migrate,
    installation.demo,
    intake.run,
    intake.serve,
    intake.poll,
    intake.import_,
    intake.reconcile,
    intake.parse,
    queue.queue,
    queue.rule,
    queue.retry,
    case.case,
    officers.officers,
    issues.issues,
    letters.letters,
    clock.clock,
    audit.audit,
    classifier.triage,
    classifier.train,
    classifier.evaluate,
    classifier.artefacts,
    classifier.corpus_group,
):
    heard.add_command(_command)

for _command in (*case_answers.COMMANDS, *case_points.COMMANDS, *case_moves.COMMANDS):
    case.case.add_command(_command)
