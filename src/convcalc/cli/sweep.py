"""`convcalc sweep`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from convcalc.cli import completion
from convcalc.cli.options import (
    Batch,
    Dtype,
    Inputs,
    LayerLines,
    Nets,
    Output,
    Quiet,
    Settings,
    chosen_terms,
    described,
    read_one,
)
from convcalc.cli.output import chosen_format


def sweep(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: LayerLines = None,
    settings: Settings = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="Values of a variable: 8:128:8 (ends included), or 0.25,0.5,1.",
            autocompletion=completion.complete_settings,
        ),
    ] = None,
    rows: Annotated[
        str,
        typer.Option(metavar="FILE", help="Variables in CSV or JSON lines, in place of --vary; - for standard input."),
    ] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="CONDITION", help="Keep these: 'macs < 300e6 and params < 4M'; may be given again."),
    ] = None,
    valid: Annotated[bool, typer.Option("--valid", help="Leave out configurations that are impossible.")] = False,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Keep the best N by --by.", show_default=False)
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            help="What --top is best in: macs, accuracy, macs:max.",
            show_default=False,
            autocompletion=completion.complete_measures,
        ),
    ] = "",
    pareto: Annotated[
        str | None,
        typer.Option(
            metavar="KEYS",
            help="Keep those that nothing beats in all of these: params,macs,accuracy.",
            autocompletion=completion.complete_measures,
        ),
    ] = None,
    join: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="More columns, by the variables' values: accuracy.csv."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="N configurations, at random.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Which random ones.")] = 0,
    part: Annotated[
        str, typer.Option("--shard", metavar="K/N", help="One of N parts, such as 3/16: every N-th configuration.")
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="KEYS",
            help="Which measures: params,macs; or +activations,-macs.",
            show_default=False,
            autocompletion=completion.complete_measures,
        ),
    ] = "",
    batch: Batch = 1,
    dtype: Dtype = "",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, plain, json, jsonl, csv, tsv, markdown, latex or parquet.",
            show_default=False,
        ),
    ] = "",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Count many variants of a network.

    They are all combinations of its variables' values, or those that a table lists.

    \b
    convcalc sweep mobilenet_v1 --vary alpha=0.25,0.5,0.75,1 --vary size=128:224:32
    convcalc sweep seed --vary k1=8:128:8 --vary k2=8:128:8 --pareto params,macs:max -f csv
    convcalc sweep resnet18 --vary 'depth=[2,2,2,2],[3,4,6,3]' --where 'params < 20M'
    """
    from convcalc.cli.choices import Kept, chosen_numbers, chosen_part, chosen_source, first_values
    from convcalc.cli.sweeping import planned_sweep, run_sweep
    from convcalc.questions.configurations import shard

    form = chosen_format(format_, output)
    networks = described(nets=nets, inputs=inputs, layers=layers, settings=settings)
    source = chosen_source(vary or [], rows, networks)
    network = read_one(context, replace(networks, varied=first_values(source)))
    network.require_sound()
    kept = Kept(join or [], where, valid, top, by, pareto)
    whole = planned_sweep(network, source, columns, chosen_terms(batch, dtype), kept)
    numbers = shard(chosen_numbers(source.total, sample, seed), *chosen_part(part))
    run_sweep(whole, numbers, form, output, quiet=quiet)
