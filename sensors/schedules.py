"""The schedules: stage advancement on weekdays, the council's agenda, a nightly judgement, the game-day plan."""

from collections.abc import Iterator

import dagster as dg

from prr_pipeline.control.due import due_list, waiting_for_game_day
from prr_pipeline.control.rejudge import open_promotions
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.requests import request, run_requests, why_none, with_partition
from prr_pipeline.orchestration.ticks import tick_name

RUNNING = dg.DefaultScheduleStatus.RUNNING
PATH = dg.AssetSelection.groups("review", "ladder", "after_ga")  # what is partitioned by promotion


@dg.schedule(cron_schedule="0 9 * * 1-5", target=PATH, default_status=RUNNING, execution_timezone="UTC")
def stage_advancement(
    context: dg.ScheduleEvaluationContext, work: dg.ResourceParam[Workplace]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Wake what is due on weekday mornings, in case the sensor is off. It skips no gate either."""
    dues = due_list(work)
    requests = run_requests(context.instance, dues)
    if not requests:
        yield dg.SkipReason(why_none(context.instance, dues))
    yield from requests


@dg.schedule(cron_schedule="0 8 * * 1", target=["council_agenda"], default_status=RUNNING, execution_timezone="UTC")
def council_agenda(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The agenda for the week, on Monday morning."""
    return dg.RunRequest(run_key=f"council_agenda/{tick_name(context)}")


@dg.schedule(
    cron_schedule="0 2 * * *", target=["checklist", "prr_document"], default_status=RUNNING, execution_timezone="UTC"
)
def readiness_refresh(
    context: dg.ScheduleEvaluationContext, work: dg.ResourceParam[Workplace]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Judge every open promotion each night: justifications expire without any commit."""
    keys = open_promotions(work)
    if not keys:
        yield dg.SkipReason("no promotion is open")
    for key in with_partition(context.instance, keys):
        yield request(key, ["checklist", "prr_document"], f"checklist/{key}/{tick_name(context)}")


@dg.schedule(
    cron_schedule="0 7 1 1,4,7,10 *", target=["chaos_game_day"], default_status=RUNNING, execution_timezone="UTC"
)
def game_day_plan(
    context: dg.ScheduleEvaluationContext, work: dg.ResourceParam[Workplace]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """At the start of a quarter, enter everything that reached 100% and is not planned yet."""
    keys = waiting_for_game_day(work)
    if not keys:
        yield dg.SkipReason("nothing waits for a game day")
    for key in with_partition(context.instance, keys):
        yield request(key, ["chaos_game_day"], f"chaos_game_day/{key}/{tick_name(context)}")
