"""When a schedule fires: cron expressions, time zones and the instants that they name. Pure: no clock, no store.

cronsim reads expressions and walks the labels that a clock on the wall shows. It is never told a zone, for what it makes
of zones is wrong in some corners: what a label means in a zone is decided in instants.py, by the rules of Debian's
cron(8). Two quirks are cron's own, and kept:

- `0 0 */5 * 1` fires on those days of the month that are Mondays: when the day of month or the day of week starts with
  `*`, a day must match both. In `0 0 1,15 * 1` neither does, so a day need match one of them only.
- What falls into a stretch that the clock jumps over is caught up once if the jump is of three hours at most. The day
  that Samoa skipped in 2011 is not.
"""
