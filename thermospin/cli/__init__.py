"""The command line: a thin skin over the library.

Nothing heavy is imported here or in the modules of the commands; each command imports what it uses
when it is run, so that help and completion answer at once.
"""

import click

import thermospin
from thermospin.cli.behaviour import Commands
from thermospin.cli.benchmarks import bench
from thermospin.cli.files import info, plot
from thermospin.cli.merging import merge
from thermospin.cli.notices import noticed
from thermospin.cli.plans import plan
from thermospin.cli.reproductions import reproduce
from thermospin.cli.specs import check, example, schema
from thermospin.cli.sweeps import run
from thermospin.cli.verify import verify
from thermospin.cli.warming import warmup

_EPILOG = """\
\b
Exit codes:
  0  done
  1  failure: the disk is full, a package is missing
  2  an error in the spec, in the input or in the options
  3  done, but some points missed their tolerance
  75 stopped by Ctrl-C, SIGTERM or SIGUSR1; the finished part is safe, run --resume continues it

Results go to stdout, everything else to stderr.

An option can also be given by the environment: THERMOSPIN_RUN_THREADS=4 is --threads 4 of run.

\b
Completion, in the start-up file of the shell:
  bash  eval "$(_THERMOSPIN_COMPLETE=bash_source thermospin)"
  zsh   eval "$(_THERMOSPIN_COMPLETE=zsh_source thermospin)"
  fish  _THERMOSPIN_COMPLETE=fish_source thermospin | source
"""


@click.group(
    cls=Commands,
    epilog=_EPILOG,
    context_settings={
        "auto_envvar_prefix": "THERMOSPIN",
        "help_option_names": ["-h", "--help"],
    },
)
@click.version_option(thermospin.__version__, message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Sweep the parameters of superconducting tunnel junctions.

    A sweep is written down in a small YAML file, the spec, and becomes one HDF5 file with the
    spin-resolved quasiparticle currents, conductances or Seebeck voltages on the whole mesh.

    \b
    Begin with:
      thermospin example                    list the bundled specs
      thermospin example fig2b > map.yaml   take one as a start
      thermospin check map.yaml             find every mistake in it
      thermospin plan map.yaml              what it will cost
      thermospin run map.yaml               compute it, into map.h5
      thermospin plot map.h5                look at it
    The figures and claims of the paper:
      thermospin reproduce
    """
    ctx.with_resource(noticed())


for _command in (
    run,
    plan,
    merge,
    check,
    schema,
    example,
    info,
    verify,
    plot,
    reproduce,
    warmup,
    bench,
):
    main.add_command(_command)
