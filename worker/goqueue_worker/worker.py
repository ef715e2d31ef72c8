"""The plain call of the roadmap: `from goqueue_worker import worker; worker.register("email.send", send_email)`."""

from goqueue_worker.handler import register

__all__ = ["register"]
