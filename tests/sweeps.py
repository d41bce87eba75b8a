"""Many configurations of a network, counted at once and one by one."""

from convcalc.errors import DescriptionError
from convcalc.network.measures import countable, measured
from convcalc.network.terms import Terms
from convcalc.questions.configurations import Listed
from convcalc.questions.sweep import REASON, Sweep
from convcalc.sources.networks import NetworkArguments

PLAIN = Terms()
"""One sample, in fp32."""


def described(lines, shape, variables):
    """The network of lines of a command line, whose variables have a value each to begin with."""
    make = NetworkArguments(layers=lines, inputs=[shape], varied=variables).one
    return make()


def listed(configurations):
    """Configurations, each a dict, as a source of them."""
    return Listed.of({name: [each[name] for each in configurations] for name in configurations[0]})


def at_once(network, configurations, terms=PLAIN):
    """All measures of each configuration, or why it is impossible, as a sweep tells them."""
    sweep = Sweep(network, listed(configurations), countable(), terms)
    found = []
    for part in sweep.parts(range(len(configurations))):
        rows = zip(*part.columns(countable(), part.lanes), strict=True)
        found += [why or row for why, row in zip(part.column(REASON, part.lanes), rows, strict=True)]
    return found


def one_by_one(network, configurations, terms=PLAIN):
    """The same, each configuration built on its own, of integers and fractions."""
    return [alone(network, each, terms) for each in configurations]


def alone(network, values, terms):
    """All measures of one configuration, or why it is impossible."""
    try:
        rows = network.varied(values).rows
    except DescriptionError as error:
        fault = error.faults[0]
        return f"{fault.layer}: {fault.message}" if fault.layer else fault.message
    return tuple([measured(key, rows, terms) for key in countable()])
