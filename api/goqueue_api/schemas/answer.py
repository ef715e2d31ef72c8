"""What every answer is: open to members that a later version adds, while requests refuse what they do not know."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema


class AnswerSchema(Schema):
    """Documents an answer; programs must ignore members they do not know."""

    class Meta:
        """For OpenAPI: additionalProperties."""

        unknown = INCLUDE
