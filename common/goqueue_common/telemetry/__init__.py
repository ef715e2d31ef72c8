"""Traces and error reports, each an extra that is on only when a setting says where to send them.

`Telemetry.start` imports what it needs; without these settings nothing of OpenTelemetry or Sentry is ever imported.
"""
