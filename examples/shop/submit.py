"""Submit the jobs of one order, wait for them, and say what became of them."""

from goqueue import Client

ORDER = {
    "order": 1042,
    "to": "ada@example.org",
    "lines": [{"article": "tea", "count": 2}, {"article": "kettle", "count": 1}],
}

with Client() as client:  # at $API_URL, or http://localhost:8080
    sync = client.submit("stock.sync", {"suppliers": ["tea-house", "pottery"]}, priority="low")
    confirmation = client.submit("order.confirm", ORDER, tags=["order-1042"], idempotency_key="order-1042-confirm")

    confirmed = client.wait(confirmation.id, timeout=30)
    if confirmed.status != "completed":
        raise SystemExit(f"order 1042 was not confirmed: {confirmed.error}")
    invoice = client.wait(confirmed.result["invoice_job"], timeout=30)

    # The key makes one payment of this order, however often this program runs.
    bill = {"order": ORDER["order"], "cents": confirmed.result["cents"]}
    payment = client.submit("payment.take", bill, idempotency_key="order-1042-payment")

    for job in (confirmed, invoice, client.wait(payment.id, timeout=30), client.wait(sync.id, timeout=30)):
        print(job.type, job.status, job.result)
