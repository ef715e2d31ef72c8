"""Callers, and the audit log."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from goqueue_api.access.scope import GRANTABLE
from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.queries import page_limit

_SCOPES = validate.OneOf([str(scope) for scope in GRANTABLE])


class MeSchema(AnswerSchema):
    """Whose key it is, and what it allows."""

    name = fields.String(required=True, metadata={"description": "The key's name; anonymous: nobody is asked for a key."})
    key_id = fields.String(required=True, allow_none=True)
    scopes = fields.List(fields.String(validate=_SCOPES), required=True)
    expires_at = fields.DateTime(required=True, allow_none=True)


class AuditQuerySchema(Schema):
    """GET /audit."""

    before = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**63 - 1, error="{input} is no id of an entry"),
        metadata={"description": "next_before of the page before."},
    )
    limit = page_limit()


class AuditEntrySchema(AnswerSchema):
    """One deed."""

    id = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    actor = fields.String(required=True, metadata={"description": "The name of the key."})
    key_id = fields.String(required=True, allow_none=True)
    action = fields.String(required=True, metadata={"example": "job.retry"})
    target = fields.Dict(required=True, metadata={"description": "What it was done to: ids, a filter, a queue."})
    affected = fields.Integer(required=True, metadata={"description": "How many it changed."})
    request_id = fields.String(required=True, allow_none=True)


class AuditPageSchema(AnswerSchema):
    """Some entries, newest first."""

    items = fields.List(fields.Nested(AuditEntrySchema()), required=True)
    next_before = fields.Integer(
        required=True, allow_none=True, metadata={"description": "`before` of the next page; null: this is the last one."}
    )
