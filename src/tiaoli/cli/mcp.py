"""The command that offers the oracle to an assistant."""

from __future__ import annotations

import click

from tiaoli.base import CallError
from tiaoli.cli.options import Seconds, SharedOptions, with_alone, with_language, with_policy, with_readings, with_shared


@click.command()
@click.option(
    "--time-limit",
    type=Seconds(most=1_000_000),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Time for one question; then it is stopped.",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Processes that answer.")
@with_shared(with_readings, with_alone, with_policy, with_language)
def mcp(shared: SharedOptions, time_limit: float, workers: int) -> int:
    """Tools for an assistant, by the Model Context Protocol on standard input and output.

    The assistant starts this command and asks through it: decide, why, why_not, what_if, when, ask, notice. It needs tiaoli[mcp].
    """
    # half a decision's time to import
    import asyncio

    try:
        from tiaoli.mcp import serve
    except ModuleNotFoundError:
        zh, en = "需要附加包；请运行 `pip install 'tiaoli[mcp]'`", "this wants an extra; run `pip install 'tiaoli[mcp]'`"
        raise CallError.one("tiaoli mcp", zh, en) from None
    from tiaoli.protocol import Limits, ServiceConfig

    oracle = shared.oracle
    config = ServiceConfig((oracle.source,), Limits(time_limit=time_limit))
    asyncio.run(serve(config, {oracle.policy.id: oracle.policy}, workers, shared.lang))
    return 0
