"""The command line `thermospin`: each command is a thin layer over one call of the library.

A module ``*_command`` holds the command of that name. It imports the library only when the command
is run, because help and completion must answer at once.
"""

import click

import thermospin
from thermospin.cli.bench_command import bench
from thermospin.cli.error_reports import CommandGroup, warnings_on_stderr
from thermospin.cli.explore_command import explore
from thermospin.cli.export_command import export
from thermospin.cli.fit_command import fit
from thermospin.cli.info_command import info
from thermospin.cli.merge_command import merge
from thermospin.cli.plan_command import plan
from thermospin.cli.plot_command import plot
from thermospin.cli.reproduce_command import reproduce
from thermospin.cli.run_command import run
from thermospin.cli.spec_commands import check, example, schema
from thermospin.cli.verify_command import verify
from thermospin.cli.warmup_command import warmup

_EPILOG = """\
\b
Exit codes:
  0  done
  1  failure, such as a full disk or a missing package
  2  an error in the spec, the input files or the options
  3  done, but some points missed their tolerance, or a fit is not to be relied on
  75 stopped by Ctrl-C, SIGTERM or SIGUSR1; finished work is safe, run --resume continues it

Results go to stdout, everything else to stderr.

Options can also be set in the environment: THERMOSPIN_RUN_THREADS=4 stands for --threads 4 of the
command run.

\b
To complete commands and options with Tab, put into the start-up file of your shell:
  bash  eval "$(_THERMOSPIN_COMPLETE=bash_source thermospin)"
  zsh   eval "$(_THERMOSPIN_COMPLETE=zsh_source thermospin)"
  fish  _THERMOSPIN_COMPLETE=fish_source thermospin | source
"""


@click.group(
    cls=CommandGroup,
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

    A small YAML file, the spec, says which parameters to sweep and which outputs to compute:
    spin-resolved quasiparticle currents, conductances, Seebeck voltages. The result is one HDF5
    file with the outputs at every point of the sweep.

    \b
    Begin with:
      thermospin example                    list the bundled specs, ready to run
      thermospin example film > map.yaml    take one as a start
      thermospin check map.yaml             find every mistake in it
      thermospin plan map.yaml              estimate time and file size
      thermospin run map.yaml               compute it and write map.h5
      thermospin plot map.h5                draw it into map.png
    The figures and claims of the paper:
      thermospin reproduce
    """
    ctx.with_resource(warnings_on_stderr())


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
    explore,
    export,
    fit,
    reproduce,
    warmup,
    bench,
):
    main.add_command(_command)
