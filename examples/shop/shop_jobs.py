"""The background jobs of a small shop. Each may run twice, and nothing is sent, written or paid twice."""

import asyncio
from html import escape
from pathlib import Path

from common.prices import UnknownArticle, euros, line_total, total
from common.storage import supplier_list, transaction, write_file

from goqueue_worker import Discard, JobContext, Retry, RetryPolicy, handler

LINE = {
    "type": "object",
    "properties": {"article": {"type": "string"}, "count": {"type": "integer", "minimum": 1}},
    "required": ["article", "count"],
}
ORDER = {
    "type": "object",
    "properties": {
        "order": {"type": "integer", "minimum": 1},
        "to": {"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$"},
        "lines": {"type": "array", "items": LINE, "minItems": 1, "maxItems": 100},
    },
    "required": ["order", "to", "lines"],
}
PAYMENT = {
    "type": "object",
    "properties": {"order": {"type": "integer", "minimum": 1}, "cents": {"type": "integer", "minimum": 1}},
    "required": ["order", "cents"],
}
SUPPLIERS = {
    "type": "object",
    "properties": {"suppliers": {"type": "array", "items": {"type": "string", "pattern": "^[a-z-]+$"}, "minItems": 1}},
    "required": ["suppliers"],
}


@handler("order.confirm", schema=ORDER, max_retries=5, timeout=30)
def confirm_order(payload: dict, job: JobContext) -> dict:
    """Write the confirmation of an order to the outbox, and have its invoice rendered."""
    try:
        cents = total(payload["lines"])
    except UnknownArticle as error:
        raise Discard(str(error)) from error  # no retry will find it
    text = f"To: {payload['to']}\nSubject: Your order {payload['order']}\n\nThank you! It comes to {euros(cents)}.\n"
    mail = write_file(f"outbox/{job.id}.txt", text)  # the job's id: a second attempt writes the same mail
    invoice = job.submit("invoice.render", payload, name="invoice")
    job.log("order_confirmed", order=payload["order"])
    return {"cents": cents, "mail": mail, "invoice_job": invoice}


@handler("invoice.render", schema=ORDER, timeout=60)
def render_invoice(payload: dict, job: JobContext) -> dict:
    """Render the invoice of an order as HTML."""
    rows = []
    for number, line in enumerate(payload["lines"], start=1):
        rows.append(f"<tr><td>{line['count']} x {escape(line['article'])}</td><td>{euros(line_total(line))}</td></tr>")
        job.progress(number / len(payload["lines"]), f"line {number}")
    page = f"<h1>Invoice {payload['order']}</h1><table>{''.join(rows)}</table><p>{euros(total(payload['lines']))}</p>\n"
    return {"file": write_file(f"invoices/{payload['order']}.html", page)}


@handler("payment.take", schema=PAYMENT, max_retries=8, backoff=RetryPolicy(base=5, cap=600))
def take_payment(payload: dict, job: JobContext) -> dict:
    """Book a payment once, however often this runs: the job's id is the key of its row."""
    with transaction() as database:
        values = (job.id, payload["order"], payload["cents"])
        database.execute("INSERT OR IGNORE INTO payments (job_id, order_number, cents) VALUES (?, ?, ?)", values)
        paid = database.execute("SELECT sum(cents) FROM payments WHERE order_number = ?", (payload["order"],)).fetchone()
    return {"order": payload["order"], "paid_cents": paid[0]}


@handler("stock.sync", schema=SUPPLIERS, timeout=60)
async def sync_stock(payload: dict, job: JobContext) -> dict:
    """Read the lists of all suppliers at the same time, then take them over together."""
    try:
        lists = await asyncio.gather(*(asyncio.to_thread(supplier_list, name) for name in payload["suppliers"]))
    except FileNotFoundError as error:
        raise Retry(after=60, reason=f"{Path(error.filename).name} has not arrived") from error
    job.progress(0.5, "lists read")
    counts = [
        (article, supplier, count)
        for supplier, articles in zip(payload["suppliers"], lists, strict=True)
        for article, count in articles.items()
    ]
    with transaction() as database:
        database.executemany("INSERT OR REPLACE INTO stock (article, supplier, count) VALUES (?, ?, ?)", counts)
    return {"articles": len(counts)}
